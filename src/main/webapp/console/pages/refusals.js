import { h } from '../dom.js';
import { get, query } from '../api.js';
import { callerField, exportButton } from '../actions.js';
import { shortCallerLink } from '../parts.js';
import { number, time, words } from '../format.js';
import { card, chip, cut, field, heading, paged, select } from '../ui.js';

const MODES = [['', 'Refused, and in shadow'], ['false', 'Refused'], ['true', 'In shadow mode']];

export async function render(root, page) {
  const asked = (name) => page.query.get(name) || null;
  const routes = (await get('routes', page.signal)).items.filter((route) => route.action !== 'exempt').map((route) => route.name);
  const given = asked('route');
  const names = given && !routes.includes(given) ? [given, ...routes] : routes;
  const request = h('input', { type: 'search', maxlength: 32, value: asked('request'), autocomplete: 'off', spellcheck: 'false', 'data-search': true, placeholder: 'As X-Request-Id has it' });
  const caller = callerField('Caller', asked('caller'));
  const route = select([['', 'All'], ...names], given || '');
  const code = h('input', { type: 'search', maxlength: 64, value: asked('code'), autocomplete: 'off', spellcheck: 'false', placeholder: 'RATE_LIMIT_EXCEEDED' });
  const shadow = select(MODES, asked('shadow') || '');
  const from = h('input', { type: 'datetime-local', value: asked('from') });
  const to = h('input', { type: 'datetime-local', value: asked('to') });
  const iso = (input) => (input.value ? new Date(input.value).toISOString() : '');
  const kept = () => ({ request: request.value.trim(), caller: caller.value(), route: route.value, code: code.value.trim().toUpperCase(), shadow: shadow.value });
  const filter = () => ({ ...kept(), from: iso(from), to: iso(to) });
  const list = paged('Refusals', [
    { title: 'When', cell: (row) => time(row.at) },
    { title: 'Caller', cell: (row) => (row.caller ? shortCallerLink(row.caller, row.accountName) : 'others') },
    { title: 'Key', cell: (row) => (row.keyId ? h('a', { href: '#/keys/' + row.keyId, class: 'short', title: row.keyId }, row.keyId.slice(0, 8) + '…') : '–') },
    { title: 'Route', cell: (row) => cut(row.route) },
    { title: 'Policy', cell: (row) => (row.policy ? cut(row.policy) : '–') },
    { title: 'Why', cell: (row) => h('span', { class: 'short' }, chip(row.shadow ? 'shadow' : String(row.status), row.shadow ? 'watch' : row.status === 429 ? 'warn' : 'bad'), ' ', h('span', { title: row.code }, words(row.code))) },
    { title: 'Address', cell: (row) => (row.address ? h('code', {}, row.address) : '–') },
    { title: 'Requests', num: true, cell: (row) => number(row.count) },
    { title: 'First request', cell: (row) => (row.requestId ? h('code', { title: row.requestId }, row.requestId.slice(0, 8) + '…') : '–') },
  ], (at) => get('refusals' + query({ ...filter(), page: at, size: 50 }), page.signal),
  'No refusal matches. A row stands for the refusals of a caller by one limit in a minute, and has the id of the first request. Rows are kept for 30 days.', page);

  function ask() {
    page.keep({ ...kept(), from: from.value, to: to.value });
    list.first();
  }
  let timer = 0;
  const bar = h('form', { class: 'toolbar', on: {
    submit: (event) => event.preventDefault(),
    input: () => { clearTimeout(timer); timer = setTimeout(ask, 300); },
    chosen: ask,
  } }, field('Request id', request), caller.root, field('Route', route), field('Code', code), field('Mode', shadow), field('From', from), field('To', to));
  root.append(heading('Refusals', exportButton({
    title: 'Export the refusals', about: 'The newest rows that match the filter, 100,000 at most, as CSV with times in UTC.',
    path: () => 'refusals/export' + query(filter()), name: 'tollgate-refusals.csv',
  })), card('Requests that were refused, or would have been', bar, list));
}
