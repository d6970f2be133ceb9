// What several pages let an administrator do, each in a dialog.
import { h, fill, newId } from './dom.js';
import { callerPath, download, get, mayChange, post, put, patch, remove, query } from './api.js';
import { limitField, windowFields } from './limits.js';
import { button, dialog, field, select, showKey, toast, failure } from './ui.js';
import { bytes, level, withoutSecret } from './format.js';

export async function tierNames() {
  return (await get('tiers?size=200')).items.map((tier) => tier.name).filter((name) => name !== 'anonymous');
}

export async function newAccount() {
  const tiers = await tierNames();
  const name = h('input', { required: true, maxlength: 200, autocomplete: 'off' });
  const tier = select(tiers, 'free');
  return dialog({
    title: 'New account', action: 'Create',
    body: [field('Name', name), field('Tier', tier)],
    act: () => post('accounts', { name: name.value.trim(), tier: tier.value }),
  });
}

export async function changeTier(account) {
  const tier = select(await tierNames(), account.tier);
  return dialog({
    title: 'Tier of ' + account.name, action: 'Change tier',
    body: [field('Tier', tier, 'Takes effect on every node within two seconds, for all keys of the account.')],
    act: () => patch('accounts/' + account.id, { tier: tier.value }),
  });
}

/** Gives an account limits instead of its tier's, changes them or takes them away. */
export async function changeLimits(account) {
  const now = await get('accounts/' + account.id + '/limits');
  const own = now.override;
  const ownWindows = h('input', { type: 'checkbox', checked: Boolean(own && own.windows) });
  const ownMonth = h('input', { type: 'checkbox', checked: Boolean(own && own.ownQuota) });
  const windows = windowFields(now.windows);
  const quota = limitField('Requests per month', now.monthlyQuota);
  const month = { root: h('fieldset', { class: 'plain' }, quota.wrapped), value: quota.value };
  const until = h('input', { type: 'datetime-local', value: own && own.until ? local(own.until) : null });
  const why = h('input', { required: true, maxlength: 200, autocomplete: 'off', value: own ? own.reason : null });
  const takeAway = h('input', { type: 'checkbox' });
  const parts = h('fieldset', { class: 'plain' },
    h('label', { class: 'check' }, ownWindows, 'windows of its own'), windows.root,
    h('label', { class: 'check' }, ownMonth, 'a month of its own'), month.root,
    field('Until', until, 'In your time zone. Leave it empty for no end.'),
    field('Reason', why, 'The audit trail keeps it.'));
  const show = () => {
    windows.root.hidden = windows.root.disabled = !ownWindows.checked;
    month.root.hidden = month.root.disabled = !ownMonth.checked;
    parts.hidden = parts.disabled = takeAway.checked;
  };
  [ownWindows, ownMonth, takeAway].forEach((box) => box.addEventListener('change', show));
  show();
  return dialog({
    title: 'Limits of ' + account.name, action: 'Save', wide: true,
    body: [h('p', {}, 'Instead of those of the tier ' + now.tier + '. Takes effect on every node within two seconds.'),
      own ? h('label', { class: 'check' }, takeAway, 'take them away, so that those of the tier hold') : null, parts],
    act: async () => {
      if (takeAway.checked) {
        await remove('accounts/' + account.id + '/limits');
        return true;
      }
      const body = { until: until.value ? new Date(until.value).toISOString() : null, reason: why.value.trim() };
      if (ownWindows.checked) {
        body.windows = windows.value();
      }
      if (ownMonth.checked) {
        body.monthlyQuota = month.value();
      }
      await put('accounts/' + account.id + '/limits', body);
      return true;
    },
  });
}

/** Makes somebody whom the server or a proxy names a caller of an account. */
export async function linkPrincipal(account) {
  const name = h('input', { required: true, maxlength: 200, autocomplete: 'off', spellcheck: 'false' });
  return dialog({
    title: 'Link a principal to ' + account.name, action: 'Link',
    body: [field('Name', name, 'As the server or the proxy says it, letter by letter. The setting tollgate.principals says where it comes from.')],
    act: () => post('accounts/' + account.id + '/principals', { name: name.value.trim() }),
  });
}

/** Takes a principal from an account. */
export async function unlinkPrincipal(account, principal) {
  return dialog({
    title: 'Unlink ' + principal.name + '?', action: 'Unlink', danger: true,
    body: [h('p', {}, 'Its requests no longer count for this account. Its usage stays.')],
    act: async () => { await remove('accounts/' + account.id + '/principals/' + principal.id); return true; },
  });
}

/** A moment as a field for date and time has it, in the viewer's zone. */
function local(iso) {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** Makes a key, of the given account or of one that is looked for, and shows it. */
export async function newKey(account) {
  const name = h('input', { required: true, maxlength: 200, autocomplete: 'off' });
  const expires = h('input', { type: 'datetime-local' });
  const window = h('input', { type: 'number', min: 0, step: 1, inputmode: 'numeric' });
  const may = postingChoice({ postUsage: null });
  const choice = account ? null : await accountChoice();
  const key = await dialog({
    title: account ? 'New key for ' + account.name : 'New key', action: 'Create key',
    body: [choice ? choice.fields : null, field('Name', name, 'What the key is for, such as the program that uses it.'),
      field('Expires', expires, 'In your time zone. Leave it empty for a key that never expires.'),
      field('Requests per minute', window, 'A smaller window for this key alone. Leave it empty for none.'),
      field('May post usage', may, 'Whether other services may report usage with it.')],
    act: () => post('keys', {
      accountId: account ? account.id : choice.value(),
      name: name.value.trim(),
      expiresAt: expires.value ? new Date(expires.value).toISOString() : null,
      windowLimit: window.value === '' ? null : Number(window.value),
      postUsage: posting(may),
    }),
  });
  if (key) {
    await showKey(key);
  }
  return key;
}

async function accountChoice() {
  const list = h('select', { size: 5, required: true });
  const load = async (text) => {
    const found = await get('accounts' + query({ q: text, size: 50 }));
    fill(list, found.items.map((account, i) => h('option', { value: account.id, selected: i === 0 }, account.name + ' (' + account.tier + ')')));
  };
  let timer = 0;
  const text = h('input', { type: 'search', autocomplete: 'off', on: { input: () => { clearTimeout(timer); timer = setTimeout(() => load(text.value.trim()), 200); } } });
  await load('');
  return { fields: [field('Find the account', text), field('Account', list)], value: () => list.value };
}

const POSTING = [['', 'As the setting says'], ['true', 'Yes'], ['false', 'No']];

/** In words, whether usage may be posted with a key. */
export function postingOf(key) {
  return key.postUsage === null ? 'as tollgate.usage.post says' : key.postUsage ? 'yes' : 'no';
}

function postingChoice(key) {
  return select(POSTING, key.postUsage === null ? '' : String(key.postUsage));
}

function posting(choice) {
  return choice.value === '' ? null : choice.value === 'true';
}

/** Permits or denies posting usage with a key. */
export async function changePosting(key) {
  const may = postingChoice(key);
  return dialog({
    title: 'Posting usage with ' + key.name, action: 'Change',
    body: [field('May post usage', may, 'Takes effect on every node within two seconds. The setting is tollgate.usage.post.')],
    act: () => patch('keys/' + key.id, { postUsage: posting(may) }),
  });
}

/** Restricts a key to scopes and networks, and notes something of it. */
export async function restrictKey(key) {
  const note = h('input', { maxlength: 1000, value: key.note || null, autocomplete: 'off' });
  const scopes = h('input', { value: key.scopes.join(' ') || null, autocomplete: 'off', spellcheck: 'false' });
  const addresses = h('input', { value: key.addresses.join(' ') || null, autocomplete: 'off', spellcheck: 'false' });
  const list = (input) => input.value.split(/[\s,]+/).filter((word) => word !== '');
  return dialog({
    title: 'Restrict ' + key.name, action: 'Change',
    body: [field('Scopes', scopes, 'What the key may do on routes that ask for scopes, such as reports:read.'),
      field('Addresses', addresses, 'Networks that it may be used from, such as 192.0.2.0/24. Leave it empty for any.'),
      field('Note', note, 'For administrators alone.')],
    act: () => patch('keys/' + key.id, { note: note.value.trim() || null, scopes: list(scopes), addresses: list(addresses) }),
  });
}

/** Suspends a key, or resumes a suspended one. */
export async function suspendKey(key) {
  return dialog({
    title: (key.suspended ? 'Resume ' : 'Suspend ') + key.name + '?', action: key.suspended ? 'Resume' : 'Suspend', danger: !key.suspended,
    body: [h('p', {}, key.suspended ? 'Tollgate takes requests with the key again.' : 'Tollgate refuses requests with the key until you resume it.')],
    act: () => patch('keys/' + key.id, { suspended: !key.suspended }),
  });
}

export async function rotateKey(key) {
  const hours = h('input', { type: 'number', min: 0, max: 720, step: 1, value: 0, inputmode: 'numeric' });
  const fresh = await dialog({
    title: 'Rotate ' + key.name + '?', action: 'Rotate', danger: true,
    body: [h('p', {}, 'The key gets a new secret. Every node refuses the old one within two seconds, or after the hours you give. Usage and limits stay.'),
      field('Hours of overlap', hours, 'How long the old secret goes on, at most 720.')],
    act: () => post('keys/' + key.id + '/rotate', { overlapSeconds: Math.round(Number(hours.value) * 3600) }),
  });
  if (fresh) {
    await showKey(fresh);
  }
  return fresh;
}

export async function revokeKey(key) {
  const done = await dialog({
    title: 'Revoke ' + key.name + '?', action: 'Revoke for good', danger: true,
    body: [h('p', {}, 'Tollgate refuses requests with the key ' + key.prefix + '… from now on. You cannot undo this. Its usage stays.')],
    act: async () => { await remove('keys/' + key.id); return true; },
  });
  if (done) {
    toast('The key was revoked.');
  }
  return done;
}

/**
 * A field for a caller, by whatever people know it: an account's name, a key's first characters, an address or an id. It says
 * `chosen` when another one is chosen. `value()` is the caller's id; what nothing is found for is given as it stands.
 *
 * @param given a caller to begin with, null for none
 */
export function callerField(label, given) {
  const id = newId();
  const text = h('input', { type: 'search', maxlength: 200, autocomplete: 'off', spellcheck: 'false', value: given, placeholder: 'Name, key or address', 'aria-describedby': id });
  const list = h('select', { 'aria-label': label + ' that match', hidden: true });
  const said = h('p', { class: 'help', id });
  let value = given || '';
  let timer = 0;
  let asked = 0;
  const choose = (caller, tell) => {
    value = caller;
    if (tell) {
      root.dispatchEvent(new Event('chosen', { bubbles: true }));
    }
  };
  async function look() {
    const turn = ++asked;
    const sought = withoutSecret(text.value.trim());
    text.value = sought === text.value.trim() ? text.value : sought;
    const found = sought ? await get('callers' + query({ q: sought })) : { items: [], more: false };
    if (turn !== asked) {
      return;
    }
    const callers = [...new Map(found.items.map((one) => [one.caller, one])).values()];
    list.hidden = callers.length < 2;
    fill(list, callers.map((one) => h('option', { value: one.caller }, one.name + ' (' + one.by + ')')));
    said.textContent = !sought ? '' : callers.length === 0 ? 'Nobody is found by this.' : found.more ? 'There are more: give a longer text.' : callers.length === 1 ? callers[0].name : '';
    choose(callers.length === 0 ? sought : callers[0].caller, true);
  }
  text.addEventListener('input', (event) => { event.stopPropagation(); clearTimeout(timer); timer = setTimeout(() => look().catch((problem) => { said.textContent = problem.message; }), 250); });
  list.addEventListener('input', (event) => { event.stopPropagation(); choose(list.value, true); });
  const root = field(label, text);
  root.append(list, said);
  return { root, value: () => value };
}

/** Bans a caller: {caller, name}, or one that is looked for. */
export async function banCaller(known) {
  const who = known ? null : callerField('Caller', null);
  const how = select([['5_MIN', '5 minutes'], ['1_HOUR', '1 hour'], ['1_DAY', '1 day'], ['7_DAY', '7 days'], ['PERMANENT', 'Permanent']], '1_DAY');
  const why = h('input', { required: true, maxlength: 200, autocomplete: 'off' });
  const ban = await dialog({
    title: known ? 'Ban ' + short(known.name) + '?' : 'Ban a caller', action: 'Ban', danger: true,
    body: [who ? who.root : null, field('For', how),
      field('Reason', why, 'The caller sees it, and the audit trail keeps it.')],
    act: () => post('bans', { caller: known ? known.caller : who.value(), level: how.value, reason: why.value.trim() }),
  });
  if (ban) {
    toast('Banned: ' + level(ban.level) + '.');
  }
  return ban;
}

/** A name for a heading. */
function short(name) {
  return name.length > 60 ? name.slice(0, 60) + '…' : name;
}

export async function liftBan(caller, name) {
  const why = h('input', { required: true, maxlength: 200, autocomplete: 'off' });
  const windows = select([['true', 'Empty them'], ['false', 'Leave them as full as they are']], 'true');
  const done = await dialog({
    title: 'Lift the ban of ' + short(name || caller) + '?', action: 'Lift the ban',
    body: [h('p', {}, 'Its requests pass again at once. Its violations are forgotten, so the ladder starts at its first step.'),
      field('Its windows', windows, 'A full window refuses its next request, which is a violation again.'),
      field('Reason', why, 'The audit trail keeps it.')],
    act: async () => {
      await remove('bans/' + callerPath(caller) + query({ reason: why.value.trim(), windows: windows.value }));
      return true;
    },
  });
  if (done) {
    toast('The ban was lifted.');
  }
  return done;
}

/** Empties a caller's windows, or an account's month, or both. */
export async function resetLimits(caller, name) {
  const account = !caller.startsWith('ip:');
  const choices = [['windows', 'The windows'], ['month', 'The month'], ['both', 'The windows and the month']];
  const what = select(account ? choices : choices.slice(0, 1), 'windows');
  const why = h('input', { required: true, maxlength: 200, autocomplete: 'off' });
  const done = await dialog({
    title: 'Reset the limits of ' + short(name || caller) + '?', action: 'Reset',
    body: [h('p', {}, 'What it used of them counts no more. Analytics and bills stay as they are, and so does a ban.'),
      field('Reset', what), field('Reason', why, 'The audit trail keeps it.')],
    act: async () => {
      await post('callers/' + callerPath(caller) + '/reset', {
        windows: what.value !== 'month', month: what.value !== 'windows', reason: why.value.trim(),
      });
      return true;
    },
  });
  if (done) {
    toast('The limits were reset.');
  }
  return done;
}

/** A button that downloads a table as CSV, after saying what is in it. `path()` is where it is at the moment. */
export function exportButton({ title, about, path, name }) {
  return button('Export CSV', look(async () => {
    const done = await dialog({
      title, action: 'Export', body: [h('p', {}, about)],
      act: async (tell) => { await download(path(), name, (size) => tell(bytes(size) + ' so far')); return true; },
    });
    if (done) {
      toast('The table is in your downloads.');
    }
  }));
}

/** Wraps a press that changes something. Null for a user who may change nothing: such a button is left out. */
export function press(work) {
  return mayChange() ? look(work) : null;
}

/** Wraps a press that changes nothing: what fails is shown in a dialog's place, above the page. */
export function look(work) {
  return async (event) => {
    const origin = event && event.currentTarget;
    try {
      await work();
    } catch (problem) {
      const page = document.querySelector('.page');
      page.querySelectorAll('.failure.pressed').forEach((old) => old.remove());
      const said = failure(problem);
      said.classList.add('pressed');
      said.id = newId();
      page.querySelector('.heading').after(said);
    }
    if (origin && origin.isConnected && document.activeElement === document.body) {
      origin.focus();
    }
  };
}
