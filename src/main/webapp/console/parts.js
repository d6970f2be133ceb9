// Parts of pages that show one kind of thing in several places.
import { h, refresh } from './dom.js';
import { chip, cut, empty, share, table } from './ui.js';
import { detail, duration, level, number, time, until } from './format.js';

const KEY_STATES = { active: 'good', rotating: 'good', suspended: 'warn', expired: 'warn', revoked: 'bad' };

export function keyState(key) {
  return chip(key.state, KEY_STATES[key.state]);
}

export function callerLink(caller, text) {
  return h('a', { href: '#/callers/' + encodeURIComponent(caller) }, text || caller);
}

/** The same where many stand one below the other: an account's name, or its id cut; the id is whole on hover. */
export function shortCallerLink(caller, name) {
  const link = callerLink(caller, name ? cut(name) : (caller.length === 36 ? caller.slice(0, 8) + '…' : caller));
  link.title = caller;
  if (!name) {
    link.className = 'short';
  }
  return link;
}

export function levelChip(label) {
  return chip(level(label), label === 'PERMANENT' ? 'bad' : 'warn');
}

/** An event's details in one line; the request's id, by which it is found in the log, is cut and whole on hover. */
export function details(row) {
  const { request, ...rest } = row.details;
  const told = Object.entries(rest).map(([name, value]) => name + ' ' + detail(name, value));
  if (told.length === 0 && !request) {
    return '–';
  }
  return [told.join(' · '), request ? h('span', { class: 'muted', title: 'Request ' + request }, (told.length ? ' · ' : '') + 'request ' + request.slice(0, 8) + '…') : null];
}

/** Where windows and the month stand. */
export function policies(list) {
  if (list.length === 0) {
    return empty('Nothing limits this caller: its tier is unlimited.');
  }
  return h('div', { class: 'stacked' }, table('Limits now', [
    { title: 'Policy', cell: (policy) => policy.name },
    { title: 'Limit', num: true, cell: (policy) => number(policy.limit) + ' / ' + (policy.windowSeconds === 60 ? 'min' : duration(policy.windowSeconds)) },
    { title: 'Left', num: true, cell: (policy) => number(policy.remaining) },
    { title: 'Used', cell: (policy) => share(policy.limit - policy.remaining, policy.limit, true) },
    { title: 'More available', cell: (policy) => (policy.resetSeconds > 0 ? until(policy.resetsAt) : 'nothing used') },
  ], list));
}

/** The steps of the ladder and where a caller stands. */
export function ladder(ladder) {
  const here = [...ladder.steps].reverse().find((step) => step.violations <= ladder.violations);
  return [
    h('ol', { class: 'ladder' }, ladder.steps.map((step) =>
      h('li', { class: (step.violations <= ladder.violations ? 'reached ' : '') + (step === here ? 'here' : '') },
        h('strong', {}, level(step.level)), 'from ' + step.violations + ' violations'))),
    h('p', {}, ladder.violations === 0 ? 'No violations are remembered.'
      : number(ladder.violations) + (ladder.violations === 1 ? ' violation' : ' violations') + ' remembered, forgotten ',
    ladder.violations === 0 ? null : time(ladder.forgottenAt),
    ladder.untilNext ? ' · ' + ladder.untilNext + ' more to the next step' : ''),
  ];
}

/** Whether a caller's next request passes, as the gate says. */
export function verdict(banner, caller) {
  const { passes, detail: said, policy, until: end, code } = caller.verdict;
  const ban = caller.ban;
  banner.className = 'banner ' + (passes ? '' : ban || !policy ? 'bad' : 'warn');
  if (passes) {
    refresh(banner, h('strong', {}, 'Not blocked'), h('p', {}, 'The next request passes.'));
  } else if (ban && code === 'BANNED') {
    refresh(banner, h('strong', {}, 'Blocked: banned'), ' ', levelChip(ban.level), h('p', {}, ban.reason, ' · since ', time(ban.bannedAt),
      ban.expiresAt ? [' · until ', time(ban.expiresAt), ' (' + duration(ban.remainingSeconds) + ')'] : ' · permanent, until an administrator lifts it'));
  } else {
    refresh(banner, h('strong', {}, policy ? 'Limited: ' + policy + ' is used up' : 'Blocked: ' + BLOCKED[code]),
      h('p', {}, end ? ['The next request passes at ', time(end), '.'] : said));
  }
}

const BLOCKED = { INACTIVE_API_KEY: 'the key is revoked or suspended', EXPIRED_API_KEY: 'the key has expired', COST_EXCEEDS_LIMIT: 'nothing is allowed' };

/**
 * The last requests over a limit.
 *
 * @param remembered how many of them the ladder remembers: a lift makes it forget those before
 */
export function violations(list, remembered) {
  if (list.length === 0) {
    return empty('No request over a limit in the last seven days. Each one appears here with its time, route and address.');
  }
  return [remembered < list[0].count ? h('p', { class: 'muted' }, 'A lift has made the ladder forget these.') : null,
    h('div', { class: 'stacked' }, table('Requests over a limit', [
    { title: 'When', cell: (one) => time(one.at) },
    { title: 'Violation', num: true, cell: (one) => number(one.count) },
    { title: 'Route', cell: (one) => one.route },
    { title: 'Address', cell: (one) => (one.address ? h('code', {}, one.address) : '–') },
  ], list))];
}
