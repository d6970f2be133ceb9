import { h } from '../dom.js';
import { get, query } from '../api.js';
import { newKey, press, revokeKey, rotateKey, suspendKey } from '../actions.js';
import { keyState } from '../parts.js';
import { ago, limit, time } from '../format.js';
import { button, card, heading, paged, search } from '../ui.js';

export function render(root, page) {
  let text = page.query.get('q') || '';
  const list = paged('Keys', [
    { title: 'Name', cell: (key) => h('a', { href: '#/keys/' + key.id }, key.name) },
    { title: 'Account', cell: (key) => h('a', { href: '#/accounts/' + key.accountId }, key.account) },
    { title: 'Prefix', cell: (key) => (key.kind === 'principal' ? 'principal' : h('code', {}, key.prefix)) },
    { title: 'State', cell: keyState },
    { title: 'Own window', num: true, cell: (key) => (key.windowLimit === null ? '–' : limit(key.windowLimit)) },
    { title: 'Last used', cell: (key) => (key.lastUsedAt ? ago(key.lastUsedAt) : 'never') },
    { title: 'Created', cell: (key) => time(key.createdAt) },
    { title: 'Expires', cell: (key) => (key.expiresAt ? time(key.expiresAt) : 'never') },
    { title: '', cell: (key) => (key.active ? [
      key.kind === 'principal' ? null : button('Rotate', press(async () => { if (await rotateKey(key)) { list.reload(); } }), 'small'),
      button('Revoke', press(async () => { if (await revokeKey(key)) { list.reload(); } }), 'small')] : key.suspended
      ? button('Resume', press(async () => { if (await suspendKey(key)) { list.reload(); } }), 'small') : '') },
  ], (at) => get('keys' + query({ page: at, size: 25, q: text }), page.signal),
  'No key matches. A key belongs to an account. Create one for the program that calls your API.');
  root.append(
    heading('Keys', button('New key', press(async () => { if (await newKey()) { list.first(); } }), 'primary')),
    h('div', { class: 'toolbar' }, search('Search by name, prefix or id', (value) => { text = value; list.first(); }, text)),
    card('All keys', list));
}
