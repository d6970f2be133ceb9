// What pages are made of.
import { h, fill, newId } from './dom.js';

/** The page's heading with its buttons. */
export function heading(title, ...actions) {
  return h('div', { class: 'heading' }, h('h1', { tabindex: '-1' }, title), h('div', { class: 'actions' }, actions));
}

export function card(title, ...children) {
  const id = newId();
  return h('section', { class: 'card', 'aria-labelledby': id }, h('h2', { id }, title), children);
}

export function button(label, press, kind) {
  return h('button', { type: 'button', class: kind || null, on: { click: press } }, label);
}

export function chip(text, kind) {
  return h('span', { class: 'chip ' + (kind || '') }, text);
}

export function empty(text) {
  return h('p', { class: 'empty' }, text);
}

export function busy(text) {
  return h('p', { class: 'busy', role: 'status' }, text || 'Loading…');
}

/** A failure, with the problem's detail and what to do. */
export function failure(problem, again) {
  return h('div', { class: 'failure', role: 'alert' },
    h('strong', {}, problem.message),
    problem.hint ? h('p', {}, problem.hint) : null,
    problem.code ? h('p', { class: 'muted' }, 'Code ' + problem.code) : null,
    again && problem.status !== 404 ? button('Try again', again) : null);
}

/** A table. Columns are {title, cell(row), num?, text?}, text being of any length and unbroken; on narrow screens each row becomes a block, labelled by the titles. */
export function table(caption, columns, rows) {
  return h('table', {},
    h('caption', { class: 'hidden' }, caption),
    h('thead', {}, h('tr', {}, columns.map((column) =>
      h('th', { scope: 'col', class: column.num ? 'num' : null }, column.title || h('span', { class: 'hidden' }, 'Actions'))))),
    h('tbody', {}, rows.map((row) => h('tr', {}, columns.map((column) =>
      h('td', { 'data-label': column.title, class: column.num ? 'num' : (column.text ? 'text' : (column.title ? null : 'act')) }, column.cell(row)))))));
}

/** A list page by page: `load(page)` gives {items, page, size, total}. */
export function paged(caption, columns, load, none) {
  const root = h('div', { class: 'paged' });
  let current = 1;
  async function show(page, quietly) {
    current = page;
    if (!quietly) {
      fill(root, busy());
    }
    try {
      const list = await load(page);
      const last = Math.max(1, Math.ceil(list.total / list.size));
      fill(root,
        list.items.length === 0 ? empty(none) : table(caption, columns, list.items),
        list.total > list.items.length ? h('div', { class: 'pager' },
          h('button', { type: 'button', disabled: page <= 1, on: { click: () => show(page - 1) } }, '‹ Newer'),
          h('span', {}, 'Page ' + page + ' of ' + last + ' · ' + list.total + ' in all'),
          h('button', { type: 'button', disabled: page >= last, on: { click: () => show(page + 1) } }, 'Older ›')) : null);
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        fill(root, failure(problem, () => show(page)));
      }
    }
  }
  root.reload = (quietly) => show(current, quietly);
  root.first = () => show(1);
  show(1);
  return root;
}

/** A search field that asks after a pause. */
export function search(label, changed, value) {
  const id = newId();
  let timer = 0;
  const input = h('input', {
    id, type: 'search', maxlength: 200, placeholder: label, 'data-search': true, value: value || null, autocomplete: 'off', spellcheck: 'false',
    on: { input: () => { clearTimeout(timer); timer = setTimeout(() => changed(input.value.trim()), 250); } },
  });
  return h('div', { class: 'search' }, h('label', { class: 'hidden', for: id }, label), input);
}

/** A labelled field. */
export function field(label, control, help) {
  control.id = control.id || newId();
  const helpId = help ? newId() : null;
  if (helpId) {
    control.setAttribute('aria-describedby', helpId);
  }
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control,
    help ? h('p', { class: 'help', id: helpId }, help) : null);
}

export function select(options, chosen) {
  return h('select', {}, options.map((option) => {
    const [value, text] = Array.isArray(option) ? option : [option, option];
    return h('option', { value, selected: value === chosen }, text);
  }));
}

/**
 * A dialog with a form. `act` does it and may throw a Problem, which is shown; the dialog closes with what it returns.
 * `act` gets a function that says how far it is.
 */
export function dialog({ title, body, action, danger, act, wide }) {
  return new Promise((resolve) => {
    const id = newId();
    const said = h('div', {});
    const go = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, action);
    const cancel = h('button', { type: 'button', on: { click: () => box.close() } }, 'Cancel');
    let result = null;
    const form = h('form', { on: { submit: async (event) => {
      event.preventDefault();
      go.disabled = true;
      fill(said, h('div', { class: 'working', role: 'status' }, h('progress', { 'aria-label': 'Working' }), h('span', {}, 'Working…')));
      const tell = (text) => { said.querySelector('span').textContent = text; };
      try {
        result = await act(tell);
        box.close();
      } catch (problem) {
        fill(said, failure(problem));
      } finally {
        go.disabled = false;
      }
    } } }, h('h2', { id }, title), body, said, h('div', { class: 'actions' }, cancel, go));
    const box = h('dialog', { 'aria-labelledby': id, class: wide ? 'wide' : null }, form);
    box.addEventListener('close', () => { box.remove(); resolve(result); });
    document.body.append(box);
    box.showModal();
    const first = box.querySelector('[autofocus], input, select, textarea');
    (first || go).focus();
  });
}

/** A dialog that only tells. */
export function tell(title, ...body) {
  return new Promise((resolve) => {
    const id = newId();
    const box = h('dialog', { 'aria-labelledby': id },
      h('form', { method: 'dialog' }, h('h2', { id }, title), body, h('div', { class: 'actions' }, h('button', { class: 'primary' }, 'Done'))));
    box.addEventListener('close', () => { box.remove(); resolve(); });
    document.body.append(box);
    box.showModal();
  });
}

/** A short word that something was done. */
export function toast(text) {
  const place = document.getElementById('toasts');
  const note = h('div', { class: 'toast' }, text);
  place.append(note);
  setTimeout(() => note.remove(), 6000);
}

export async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = 'Copied';
  } catch (e) {
    said.textContent = 'This browser does not let the page copy. Select the key and copy it.';
  }
}

/** Shows a key, the only time there is. */
export function showKey(key) {
  const said = h('span', { role: 'status', class: 'muted' });
  const input = h('input', { readonly: true, value: key.key, class: 'mono key', 'aria-label': 'The new key', on: { focus: () => input.select() } });
  return tell('The key of ' + key.name,
    h('p', {}, 'Copy the key now. Tollgate keeps its hash only and cannot show the key again.'),
    h('div', { class: 'copy' }, input, button('Copy', () => copy(key.key, said), 'primary')), said);
}

/** A horizontal share, with its number beside it. */
export function share(value, total, fullIsBad) {
  const percent = total > 0 ? Math.round(1000 * value / total) / 10 : 0;
  return h('span', { class: 'share' }, h('meter', { min: 0, max: 100, low: fullIsBad ? 75 : null, high: fullIsBad ? 95 : null, optimum: fullIsBad ? 0 : null, value: percent, 'aria-label': percent + ' %' }), percent + ' %');
}

/** Names and values. */
export function facts(...pairs) {
  return h('dl', { class: 'facts' }, pairs.filter(Boolean).map(([name, value]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

/** A number that stands for itself. */
export function tile(label, kind) {
  const value = h('dd', { class: 'value' }, '–');
  const note = h('dd', { class: 'note' });
  const root = h('div', { class: 'tile ' + (kind || '') }, h('dt', {}, label), value, note);
  root.show = (text, extra, state) => {
    fill(value, text);
    fill(note, extra || '');
    root.dataset.state = state || '';
  };
  return root;
}
