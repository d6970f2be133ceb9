import { h } from '../dom.js';
import { get, query } from '../api.js';
import { callerLink } from '../parts.js';
import { card, empty, heading, table } from '../ui.js';

export async function render(root, page) {
  const text = page.query.get('q') || '';
  root.append(heading('Callers that match'), h('p', { class: 'crumb' }, h('a', { href: '#/bans' }, 'Bans')));
  const found = text ? (await get('callers' + query({ q: text }), page.signal)).items : [];
  if (found.length === 1) {
    location.replace('#/callers/' + encodeURIComponent(found[0].caller));
    return;
  }
  root.append(card('“' + text + '”', found.length === 0
    ? empty('No caller found. Search for a key\'s first characters (tg_ab…), part of an account\'s name or its id, or an IPv4 or IPv6 address.')
    : h('div', { class: 'stacked' }, table('Callers', [
      { title: 'Caller', cell: (one) => callerLink(one.caller, one.name) },
      { title: 'Found by', cell: (one) => one.by },
      { title: 'Id', cell: (one) => h('code', {}, one.caller) },
    ], found))));
}
