import { h, refresh } from '../dom.js';
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
    { title: 'Quarantined', num: true, cell: (batch) => number(batch.setAside) },
    { title: 'Node', cell: (batch) => h('code', { title: batch.node }, batch.node.slice(0, 8)) },
  ], (at) => get('settlement/batches' + query({ page: at, size: 15 }), page.signal),
  'No batch yet. Every few seconds, a settlement moves pending usage from Redis into PostgreSQL. Its batches stay here for 90 days.', page, 'batch');
  const aside = paged('Quarantined', [
    { title: 'When', cell: (row) => time(row.setAsideAt) },
    { title: 'Batch', num: true, cell: (row) => number(row.batchId) },
    { title: 'Key', cell: (row) => h('code', {}, row.keyId) },
    { title: 'Requests', num: true, cell: (row) => number(row.requests) },
    { title: 'Why', text: true, cell: (row) => row.reason },
    { title: '', cell: (row) => button('Retry', press(() => retry(row)), 'small') },
  ], (at) => get('settlement/set-aside' + query({ page: at, size: 15 }), page.signal),
  'No usage is quarantined. Usage that cannot be settled appears here, such as that of a key deleted from the database. You can retry it.', page, 'aside');

  async function retry(row) {
    const again = row.reason.startsWith('Redis went back');
    const done = await dialog({
      title: 'Retry this usage?', action: 'Retry', danger: again,
      body: [facts(['Key', h('code', {}, row.keyId)], ['Requests', number(row.requests)], ['Reason', row.reason]),
        h('p', {}, again ? 'Redis had lost what it knew of an earlier batch. Some of this usage may be settled already and would count twice.'
          : 'The usage goes back to Redis, and the next batch settles it. A second retry counts nothing twice.')],
      act: async () => { await post('settlement/set-aside/' + row.batchId + '/' + encodeURIComponent(row.keyId) + '/retry'); return true; },
    });
    if (done) {
      toast('The next batch settles this usage.');
      aside.reload();
      ledger();
    }
  }

  async function run() {
    const before = await get('ledger');
    const done = await dialog({
      title: 'Settle now?', action: 'Settle',
      body: [h('p', {}, number(before.pending) + ' requests of ' + number(before.keys) + ' keys are pending. A settlement runs every few seconds in any case.')],
      act: async (tell) => {
        const timer = setInterval(() => get('ledger').then((now) => tell(number(now.pending) + ' requests are still pending'), () => {}), 1000);
        try {
          return await post('settlement/run');
        } finally {
          clearInterval(timer);
        }
      },
    });
    if (done) {
      toast(done.ran ? 'Settled ' + number(done.requests) + ' requests of ' + number(done.keys) + ' keys.'
        : 'A settlement is already running. It covers what is pending.');
      batches.first();
      ledger();
    }
  }

  async function ledger() {
    try {
      const now = await get('ledger', page.signal);
      refresh(sums, facts(['Recorded', number(now.recorded)], ['Settled', number(now.settled)], ['Pending', number(now.pending)],
        ['Quarantined', number(now.setAside)], ['State', now.balanced ? chip('balanced', 'good') : chip('unbalanced', 'bad')],
        ['Mismatches so far', number(now.mismatches)], ['Last mismatch', now.lastMismatch ? time(now.lastMismatch) : 'never']),
      h('p', { class: 'muted' }, 'In requests: recorded = settled + pending + quarantined.', now.complete ? '' : ' Too many keys changed for one read, so some pending usage is missing here.'));
      refresh(odd, now.unbalanced.length === 0 ? null : table('Keys that do not balance', [
        { title: 'Key', cell: (key) => h('code', {}, key.keyId) },
        { title: 'Recorded', num: true, cell: (key) => number(key.recorded) },
        { title: 'Settled or quarantined', num: true, cell: (key) => number(key.accounted) },
        { title: 'Claimed', num: true, cell: (key) => number(key.claimed) },
        { title: 'Pending', num: true, cell: (key) => number(key.pending) },
      ], now.unbalanced));
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        refresh(sums, failure(problem, ledger));
      }
    }
  }

  root.append(heading('Settlement', button('Settle now', press(run), 'primary')),
    card('Ledger', sums, odd), card('Quarantined', aside), card('Batches', batches));
  page.every(5000, ledger);
  return ledger();
}
