import { h, fill } from '../dom.js';
import { get, patch, query } from '../api.js';
import { changeLimits, changeTier, linkPrincipal, newKey, press, unlinkPrincipal } from '../actions.js';
import { callerLink, keyState } from '../parts.js';
import { ago, bytes, limit, number, time } from '../format.js';
import { button, card, chip, cut, dialog, empty, facts, failure, field, heading, paged, table, toast } from '../ui.js';
import { windowsText } from '../limits.js';

export async function render(root, page) {
  const account = await get('accounts/' + page.id, page.signal);
  const usage = h('div', {});
  const keys = paged('Keys of the account', [
    { title: 'Name', sort: 'name', cell: (key) => h('a', { href: '#/keys/' + key.id }, cut(key.name)) },
    { title: 'Prefix', cell: (key) => h('code', {}, key.prefix) },
    { title: 'State', sort: 'state', cell: keyState },
    { title: 'Last used', sort: 'lastUsedAt', cell: (key) => (key.lastUsedAt ? ago(key.lastUsedAt) : 'never') },
    { title: 'Own window', num: true, cell: (key) => (key.windowLimit === null ? '–' : limit(key.windowLimit)) },
    { title: 'Created', cell: (key) => time(key.createdAt) },
  ], (at, sort) => get('keys' + query({ accountId: account.id, page: at, size: 25, sort }), page.signal),
  'This account has no key yet. Create one for the program that calls your API.', page, 'keys');
  async function rename() {
    const name = h('input', { required: true, maxlength: 200, value: account.name });
    if (await dialog({ title: 'Rename the account', action: 'Rename', body: [field('Name', name)],
      act: () => patch('accounts/' + account.id, { name: name.value.trim() }) })) {
      location.reload();
    }
  }
  root.append(
    heading(account.name,
      button('Rename', press(rename)),
      button('Change tier', press(async () => { const changed = await changeTier(account); if (changed) { account.tier = changed.tier; fill(tier, changed.tier); toast('The tier was changed.'); } })),
      button('Own limits', press(async () => { if (await changeLimits(account)) { await showLimits(); toast('The limits of the account were changed.'); } })),
      button('New key', press(async () => { if (await newKey(account)) { keys.first(); } }), 'primary')),
    h('p', { class: 'crumb' }, h('a', { href: '#/accounts' }, 'Accounts')));
  const tier = chip(account.tier);
  const limits = h('div', {});
  async function showLimits() {
    const now = await get('accounts/' + account.id + '/limits', page.signal);
    const own = now.override;
    fill(limits, h('h3', {}, 'Limits in force'), facts(
      ['Windows', windowsText(now.windows)], ['Per month', limit(now.monthlyQuota)],
      own ? ['Own limits', [own.windows ? 'windows' : '', own.ownQuota ? 'month' : ''].filter(Boolean).join(' and ') + ': ' + own.reason] : null,
      own ? ['Until', own.until ? time(own.until) : 'taken away'] : null));
  }
  const principals = h('div', { class: 'stacked' });
  async function showPrincipals() {
    const list = (await get('accounts/' + account.id + '/principals', page.signal)).items;
    fill(principals, list.length === 0 ? empty('Nobody who signs in to the server or to a proxy belongs to this account.') : table('Principals of the account', [
      { title: 'Name', text: true, cell: (one) => one.name },
      { title: 'Since', cell: (one) => time(one.createdAt) },
      { title: '', cell: (one) => button('Unlink',
        press(async () => { if (await unlinkPrincipal(account, one)) { await showPrincipals(); } }), 'small', 'Unlink ' + one.name) },
    ], list));
  }
  root.append(
    card('Account', facts(['Id', h('code', {}, account.id)], ['Tier', tier], ['Created', time(account.createdAt)],
      ['Limits and bans', callerLink(account.id, 'Limits, violations and ban')]), limits, usage),
    card('Keys', keys),
    card('Callers without a key', principals,
      button('Link a principal', press(async () => { if (await linkPrincipal(account)) { await showPrincipals(); } }))));
  showPrincipals().catch((problem) => { if (problem.name !== 'AbortError') { fill(principals, failure(problem)); } });
  showLimits().catch((problem) => { if (problem.name !== 'AbortError') { fill(limits, failure(problem)); } });
  try {
    const report = await get('accounts/' + page.id + '/analytics', page.signal);
    fill(usage, h('h3', {}, 'Usage of all its keys'), facts(
      ['Requests', number(report.summary.totalRequests)], ['Failed', number(report.summary.failedRequests)],
      ['Uploads', number(report.summary.totalFilesUploaded)], ['Bytes', bytes(report.summary.totalFileSize)],
      ['Last used', time(report.summary.lastUsedAt)]));
  } catch (problem) {
    if (problem.name !== 'AbortError') {
      fill(usage, failure(problem));
    }
  }
}
