// Limits as people read and edit them.
import { h } from './dom.js';
import { button, field } from './ui.js';
import { duration, number } from './format.js';

const MAX_WINDOWS = 4;
const MINUTE = 60;

/** Windows in words: "20 in 1 s, 100 in 1 min". */
export function windowsText(windows) {
  return windows.length === 0 ? 'unlimited' : windows.map((one) => number(one.limit) + ' in ' + duration(one.seconds)).join(', ');
}

/** A fieldset with a row for each window. `value()` gives them; `ready()` says whether each row is complete. */
export function windowFields(windows) {
  const rows = h('div', { class: 'windows' });
  const root = h('fieldset', {}, h('legend', {}, 'Windows'), rows);
  const add = button('Add a window', () => { append(null).limit.focus(); changed(); }, 'small');
  let all = [];

  function changed() {
    add.disabled = all.length >= MAX_WINDOWS;
    root.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function append(one) {
    const limit = h('input', { type: 'number', min: 0, max: 1000000000000, step: 1, inputmode: 'numeric', required: true, value: one ? one.limit : null });
    const seconds = h('input', { type: 'number', min: 1, max: 86400, step: 1, inputmode: 'numeric', required: true, value: one ? one.seconds : null });
    const name = h('input', { maxlength: 50, pattern: '[a-z0-9][a-z0-9_\\-]{0,49}', autocomplete: 'off', spellcheck: 'false', required: true, value: one ? one.name : null });
    // The window of 60 seconds has one name; others are called as their length reads until somebody names them.
    const same = () => {
      const minute = Number(seconds.value) === MINUTE;
      name.readOnly = minute;
      if (minute) {
        name.value = 'minute';
      } else if (name.value === '' || name.value === 'minute' || name.dataset.given === name.value) {
        name.value = seconds.value === '' ? '' : seconds.value + 's';
        name.dataset.given = name.value;
      }
    };
    seconds.addEventListener('input', same);
    const row = { limit, seconds, name };
    const element = h('div', { class: 'window' }, field('Requests', limit), field('in seconds', seconds), field('Name', name),
      h('button', { type: 'button', class: 'small', 'aria-label': 'Remove this window', on: { click: () => {
        all = all.filter((other) => other !== row);
        element.remove();
        changed();
      } } }, 'Remove'));
    if (one) {
      same();
    }
    all.push(row);
    rows.append(element);
    return row;
  }

  windows.forEach(append);
  add.disabled = all.length >= MAX_WINDOWS;
  root.append(h('p', { class: 'help' }, 'Up to four, each of another length. Without a window, nothing but the month limits requests.'), add);
  return {
    root,
    ready: () => all.every((row) => row.limit.value !== '' && row.seconds.value !== ''),
    value: () => all.map((row) => ({ name: row.name.value, limit: Number(row.limit.value), seconds: Number(row.seconds.value) })),
  };
}

/** A number or nothing: the box says that there is no limit. */
export function limitField(label, value) {
  const input = h('input', { type: 'number', min: 0, max: 1000000000000, step: 1, inputmode: 'numeric', value: value === null ? null : value });
  const none = h('input', { type: 'checkbox', checked: value === null });
  const same = () => { input.disabled = none.checked; input.required = !none.checked; };
  none.addEventListener('change', () => { same(); input.dispatchEvent(new Event('input', { bubbles: true })); if (!none.checked) { input.focus(); } });
  same();
  const wrapped = field(label, input);
  wrapped.append(h('label', { class: 'check' }, none, 'no limit'));
  return { wrapped, value: () => (none.checked || input.value === '' ? null : Number(input.value)), ready: () => none.checked || input.value !== '' };
}
