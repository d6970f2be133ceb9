import { h } from '../dom.js';
import { get, query } from '../api.js';
import { callerField, exportButton } from '../actions.js';
import { details, shortCallerLink } from '../parts.js';
import { time, words } from '../format.js';
import { card, chip, field, heading, paged, select } from '../ui.js';

const TYPES = ['BAN_APPLIED', 'BAN_ESCALATED', 'BAN_LIFTED', 'BAN_EXPIRED', 'LIMIT_EXCEEDED', 'QUOTA_WARNING', 'ACCOUNT_CREATED',
  'ACCOUNT_CHANGED', 'ACCOUNT_CLOSED', 'KEY_CREATED', 'KEY_CHANGED', 'KEY_REVOKED', 'KEY_ROTATED', 'ADDRESS_REFUSED', 'TIER_CHANGED',
  'TIER_DELETED', 'LIMITS_CHANGED', 'LIMITS_RESET', 'PRINCIPAL_LINKED', 'PRINCIPAL_UNLINKED', 'ROUTE_CHANGED', 'SET_ASIDE_RETRIED', 'ADMIN_SIGN_IN',
  'ADMIN_SIGN_IN_FAILED', 'LEDGER_MISMATCH', 'LEDGER_RECOUNTED', 'LATENCY_HIGH'];
const KINDS = { BAN_APPLIED: 'warn', BAN_ESCALATED: 'bad', BAN_LIFTED: 'good', LIMIT_EXCEEDED: 'warn', QUOTA_WARNING: 'warn', ADMIN_SIGN_IN_FAILED: 'bad', LEDGER_MISMATCH: 'bad', LATENCY_HIGH: 'bad' };

function what(row) {
  return row.type === 'LATENCY_HIGH' && row.details.state === 'normal' ? chip('Latency normal', 'good') : chip(words(row.type), KINDS[row.type]);
}

export function render(root, page) {
  const type = select([['', 'All'], ...TYPES.map((one) => [one, words(one)])], page.query.get('type') || '');
  const asked = (name) => page.query.get(name) || null;
  const caller = callerField('Caller', asked('caller'));
  const from = h('input', { type: 'datetime-local', value: asked('from') });
  const to = h('input', { type: 'datetime-local', value: asked('to') });
  const text = h('input', { type: 'search', maxlength: 200, autocomplete: 'off', 'data-search': true, value: asked('q') });
  const iso = (input) => (input.value ? new Date(input.value).toISOString() : '');
  const filter = () => ({ type: type.value, caller: caller.value(), from: iso(from), to: iso(to), q: text.value.trim() });
  const list = paged('Audit trail', [
    { title: 'When', cell: (row) => time(row.at) },
    { title: 'What', cell: what },
    { title: 'Caller', cell: (row) => (row.caller ? shortCallerLink(row.caller, row.callerName) : '–') },
    { title: 'By', text: true, cell: (row) => row.actor },
    { title: 'Details', text: true, cell: details },
  ], (at) => get('audit' + query({ ...filter(), page: at, size: 50 }), page.signal),
  'No event matches. The audit trail has bans, first refusals, quota warnings, sign-ins and changes by administrators.', page);
  function ask() {
    page.keep({ type: type.value, caller: caller.value(), from: from.value, to: to.value, q: text.value.trim() });
    list.first();
  }
  let timer = 0;
  const bar = h('form', { class: 'toolbar', on: {
    submit: (event) => event.preventDefault(),
    input: () => { clearTimeout(timer); timer = setTimeout(ask, 300); },
    chosen: ask,
  } }, field('What', type), caller.root, field('From', from), field('To', to), field('Anywhere', text));
  root.append(heading('Audit', exportButton({
    title: 'Export the audit trail', about: 'The newest events that match the filter, 100,000 at most, as CSV with times in UTC.',
    path: () => 'audit/export' + query(filter()), name: 'tollgate-audit.csv',
  })), card('Events', bar, list));
}
