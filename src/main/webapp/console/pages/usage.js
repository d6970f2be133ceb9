import { h, fill } from '../dom.js';
import { get, query } from '../api.js';
import { exportButton } from '../actions.js';
import { bytes, number, time } from '../format.js';
import { card, cut, field, heading, paged, select, tile } from '../ui.js';

const DAY = 86400000;
const GROUPS = [['account', 'Account'], ['key', 'Key'], ['provider', 'Provider'], ['day', 'Day'], ['month', 'Month'],
  ['account,month', 'Account and month'], ['account,provider', 'Account and provider'], ['key,month', 'Key and month'],
  ['key,provider', 'Key and provider'], ['account,day', 'Account and day']];
const RANGES = [['month', 'This month'], ['last-month', 'Last month'], ['today', 'Today'], ['7', 'Last 7 days'], ['30', 'Last 30 days'], ['365', 'Last 365 days'], ['days', 'From and to']];

function day(millis) {
  return new Date(millis).toISOString().slice(0, 10);
}

/** The first and the last UTC day of a range. */
function days(range, from, to) {
  const now = new Date();
  const first = (months) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1);
  if (range === 'last-month') {
    return { from: day(first(-1)), to: day(first(0) - DAY) };
  }
  if (range === 'days') {
    return { from, to };
  }
  return { from: range === 'month' ? day(first(0)) : range === 'today' ? day(now) : day(now - (Number(range) - 1) * DAY), to: day(now) };
}

const ABOUT = {
  account: [{ title: 'Account', sort: 'account', cell: (row) => h('a', { href: '#/accounts/' + row.accountId }, cut(row.account)) }],
  key: [{ title: 'Account', sort: 'account', cell: (row) => h('a', { href: '#/accounts/' + row.accountId }, cut(row.account)) },
    { title: 'Key', sort: 'keyName', cell: (row) => h('a', { href: '#/keys/' + row.keyId }, cut(row.keyName)) }],
  provider: [{ title: 'Provider', sort: 'provider', cell: (row) => row.provider }],
  day: [{ title: 'Day (UTC)', sort: 'day', cell: (row) => row.day }],
  month: [{ title: 'Month', sort: 'month', cell: (row) => row.month }],
};

const COUNTS = [
  { title: 'Requests', num: true, sort: 'totalRequests', cell: (row) => number(row.totalRequests) },
  { title: 'Failed', num: true, sort: 'failedRequests', cell: (row) => number(row.failedRequests) },
  { title: 'Uploads', num: true, sort: 'totalFilesUploaded', cell: (row) => number(row.totalFilesUploaded) },
  { title: 'Bytes', num: true, sort: 'totalFileSize', cell: (row) => bytes(row.totalFileSize) },
];

export function render(root, page) {
  const asked = (name) => page.query.get(name) || '';
  const group = select(GROUPS, asked('group') || 'account');
  const range = select(RANGES, asked('range') || 'month');
  const from = h('input', { type: 'date', value: asked('from') || null });
  const to = h('input', { type: 'date', value: asked('to') || null });
  const provider = h('input', { type: 'search', maxlength: 50, value: asked('provider') || null, autocomplete: 'off', spellcheck: 'false' });
  const requests = tile('Requests');
  const failed = tile('Failed');
  const uploads = tile('Uploads');
  const size = tile('Bytes');
  const place = h('div', {});
  const period = h('p', { class: 'muted' });
  const filter = () => ({ group: group.value, ...days(range.value, from.value, to.value), provider: provider.value.trim() });

  function show() {
    from.parentElement.hidden = to.parentElement.hidden = range.value !== 'days';
    if (range.value === 'days' && !(from.value && to.value)) {
      return;
    }
    const columns = [...new Map(group.value.split(',').flatMap((one) => ABOUT[one]).map((one) => [one.title, one])).values(), ...COUNTS];
    fill(place, paged('Usage', columns, async (at, sort) => {
      const report = await get('usage' + query({ ...filter(), page: at, size: 25, sort: sort || '-totalRequests' }), page.signal);
      const sums = report.totals;
      requests.show(number(sums.totalRequests));
      failed.show(number(sums.failedRequests));
      uploads.show(number(sums.totalFilesUploaded));
      size.show(bytes(sums.totalFileSize));
      fill(period, report.period.from + ' to ' + report.period.to + ', UTC, as settled',
        report.meta.lastSettledAt ? [' at ', time(report.meta.lastSettledAt)] : '', '. Pending usage is not in it.');
      return report;
    }, 'No usage in these days. Usage appears here a few seconds after the requests.', page));
  }

  let timer = 0;
  const bar = h('form', { class: 'toolbar', on: {
    submit: (event) => event.preventDefault(),
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        page.keep({ group: group.value === 'account' ? '' : group.value, range: range.value === 'month' ? '' : range.value,
          from: range.value === 'days' ? from.value : '', to: range.value === 'days' ? to.value : '', provider: provider.value.trim(), page: '', sort: '' });
        page.query = new URLSearchParams();
        show();
      }, 250);
    },
  } }, field('By', group), field('Days', range), field('From', from), field('To', to), field('Provider', provider));

  root.append(heading('Usage', exportButton({
    title: 'Export the usage', about: 'All rows of this view, a million at most, as CSV. Days are in UTC.',
    path: () => 'usage/export' + query(filter()), name: 'tollgate-usage.csv',
  })), h('dl', { class: 'tiles', 'aria-label': 'All together' }, requests, failed, uploads, size), card('Who used how much', bar, period, place));
  show();
}
