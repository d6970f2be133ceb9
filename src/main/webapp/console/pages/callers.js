import { h } from '../dom.js';
import { get, query } from '../api.js';
import { card, cut, empty, heading, table } from '../ui.js';

/** Where a match leads: a key has a verdict of its own. */
function place(one) {
  return '#/callers/' + encodeURIComponent(one.caller) + query({ key: one.key });
}

export async function render(root, page) {
  const text = page.query.get('q') || '';
  root.append(heading('Callers that match'), h('p', { class: 'crumb' }, h('a', { href: '#/bans' }, 'Bans')));
  const found = text ? await get('callers' + query({ q: text }), page.signal) : { items: [], more: false };
  const only = found.items[0];
  if (found.items.length === 1) {
    location.replace(place(only));
    return;
  }
  root.append(card('“' + text + '”', found.items.length === 0
    ? empty('No caller found. Search for a key\'s first characters (tg_ab…), part of an account\'s name or its id, or an IPv4 or IPv6 address.')
    : h('div', { class: 'stacked' }, table('Callers', [
      { title: 'Caller', cell: (one) => h('a', { href: place(one) }, cut(one.name)) },
      { title: 'Found by', cell: (one) => one.by },
      { title: 'Id', cell: (one) => h('code', {}, one.key || one.caller) },
    ], found.items)),
  found.more ? h('p', { class: 'muted' }, 'These are the first ' + found.items.length + '. There are more: search for a longer text.') : null));
}
