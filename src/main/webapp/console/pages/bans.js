import { h, fill } from '../dom.js';
import { get, query } from '../api.js';
import { banCaller, liftBan, press } from '../actions.js';
import { callerLink, shortCallerLink, levelChip } from '../parts.js';
import { time, withoutSecret, words } from '../format.js';
import { button, card, chip, cut, heading, paged, search } from '../ui.js';

const EVENTS = 'BAN_APPLIED,BAN_ESCALATED,BAN_LIFTED,BAN_EXPIRED';
const KINDS = { BAN_APPLIED: 'warn', BAN_ESCALATED: 'bad', BAN_LIFTED: 'good', BAN_EXPIRED: 'good' };

export function render(root, page) {
  let text = page.query.get('q') || '';
  const active = paged('Active bans', [
    { title: 'Caller', cell: (ban) => callerLink(ban.caller, cut(ban.name || ban.caller)) },
    { title: 'Level', cell: (ban) => levelChip(ban.level) },
    { title: 'Reason', text: true, cell: (ban) => ban.reason },
    { title: 'Since', cell: (ban) => time(ban.bannedAt) },
    { title: 'Until', cell: (ban) => (ban.expiresAt ? time(ban.expiresAt) : 'permanent') },
    { title: '', cell: (ban) => [
      h('a', { href: '#/callers/' + encodeURIComponent(ban.caller), 'aria-label': 'Why is ' + (ban.name || ban.caller) + ' banned' }, 'Why'), ' ',
      button('Lift', press(async () => { if (await liftBan(ban.caller, ban.name)) { active.reload(); past.reload(); } }), 'small')] },
  ], (at) => get('bans' + query({ page: at, size: 25, q: text }), page.signal),
  'No caller is banned. Callers with too many violations appear here, and those you ban by hand.', page);
  const past = paged('What happened to bans', [
    { title: 'When', cell: (row) => time(row.at) },
    { title: 'What', cell: (row) => chip(words(row.type), KINDS[row.type]) },
    { title: 'Caller', cell: (row) => shortCallerLink(row.caller, row.callerName) },
    { title: 'Level', cell: (row) => (row.details.level ? levelChip(row.details.level) : '–') },
    { title: 'Reason', text: true, cell: (row) => row.details.reason || '–' },
    { title: 'Route', cell: (row) => row.details.route || '–' },
    { title: 'Address', cell: (row) => (row.details.address ? h('code', {}, row.details.address) : '–') },
    { title: 'By', text: true, cell: (row) => row.actor },
  ], (at) => get('audit' + query({ page: at, size: 25, q: text, type: EVENTS }), page.signal),
  'No ban so far. Bans that were applied or escalated, were lifted or have expired appear here.', page, 'event');
  const find = h('input', { type: 'search', name: 'q', id: 'why', 'data-search': true, maxlength: 200, placeholder: 'Key prefix, account or address', autocomplete: 'off', spellcheck: 'false' });
  const why = h('form', { class: 'toolbar', on: { submit: (event) => {
    event.preventDefault();
    const asked = withoutSecret(find.value.trim());
    if (asked) {
      location.hash = '#/callers?q=' + encodeURIComponent(asked);
    }
  } } }, h('div', { class: 'field search' }, h('label', { for: 'why' }, 'Why is this caller blocked?'), find), h('button', { type: 'submit' }, 'Look'));

  const tabs = h('div', { class: 'tabs', role: 'tablist' });
  const panel = h('div', { role: 'tabpanel', id: 'bans-panel', 'aria-label': 'Active' });
  const views = [['Active', active], ['History', past]];
  function choose(index, focus) {
    tabs.querySelectorAll('button').forEach((tab, i) => {
      tab.setAttribute('aria-selected', String(i === index));
      tab.tabIndex = i === index ? 0 : -1;
      if (i === index && focus) {
        tab.focus();
      }
    });
    panel.setAttribute('aria-label', views[index][0]);
    fill(panel, views[index][1]);
  }
  views.forEach(([name], i) => tabs.append(h('button', { type: 'button', role: 'tab', 'aria-controls': 'bans-panel', on: {
    click: () => { page.keep({ show: i === 1 ? 'history' : '' }); choose(i); },
    keydown: (event) => { if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') { page.keep({ show: i === 0 ? 'history' : '' }); choose(1 - i, true); } },
  } }, name)));
  choose(page.query.get('show') === 'history' ? 1 : 0);

  root.append(
    heading('Bans', button('Ban a caller', press(async () => { if (await banCaller()) { active.reload(); past.reload(); } }), 'primary')),
    why,
    card('Bans in force, and their history', tabs,
      h('div', { class: 'toolbar' }, search('Filter by caller or reason', (value) => { text = value; page.keep({ q: text }); active.first(); past.first(); }, text)), panel));
  root.querySelector('.toolbar .search input[data-search]:not(#why)')?.removeAttribute('data-search');
  page.every(5000, () => active.reload(true));
}
