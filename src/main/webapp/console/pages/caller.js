import { h, fill, refresh } from '../dom.js';
import { callerPath, get, query } from '../api.js';
import { banCaller, liftBan, press, resetLimits } from '../actions.js';
import { details, keyState, ladder, policies, verdict, violations } from '../parts.js';
import { number, time, words } from '../format.js';
import { button, card, chip, cut, facts, failure, heading, paged } from '../ui.js';

export async function render(root, page) {
  const banner = h('div', { class: 'banner', id: 'verdict' });
  const now = h('div', {});
  const why = h('div', {});
  const steps = h('div', {});
  const who = h('div', {});
  const actions = h('span', { class: 'actions' });
  const trouble = h('div', {});
  const history = paged('Events of this caller', [
    { title: 'When', cell: (row) => time(row.at) },
    { title: 'What', cell: (row) => chip(words(row.type)) },
    { title: 'By', text: true, cell: (row) => row.actor },
    { title: 'Details', text: true, cell: details },
  ], (at) => get('audit' + query({ caller: page.id, page: at, size: 10 }), page.signal),
  'The audit trail has no event of this caller.', page);
  const title = page.id.startsWith('ip:') ? page.id.slice(3) : 'Caller';
  root.append(heading(title, actions), h('p', { class: 'crumb' }, h('a', { href: '#/bans' }, 'Bans')), trouble, banner,
    h('div', { class: 'columns' }, card('Violations', why), card('Ladder', steps)),
    h('div', { class: 'columns' }, card('Limits now', now), card('Who', who)), card('History', history));

  // An action's event reaches the audit trail a moment after the action, so the history is read again a few times.
  let readsToCome = 0;
  let name = page.id;
  // The key that somebody looked for: its verdict counts.
  const key = page.query.get('key');

  async function changed(done) {
    if (done) {
      readsToCome = 3;
      await look();
    }
  }

  async function look() {
    await show();
    if (readsToCome > 0) {
      readsToCome--;
      history.reload(true);
    }
  }

  async function show() {
    let caller;
    try {
      caller = await get('callers/' + callerPath(page.id) + query({ key }), page.signal);
      fill(trouble);
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        fill(trouble, failure(problem));
        banner.className = 'banner warn';
        fill(banner, h('strong', {}, 'Unknown at the moment'));
      }
      return;
    }
    const ban = caller.ban;
    name = caller.account ? caller.account.name : page.id;
    if (caller.account) {
      root.querySelector('h1').textContent = name;
    }
    verdict(banner, caller);
    const act = ban ? 'Lift the ban' : 'Ban';
    if (actions.dataset.act !== act) {
      actions.dataset.act = act;
      fill(actions, button('Reset limits', press(async () => changed(await resetLimits(page.id, name)))), ' ',
        ban ? button(act, press(async () => changed(await liftBan(page.id, name))), 'primary')
          : button(act, press(async () => changed(await banCaller({ caller: page.id, name })))));
    }
    refresh(now, policies(caller.policies));
    refresh(steps, ladder(caller.ladder));
    refresh(why, violations(caller.ladder.recent, caller.ladder.violations));
    if (!who.hasChildNodes()) {
      await tellWho(caller);
    }
  }

  async function tellWho(caller) {
    if (!caller.account) {
      fill(who, facts(['Address', h('code', {}, page.id.slice(3))], ['Tier', chip(caller.tier)]),
        h('p', { class: 'muted' }, 'All requests from this address without a key. The ladder never bans an address permanently.'));
      return;
    }
    const keys = await get('keys' + query({ accountId: caller.account.id, size: 10 }), page.signal);
    fill(who, facts(['Account', h('a', { href: '#/accounts/' + caller.account.id }, caller.account.name)], ['Tier', chip(caller.tier)],
      ['Id', h('code', {}, caller.account.id)]),
    h('h3', {}, number(keys.total) + (keys.total === 1 ? ' key' : ' keys')),
    keys.items.map((one) => h('p', {}, h('a', { href: '#/keys/' + one.id }, cut(one.name)), ' ', h('code', {}, one.prefix + '…'), ' ', keyState(one), one.id === key ? ' this one' : '')));
  }

  page.every(3000, look);
  await show();
}
