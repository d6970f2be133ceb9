import { h } from '../dom.js';
import { get, query } from '../api.js';
import { newKey, press, revokeKey, rotateKey, suspendKey } from '../actions.js';
import { keyState } from '../parts.js';
import { ago, limit, time } from '../format.js';
import { button, card, cut, heading, paged, search } from '../ui.js';

export function render(root, page) {
  let text = page.query.get('q') || '';
  const list = paged('Keys', [
    { title: 'Name', sort: 'name', cell: (key) => h('a', { href: '#/keys/' + key.id }, cut(key.name)) },
    { title: 'Account', sort: 'account', cell: (key) => h('a', { href: '#/accounts/' + key.accountId }, cut(key.account)) },
    { title: 'Prefix', sort: 'prefix', cell: (key) => (key.kind === 'principal' ? 'principal' : h('code', {}, key.prefix)) },
    { title: 'State', sort: 'state', cell: keyState },
    { title: 'Own window', num: true, sort: 'windowLimit', cell: (key) => (key.windowLimit === null ? '–' : limit(key.windowLimit)) },
    { title: 'Last used', sort: 'lastUsedAt', cell: (key) => (key.lastUsedAt ? ago(key.lastUsedAt) : 'never') },
    { title: 'Created', sort: 'createdAt', cell: (key) => time(key.createdAt) },
    { title: 'Expires', sort: 'expiresAt', cell: (key) => (key.expiresAt ? time(key.expiresAt) : 'never') },
    { title: '', cell: (key) => (key.active ? [
      key.kind === 'principal' ? null : button('Rotate', press(async () => { if (await rotateKey(key)) { list.reload(); } }), 'small'),
      button('Revoke', press(async () => { if (await revokeKey(key)) { list.reload(); } }), 'small')] : key.suspended
      ? button('Resume', press(async () => { if (await suspendKey(key)) { list.reload(); } }), 'small') : '') },
  ], (at, sort) => get('keys' + query({ page: at, size: 25, q: text, sort }), page.signal),
  'No key matches. A key belongs to an account. Create one for the program that calls your API.', page);
  root.append(
    heading('Keys', button('New key', press(async () => { if (await newKey()) { list.first(); } }), 'primary')),
    h('div', { class: 'toolbar' }, search('Search by name, prefix or id', (value) => { text = value; page.keep({ q: text }); list.first(); }, text)),
    card('All keys', list));
}
