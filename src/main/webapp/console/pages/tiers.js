import { h, fill } from '../dom.js';
import { get, patch, post, put, query } from '../api.js';
import { look, press } from '../actions.js';
import { callerLink } from '../parts.js';
import { duration, limit, number, time, words } from '../format.js';
import { button, card, chip, cut, dialog, empty, facts, failure, field, heading, table, tell, toast } from '../ui.js';
import { limitField, windowFields, windowsText } from '../limits.js';

export async function render(root) {
  const tiers = h('div', { class: 'stacked' });
  const routes = h('div', { class: 'stacked' });
  root.append(
    heading('Tiers and policies', button('New tier', press(async () => { if (await edit(null)) { await showTiers(); } }))),
    card('Tiers', h('p', { class: 'muted' }, 'The limits of accounts. A change takes effect on every node within two seconds, also for windows in use.'), tiers),
    card('Route policies', h('p', { class: 'muted' }, 'The first policy that matches a request decides. In shadow mode it decides, counts and reports, but refuses nothing.'), routes));

  async function showTiers() {
    const list = (await get('tiers?size=200')).items;
    fill(tiers, table('Tiers', [
      { title: 'Tier', cell: (tier) => chip(tier.name) },
      { title: 'Windows', cell: (tier) => windowsText(tier.windows) },
      { title: 'Per month', num: true, cell: (tier) => (tier.name === 'anonymous' ? 'none' : limit(tier.monthlyQuota)) },
      { title: '', cell: (tier) => button('Edit',
        press(async () => { if (await edit(tier)) { toast('The limits of ' + tier.name + ' were changed.'); await showTiers(); } }), 'small', 'Edit ' + tier.name) },
    ], list));
  }

  async function showRoutes() {
    const list = (await get('routes')).items;
    fill(routes, table('Route policies', [
      { title: 'Name', cell: (route) => route.name },
      { title: 'Path', cell: (route) => [h('code', {}, route.path), route.methods.length ? ' ' + route.methods.join(', ') : ''] },
      { title: 'Action', cell: (route) => (route.action === 'exempt' ? 'exempt' : route.charged ? route.action : route.action + ', free') },
      { title: 'Credentials', cell: (route) => (route.credentials === null ? '–' : [
        route.credentials, route.scopes.length ? h('span', { class: 'muted' }, ' ' + route.scopes.join(' ')) : '']) },
      { title: 'Cost', num: true, cell: (route) => (route.charged ? number(route.cost) : '–') },
      { title: 'Own window', cell: (route) => (route.windowLimit === null ? '–' : number(route.windowLimit) + ' in ' + duration(route.windowSeconds)) },
      { title: 'Mode', cell: (route) => (route.mode === null ? '–' : [
        chip(route.mode, route.mode === 'shadow' ? 'watch' : 'good'), route.mode === route.modeByFile ? '' : h('span', { class: 'muted' }, ' switched')]) },
      { title: 'In shadow', cell: (route) => (route.mode === null ? '–' : button('Report', look(() => report(route)), 'small', 'Shadow report of ' + route.name)) },
      { title: '', cell: (route) => (route.mode === null ? '' : button(route.mode === 'shadow' ? 'Enforce' : 'Shadow',
        press(async () => { if (await change(route)) { await showRoutes(); } }), 'small', (route.mode === 'shadow' ? 'Enforce ' : 'Shadow ') + route.name)) },
    ], list));
  }

  await Promise.all([showTiers(), showRoutes()]);
}

/** What a route policy in shadow mode would have refused. */
async function report(route) {
  const said = await get('routes/' + encodeURIComponent(route.name) + '/shadow');
  await tell('In shadow mode, ' + route.name + ' would have refused', said.requests === 0
    ? empty('Nothing in the last 30 days.')
    : [h('p', {}, h('strong', {}, number(said.requests) + (said.requests === 1 ? ' request' : ' requests')), ' in the last 30 days. ',
      h('a', { href: '#/refusals?shadow=true&route=' + encodeURIComponent(route.name) }, 'All of them')),
    said.limits.map((one) => [
      h('h3', {}, (one.policy || words(one.code)) + ': ' + number(one.requests) + ' of ' + number(one.callers) + (one.callers === 1 ? ' caller' : ' callers')),
      h('p', { class: 'muted' }, 'From ', time(one.firstAt), ' to ', time(one.lastAt), '.'),
      h('div', { class: 'stacked' }, table('Callers by ' + (one.policy || one.code), [
        { title: 'Caller', cell: (top) => callerLink(top.caller, cut(top.callerName || top.caller)) },
        { title: 'Requests', num: true, cell: (top) => number(top.requests) },
      ], one.top))])]);
}

function change(route) {
  const to = route.mode === 'shadow' ? 'enforce' : 'shadow';
  return dialog({
    title: to === 'shadow' ? 'Switch ' + route.name + ' to shadow mode?' : 'Enforce ' + route.name + '?',
    action: to === 'shadow' ? 'Use shadow mode' : 'Enforce', danger: to === 'shadow',
    body: [h('p', {}, to === 'shadow'
      ? 'Tollgate decides, counts and reports requests to this route. It refuses none, not even those of banned callers.'
      : 'Tollgate refuses requests over a limit again and counts them as violations.'),
    h('p', { class: 'muted' }, 'Takes effect on every node within two seconds.')],
    act: async () => {
      const after = await patch('routes/' + encodeURIComponent(route.name), { mode: to === route.modeByFile ? null : to });
      toast(route.name + ' is in mode ' + after.mode + '.');
      return after;
    },
  });
}

async function edit(tier) {
  const name = tier ? null : h('input', { required: true, maxlength: 50, pattern: '[a-z0-9][a-z0-9_\\-]{0,49}', autocomplete: 'off', spellcheck: 'false' });
  const windows = windowFields(tier ? tier.windows : [{ name: 'minute', limit: 10, seconds: 60 }]);
  const month = tier && tier.name === 'anonymous' ? null : limitField('Requests per month', tier ? tier.monthlyQuota : 1000);
  const preview = h('div', { class: 'preview', role: 'status' });
  const fields = h('div', {}, name ? field('Name', name, 'a–z, 0–9, - and _') : null, windows.root, month ? month.wrapped : null);
  let asked = 0;
  let timer = 0;
  async function look() {
    if (!tier || !windows.ready() || (month && !month.ready())) {
      return;
    }
    const turn = ++asked;
    try {
      const said = await get('tiers/' + encodeURIComponent(tier.name) + '/preview'
        + query({ windows: windows.value().map((one) => one.limit + '/' + one.seconds).join(',') || null, monthlyQuota: month ? month.value() : null }));
      if (turn === asked) {
        fill(preview, difference(tier, windows.value(), month ? month.value() : tier.monthlyQuota), told(said.outcome, month ? said.monthlyQuota : null));
      }
    } catch (problem) {
      if (turn === asked) {
        fill(preview, failure(problem));
      }
    }
  }
  fields.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(look, 250); });
  look();
  return dialog({
    title: tier ? 'Limits of ' + tier.name : 'New tier', action: 'Save', wide: Boolean(tier),
    body: [fields, preview],
    act: () => (tier
      ? put('tiers/' + encodeURIComponent(tier.name), {
        windows: windows.value(), monthlyQuota: month ? month.value() : tier.monthlyQuota })
      : post('tiers', { name: name.value, windows: windows.value(), monthlyQuota: month ? month.value() : null })),
  });
}

/** What saving changes, before it is done. */
function difference(tier, windows, quota) {
  const rows = [['Windows', windowsText(tier.windows), windowsText(windows)], ['Per month', limit(tier.monthlyQuota), limit(quota)]]
    .filter(([, before, after]) => before !== after);
  return rows.length === 0 ? h('p', { class: 'muted' }, 'Nothing is changed yet.')
    : facts(...rows.map(([name, before, after]) => [name, [h('del', {}, before), ' → ', h('ins', {}, after)]]));
}

function told(outcome, quota) {
  const callers = (n) => number(n) + (n === 1 ? ' caller' : ' callers');
  const parts = [h('h3', {}, 'With these numbers')];
  if (outcome.callers === 0) {
    parts.push(empty('No caller of this tier sent a request in the last 24 hours.'));
  } else {
    parts.push(h('p', { class: 'limited' }, h('strong', {}, number(outcome.limited) + ' of ' + callers(outcome.callers)),
      outcome.windows.length === 0 ? ' seen in the last 24 hours would have been limited: there would be no limit.' : ' seen in the last 24 hours would have been limited by ' + windowsText(outcome.windows) + '.'));
    for (const one of outcome.windows.filter((window) => window.seen === 0)) {
      parts.push(h('p', { class: 'muted' }, 'What callers use in ' + duration(one.seconds) + ' is not known: the tier has had no window of this length.'));
    }
    if (outcome.most.length > 0) {
      parts.push(h('div', { class: 'stacked' }, table('Who would have been limited', [
        { title: 'Caller', cell: (one) => callerLink(one.caller, cut(one.name || one.caller.slice(3))) },
        { title: 'Window', cell: (one) => one.window },
        { title: 'Most used', num: true, cell: (one) => number(one.peak) },
        { title: 'In hours', num: true, cell: (one) => number(one.hours) },
        { title: 'Last in the hour of', cell: (one) => time(one.lastHour) },
      ], outcome.most.slice(0, 10))));
    }
  }
  if (quota !== null) {
    parts.push(h('p', {}, h('strong', {}, number(outcome.overQuota) + ' of ' + number(outcome.accounts)),
      ' accounts with usage this month have used more than ' + number(quota) + ' already.'));
    if (outcome.mostUsed.length > 0) {
      parts.push(h('div', { class: 'stacked' }, table('Who is over the quota', [
        { title: 'Account', cell: (one) => callerLink(one.caller, cut(one.name)) },
        { title: 'Used this month', num: true, cell: (one) => number(one.used) },
      ], outcome.mostUsed.slice(0, 10))));
    }
  }
  return parts;
}
