import { h } from '../dom.js';
import { get, query } from '../api.js';
import { changeTier, newAccount, newKey, press } from '../actions.js';
import { time } from '../format.js';
import { button, card, chip, cut, heading, paged, search, toast } from '../ui.js';

export function render(root, page) {
  let text = page.query.get('q') || '';
  const list = paged('Accounts', [
    { title: 'Name', sort: 'name', cell: (account) => h('a', { href: '#/accounts/' + account.id }, cut(account.name)) },
    { title: 'Tier', sort: 'tier', cell: (account) => chip(account.tier) },
    { title: 'Created', sort: 'createdAt', cell: (account) => time(account.createdAt) },
    { title: 'Id', cell: (account) => h('code', {}, account.id) },
    { title: '', cell: (account) => [
      button('Tier', press(async () => { if (await changeTier(account)) { toast('The tier was changed.'); list.reload(); } }), 'small'),
      button('New key', press(() => newKey(account)), 'small')] },
  ], (at, sort) => get('accounts' + query({ page: at, size: 25, q: text, sort }), page.signal),
  'No account matches. An account is a customer of your API, with a tier and any number of keys.', page);
  root.append(
    heading('Accounts', button('New account', press(async () => {
      const account = await newAccount();
      if (account) {
        location.hash = '#/accounts/' + account.id;
      }
    }), 'primary')),
    h('div', { class: 'toolbar' }, search('Search by name or id', (value) => { text = value; page.keep({ q: text }); list.first(); }, text)),
    card('All accounts', list));
}
