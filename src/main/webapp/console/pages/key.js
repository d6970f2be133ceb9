import { h, fill, refresh } from '../dom.js';
import { callerPath, get, query } from '../api.js';
import { changePosting, changeTier, postingOf, press, restrictKey, revokeKey, rotateKey, suspendKey } from '../actions.js';
import { callerLink, keyState, ladder, policies, verdict, violations } from '../parts.js';
import { chart } from '../chart.js';
import { ago, bytes, limit, number, time } from '../format.js';
import { button, card, chip, empty, facts, failure, heading, share, table, tile, toast } from '../ui.js';

export async function render(root, page) {
  const key = await get('keys/' + page.id, page.signal);
  const account = await get('accounts/' + key.accountId, page.signal);
  const tier = chip(account.tier);
  const banner = h('div', { class: 'banner', id: 'verdict' });
  const mayPost = h('span', {}, postingOf(key));
  const requests = tile('Requests');
  const failed = tile('Failed');
  const uploads = tile('Uploads');
  const size = tile('Bytes');
  const used = tile('Last used');
  const days = chart({ label: 'Requests of the last 30 days', height: 200, days: true, least: 10 }, [
    { label: 'Requests', color: 'accent', bars: true },
    { label: 'Failed', color: 'bad', bars: true },
    { label: 'Uploads', color: 'good' },
  ]);
  const providers = h('div', { class: 'stacked' });
  const types = h('div', { class: 'stacked' });
  const limits = h('div', {});
  const refusals = h('div', {});
  const trouble = h('div', {});
  root.append(
    heading(key.name,
      button('Change tier', press(async () => { const changed = await changeTier(account); if (changed) { account.tier = changed.tier; fill(tier, changed.tier); toast('The tier was changed.'); await standing(); } })),
      key.active ? button('Posting usage', press(async () => { const changed = await changePosting(key); if (changed) { key.postUsage = changed.postUsage; fill(mayPost, postingOf(key)); toast('The key was changed.'); } })) : null,
      key.active ? button('Restrict', press(async () => { if (await restrictKey(key)) { location.reload(); } })) : null,
      key.active || key.suspended ? button(key.suspended ? 'Resume' : 'Suspend', press(async () => { if (await suspendKey(key)) { location.reload(); } })) : null,
      key.active && key.kind !== 'principal' ? button('Rotate', press(async () => { if (await rotateKey(key)) { location.reload(); } })) : null,
      key.active || key.suspended ? button('Revoke', press(async () => { if (await revokeKey(key)) { location.reload(); } }), 'danger') : null),
    h('p', { class: 'crumb' }, h('a', { href: '#/keys' }, 'Keys'), ' / ', h('a', { href: '#/accounts/' + account.id }, account.name)),
    trouble, banner,
    card('Key', facts(key.kind === 'principal' ? ['Kind', 'a principal, without a secret'] : ['Prefix', h('code', {}, key.prefix + '…')], ['State', keyState(key)],
      ['Own window', key.windowLimit === null ? 'none' : limit(key.windowLimit) + ' per minute'],
      ['Scopes', key.scopes.join(' ') || 'none'], ['Addresses', key.addresses.join(' ') || 'any'], ['Note', key.note || '–'],
      ['May post usage', mayPost], ['Created', time(key.createdAt)], ['Expires', key.expiresAt ? time(key.expiresAt) : 'never'],
      ['Id', h('code', {}, key.id)]),
    h('h3', {}, 'Its account'), facts(['Account', h('a', { href: '#/accounts/' + account.id }, account.name)], ['Tier', tier],
      ['Limits and bans', callerLink(account.id, 'Limits, violations and ban')])),
    h('dl', { class: 'tiles', 'aria-label': 'Usage' }, requests, failed, uploads, size, used),
    card('Last 30 days', days),
    h('div', { class: 'columns' }, card('Providers', providers), card('File types', types)),
    h('div', { class: 'columns' }, card('Limits now', limits), card('Violations of the account', refusals)));
  page.onEnd(days.close);

  async function usage() {
    const base = 'keys/' + key.id + '/analytics';
    const [report, daily, files] = await Promise.all([
      get(base, page.signal), get(base + '/daily?limit=30', page.signal), get(base + '/file-types', page.signal)]);
    const sum = report.summary;
    requests.show(number(sum.totalRequests), report.meta.pendingIncluded ? 'settled and pending' : 'settled only, Redis does not answer', report.meta.pendingIncluded ? '' : 'warn');
    failed.show(number(sum.failedRequests), sum.totalRequests > 0 ? sum.successRate + ' % succeeded' : '', sum.failedRequests > 0 ? 'warn' : '');
    uploads.show(number(sum.totalFilesUploaded));
    size.show(bytes(sum.totalFileSize), sum.totalFilesUploaded > 0 ? bytes(sum.averageFileSize) + ' on average' : '');
    used.show(sum.lastUsedAt ? ago(sum.lastUsedAt) : 'never');
    const known = new Map(daily.days.map((day) => [day.date, day]));
    const today = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), new Date().getUTCDate()) / 1000;
    const at = Array.from({ length: 30 }, (unused, i) => today - (29 - i) * 86400);
    const of = (name) => at.map((seconds) => (known.get(new Date(seconds * 1000).toISOString().slice(0, 10)) || {})[name] || 0);
    days.show([at, of('totalRequests'), of('failedRequests'), of('totalFilesUploaded')]);
    refresh(providers, report.providers.length === 0 ? empty('No usage yet. Each provider appears here with its share.')
      : table('Providers', [
        { title: 'Provider', cell: (one) => one.provider },
        { title: 'Requests', num: true, cell: (one) => number(one.totalRequests) },
        { title: 'Uploads', num: true, cell: (one) => number(one.totalFilesUploaded) },
        { title: 'Bytes', num: true, cell: (one) => bytes(one.totalFileSize) },
        { title: 'Share', cell: (one) => share(one.totalRequests, sum.totalRequests) },
      ], report.providers));
    refresh(types, files.fileTypes.length === 0 ? empty('No upload yet. The media types of uploads appear here. Tollgate reads them from the first bytes.')
      : table('File types', [
        { title: 'Type', cell: (one) => h('code', {}, one.type) },
        { title: 'Files', num: true, cell: (one) => number(one.count) },
        { title: 'Share', cell: (one) => share(one.count, files.totalFiles) },
      ], files.fileTypes));
  }

  async function standing() {
    const caller = await get('callers/' + callerPath(account.id) + query({ key: key.id }), page.signal);
    const rows = await get('audit' + query({ caller: account.id, type: 'LIMIT_EXCEEDED', size: 5 }), page.signal);
    verdict(banner, caller);
    refresh(limits, policies(caller.policies), ladder(caller.ladder));
    refresh(refusals, violations(caller.ladder.recent, caller.ladder.violations), rows.total > 0 ? h('p', { class: 'muted' },
      'In the audit trail: ' + number(rows.total) + '. ', h('a', { href: '#/audit?type=LIMIT_EXCEEDED&caller=' + account.id }, 'All of them')) : null);
  }

  async function both() {
    const outcomes = await Promise.allSettled([usage(), standing()]);
    const bad = outcomes.map((one) => one.reason).find((reason) => reason && reason.name !== 'AbortError');
    refresh(trouble, bad ? failure(bad) : null);
  }
  page.every(3000, both);
  await both();
}
