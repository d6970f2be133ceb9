// The frame: which page is shown, the navigation, the keyboard, and whether the updates are live.
import { h, fill } from './dom.js';
import { mayChange, onSessionEnd, session, signIn, signOut, watch } from './api.js';
import { duration, withoutSecret } from './format.js';
import { closeDialogs, dialog, empty, failure, field, heading, tell } from './ui.js';

const PAGES = [
  { path: '', title: 'Overview', key: 'o', module: 'overview' },
  { path: 'accounts', title: 'Accounts', key: 'a', module: 'accounts', one: 'account' },
  { path: 'keys', title: 'Keys', key: 'k', module: 'keys', one: 'key' },
  { path: 'usage', title: 'Usage', key: 'y', module: 'usage' },
  { path: 'refusals', title: 'Refusals', key: 'f', module: 'refusals' },
  { path: 'bans', title: 'Bans', key: 'b', module: 'bans' },
  { path: 'callers', module: 'callers', one: 'caller', under: 'bans' },
  { path: 'tiers', title: 'Tiers and policies', key: 't', module: 'tiers' },
  { path: 'audit', title: 'Audit', key: 'u', module: 'audit' },
  { path: 'redis', title: 'Redis', key: 'r', module: 'redis' },
  { path: 'settlement', title: 'Settlement', key: 's', module: 'settlement' },
  { path: 'reference', title: 'API reference', key: 'p', module: 'reference' },
];

/** Other names of pages. */
const ALIASES = { routes: 'tiers' };

const main = document.getElementById('main');
const nav = document.getElementById('nav');
const menu = document.getElementById('menu');
const live = document.getElementById('live');
const find = document.getElementById('find');
const theme = document.getElementById('theme');

let leave = () => {};
let shown = 0;

/* Updates */

const listeners = new Set();
let latest = null;

/** Calls back with every overview, at once with the latest; returns what ends that. */
function onOverview(listener) {
  listeners.add(listener);
  if (latest) {
    listener(latest);
  }
  return () => listeners.delete(listener);
}

function startWatching() {
  watch((overview) => {
    latest = overview;
    listeners.forEach((listener) => listener(overview));
  }, (on, last) => {
    const text = on ? 'Live' : 'Updates lost ' + duration((Date.now() - last) / 1000) + ' ago, reconnecting';
    if (live.textContent !== text) {
      live.textContent = text;
      live.dataset.state = on ? 'on' : 'off';
    }
  });
}

/* Pages */

async function show() {
  const turn = ++shown;
  const { path, query } = place();
  const [name, ...rest] = path.split('/');
  const page = PAGES.find((one) => one.path === (ALIASES[name] || name));
  const id = rest.length ? decoded(rest.join('/')) : null;
  leave();
  closeMenu();
  closeDialogs();
  const ends = [];
  const abort = new AbortController();
  ends.push(() => abort.abort());
  leave = () => ends.forEach((end) => end());
  for (const link of nav.querySelectorAll('a')) {
    const current = page !== undefined && link.dataset.path === (page.under || page.path);
    current ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
  }
  const root = h('div', { class: 'page' });
  try {
    if (!page) {
      fill(main, root);
      root.append(heading('No such page'), empty('The console has no page “' + decoded(path) + '”. The navigation leads to those that there are.'));
      return titled(turn);
    }
    const module = await import('./pages/' + (id && page.one ? page.one : page.module) + '.js');
    if (turn !== shown) {
      return;
    }
    fill(main, root);
    await module.render(root, {
      id,
      query,
      keep: (values, step) => turn === shown && keep(values, step),
      signal: abort.signal,
      onEnd: (end) => ends.push(end),
      onOverview: (listener) => ends.push(onOverview(listener)),
      every: (millis, work) => {
        const timer = setInterval(() => document.hidden || work(), millis);
        ends.push(() => clearInterval(timer));
      },
    });
  } catch (problem) {
    if (turn === shown && problem.name !== 'AbortError') {
      fill(main, root);
      root.append(failure(problem, show));
    }
  }
  titled(turn);
}

function titled(turn) {
  if (turn !== shown) {
    return;
  }
  const first = main.querySelector('h1');
  document.title = (first ? first.textContent + ' · ' : '') + 'Tollgate';
  if (turn > 1 && first) {
    first.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}

/** Where the address leads: a path, and what its page is to show there. */
function place() {
  const [path, ...rest] = location.hash.replace(/^#\/?/, '').split('?');
  return { path, query: new URLSearchParams(rest.join('?')) };
}

/** Text of an address, or the text itself where it is no encoded one. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (e) {
    return text;
  }
}

/**
 * Keeps values in the address, so that Back, a reload and a link show the same.
 *
 * @param step whether it is a step that Back takes back
 */
function keep(values, step) {
  const { path, query } = place();
  for (const [name, value] of Object.entries(values)) {
    value === '' || value === null || value === undefined ? query.delete(name) : query.set(name, value);
  }
  const text = query.toString();
  const hash = '#/' + path + (text ? '?' + text : '');
  if (hash !== location.hash) {
    step ? history.pushState(null, '', hash) : history.replaceState(null, '', hash);
  }
}

/* Navigation */

for (const page of PAGES.filter((one) => one.title)) {
  nav.append(h('a', { href: '#/' + page.path, 'data-path': page.path, 'aria-keyshortcuts': 'g ' + page.key },
    page.title, h('kbd', { 'aria-hidden': 'true' }, 'g ' + page.key)));
}

function closeMenu() {
  nav.classList.remove('open');
  menu.setAttribute('aria-expanded', 'false');
}

menu.addEventListener('click', () => {
  const open = nav.classList.toggle('open');
  menu.setAttribute('aria-expanded', String(open));
  if (open) {
    nav.querySelector('a').focus();
  }
});

document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});

find.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = withoutSecret(find.q.value.trim());
  find.q.value = text;
  if (text) {
    location.hash = '#/callers?q=' + encodeURIComponent(text);
  }
});

/* Keyboard */

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch (e) {
    return null;
  }
}

function store(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch (e) {
    // Storage can be forbidden; the choice then holds for this page.
  }
}

let shortcuts = stored('tollgate.shortcuts') !== 'off';
let going = 0;

function showShortcuts() {
  const box = h('input', { type: 'checkbox', id: 'shortcuts-on', checked: shortcuts,
    on: { change: () => { shortcuts = box.checked; store('tollgate.shortcuts', shortcuts ? 'on' : 'off'); } } });
  tell('Keyboard',
    h('table', {}, h('tbody', {},
      h('tr', {}, h('td', {}, h('kbd', {}, '/')), h('td', {}, 'Search')),
      h('tr', {}, h('td', {}, h('kbd', {}, '?')), h('td', {}, 'This help')),
      PAGES.filter((page) => page.key).map((page) =>
        h('tr', {}, h('td', {}, h('kbd', {}, 'g'), ' ', h('kbd', {}, page.key)), h('td', {}, page.title))))),
    h('p', {}, box, ' ', h('label', { for: 'shortcuts-on' }, 'Use these shortcuts')));
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && nav.classList.contains('open')) {
    closeMenu();
    menu.focus();
    return;
  }
  if (!shortcuts && event.key !== '?') {
    return;
  }
  const typing = event.target.closest('input, select, textarea, dialog');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  if (event.key === '/') {
    event.preventDefault();
    (main.querySelector('[data-search]') || find.q).focus();
  } else if (event.key === '?') {
    event.preventDefault();
    showShortcuts();
  } else if (event.key === 'g') {
    going = Date.now();
  } else if (Date.now() - going < 1500) {
    const page = PAGES.find((one) => one.key === event.key);
    going = 0;
    if (page) {
      event.preventDefault();
      location.hash = '#/' + page.path;
    }
  }
});

/* Light and dark */

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

function themed() {
  theme.textContent = isDark() ? '☀' : '☾';
  theme.setAttribute('aria-label', isDark() ? 'Light colours' : 'Dark colours');
  document.dispatchEvent(new CustomEvent('themed'));
}

theme.addEventListener('click', () => {
  const chosen = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = chosen;
  store('tollgate.theme', chosen);
  themed();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', themed);

/* The session's end */

/** Asks for the password again, over whatever the page has in its forms. */
async function signInAgain() {
  const who = document.getElementById('who').dataset.user;
  const could = mayChange();
  const user = h('input', { required: true, maxlength: 200, autocomplete: 'username', value: who || null });
  const password = h('input', { type: 'password', required: true, maxlength: 1000, autocomplete: 'current-password', autofocus: true });
  const done = await dialog({
    title: 'Your session has ended', action: 'Sign in',
    body: [h('p', {}, 'Sign in again to go on. What you have entered is still there.'), field('User', user), field('Password', password)],
    act: async () => { await signIn(user.value, password.value); return (await session()).user; },
  });
  if (!done) {
    location.replace('console/login.html' + location.hash);
    return false;
  }
  if (done !== who || mayChange() !== could) {
    location.reload();
  }
  return true;
}

/* Start */

document.getElementById('sign-out').addEventListener('click', () => signOut().catch((problem) => alert(problem.message)));
themed();
window.addEventListener('hashchange', show);
session().then((who) => {
  const shown = document.getElementById('who');
  shown.textContent = who.user + (mayChange() ? '' : ' (viewer)');
  shown.dataset.user = who.user;
  onSessionEnd(signInAgain);
  startWatching();
  show();
}, (problem) => problem.status === 401 || fill(main, failure(problem, () => location.reload())));
