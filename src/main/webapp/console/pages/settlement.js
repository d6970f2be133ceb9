import { h, fill } from '../dom.js';
import { get, post, query } from '../api.js';
import { press } from '../actions.js';
import { number, time } from '../format.js';
import { button, card, chip, dialog, facts, heading, paged, table, toast, failure, empty } from '../ui.js';

export function render(root, page) {
  const sums = h('div', {});
  const odd = h('div', { class: 'stacked' });
  const batches = paged('Batches', [
    { title: 'Batch', num: true, cell: (batch) => number(batch.id) },
    { title: 'Settled', cell: (batch) => time(batch.settledAt) },
    { title: 'Keys', num: true, cell: (batch) => number(batch.keys) },
    { title: 'Requests', num: true, cell: (batch) => number(batch.requests) },
    { title: 'Known before', num: true, cell: (batch) => number(batch.repeated) },
    { title: 'Set aside', num: true, cell: (batch) => number(batch.setAside) },
    { title: 'Node', cell: (batch) => h('code', { title: batch.node }, batch.node.slice(0, 8)) },
  ], (at) => get('settlement/batches' + query({ page: at, size: 15 }), page.signal),
  'No batch yet. Every few seconds what was used is moved from Redis into PostgreSQL, and each such batch is listed here for 90 days.');
  const aside = paged('Set aside', [
    { title: 'When', cell: (row) => time(row.setAsideAt) },
    { title: 'Batch', num: true, cell: (row) => number(row.batchId) },
    { title: 'Key', cell: (row) => h('code', {}, row.keyId) },
    { title: 'Requests', num: true, cell: (row) => number(row.requests) },
    { title: 'Why', text: true, cell: (row) => row.reason },
    { title: '', cell: (row) => button('Retry', press(() => retry(row)), 'small') },
  ], (at) => get('settlement/set-aside' + query({ page: at, size: 15 }), page.signal),
  'Nothing is set aside. Usage that cannot be written, such as that of a key deleted from the database, is kept here and can be tried again.');

  async function retry(row) {
    const again = row.reason.startsWith('Redis went back');
    const done = await dialog({
      title: 'Settle this usage after all?', action: 'Retry', danger: again,
      body: [facts(['Key', h('code', {}, row.keyId)], ['Requests', number(row.requests)], ['Why it was set aside', row.reason]),
        h('p', {}, again ? 'Redis had lost what it knew of an earlier batch, so some of this may have been settled before and would count twice.'
          : 'It is given back to Redis and settled with the next batch. Trying twice counts once.')],
      act: async () => { await post('settlement/set-aside/' + row.batchId + '/' + encodeURIComponent(row.keyId) + '/retry'); return true; },
    });
    if (done) {
      toast('Given back; the next batch settles it.');
      aside.reload();
      ledger();
    }
  }

  async function run() {
    const before = await get('ledger');
    const done = await dialog({
      title: 'Settle now?', action: 'Settle',
      body: [h('p', {}, number(before.pending) + ' requests of ' + number(before.keys) + ' keys wait in Redis. They are settled every few seconds anyway.')],
      act: async (tell) => {
        const timer = setInterval(() => get('ledger').then((now) => tell(number(now.pending) + ' requests still wait'), () => {}), 1000);
        try {
          return await post('settlement/run');
        } finally {
          clearInterval(timer);
        }
      },
    });
    if (done) {
      toast(done.ran ? 'Settled ' + number(done.requests) + ' requests of ' + number(done.keys) + ' keys.'
        : 'A settlement is under way already; what waits is among it.');
      batches.first();
      ledger();
    }
  }

  async function ledger() {
    try {
      const now = await get('ledger', page.signal);
      fill(sums, facts(['Recorded', number(now.recorded)], ['Settled', number(now.settled)], ['Pending', number(now.pending)],
        ['Set aside', number(now.setAside)], ['State', now.balanced ? chip('balanced', 'good') : chip('unbalanced', 'bad')],
        ['Mismatches ever', number(now.mismatches)], ['Last mismatch', now.lastMismatch ? time(now.lastMismatch) : 'never']),
      h('p', { class: 'muted' }, 'In requests: recorded = settled + pending + set aside.', now.complete ? '' : ' More keys changed than one look holds; pending is not all of it.'));
      fill(odd, now.unbalanced.length === 0 ? null : table('Keys that do not balance', [
        { title: 'Key', cell: (key) => h('code', {}, key.keyId) },
        { title: 'Recorded', num: true, cell: (key) => number(key.recorded) },
        { title: 'Settled or set aside', num: true, cell: (key) => number(key.accounted) },
        { title: 'Claimed', num: true, cell: (key) => number(key.claimed) },
        { title: 'Pending', num: true, cell: (key) => number(key.pending) },
      ], now.unbalanced));
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        fill(sums, failure(problem, ledger));
      }
    }
  }

  root.append(heading('Settlement', button('Settle now', press(run), 'primary')),
    card('Ledger', sums, odd), card('Set aside', aside), card('Batches', batches));
  page.every(5000, ledger);
  return ledger();
}
