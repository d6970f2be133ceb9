// What pages are made of.
import { h, fill, newId, refresh } from './dom.js';

/** The page's heading with its buttons. */
export function heading(title, ...actions) {
  return h('div', { class: 'heading' }, h('h1', { tabindex: '-1' }, title), h('div', { class: 'actions' }, actions));
}

export function card(title, ...children) {
  const id = newId();
  return h('section', { class: 'card', 'aria-labelledby': id }, h('h2', { id }, title), children);
}

/** A button; null without a press, as it is for who may not press it. `name` says more than the label to who cannot see where it is. */
export function button(label, press, kind, name) {
  return press ? h('button', { type: 'button', class: kind || null, 'aria-label': name, on: { click: press } }, label) : null;
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

/** A name of any length, cut to one line; it is whole on hover. */
export function cut(text) {
  return h('span', { class: 'cut', title: text }, text);
}

/** Whether a cell shows nothing, as one of buttons does to who may not press them. */
function isBlank(cell) {
  return [cell].flat(Infinity).every((part) => part === null || part === undefined || part === false || part === '');
}

/** What a cell holds; text of any length takes two lines, and is whole on hover. */
function content(column, cell) {
  if (!column.text) {
    return cell;
  }
  const root = h('div', { class: 'clamp' }, cell);
  root.title = root.textContent.length > 60 ? root.textContent : '';
  return root;
}

/**
 * A table. Columns are {title, cell(row), num?, text?, sort?}, text being of any length and unbroken, sort what the server sorts by;
 * on narrow screens each row becomes a block, labelled by the titles. A column of actions, which has no title, is left out where no
 * row has any.
 *
 * @param sorting {by, change(by)}: what it is sorted by now, with a minus from the highest down; null where that cannot be changed
 */
export function table(caption, columns, rows, sorting) {
  const title = (column) => {
    if (!column.title) {
      return h('span', { class: 'hidden' }, 'Actions');
    }
    if (!sorting || !column.sort) {
      return column.title;
    }
    const down = sorting.by === '-' + column.sort;
    const up = sorting.by === column.sort;
    return h('button', { type: 'button', class: 'sort', on: { click: () => sorting.change(up ? '-' + column.sort : column.sort) } },
      column.title, h('span', { 'aria-hidden': 'true' }, up ? ' ▲' : down ? ' ▼' : ''));
  };
  const order = (column) => (!sorting || !column.sort ? null
    : sorting.by === column.sort ? 'ascending' : sorting.by === '-' + column.sort ? 'descending' : 'none');
  const filled = columns.map((column) => ({ ...column, cells: rows.map((row) => column.cell(row)) }))
    .filter((column) => column.title || !column.cells.every(isBlank));
  return h('table', {},
    h('caption', { class: 'hidden' }, caption),
    h('thead', {}, h('tr', {}, filled.map((column) =>
      h('th', { scope: 'col', class: column.num ? 'num' : null, 'aria-sort': order(column) }, title(column))))),
    h('tbody', {}, rows.map((row, i) => h('tr', {}, filled.map((column) =>
      h('td', { 'data-label': column.title, class: column.num ? 'num' : (column.text ? 'text' : (column.title ? null : 'act')) }, content(column, column.cells[i])))))));
}

/**
 * A list page by page: `load(page, sort)` gives {items, page, size, total}. Where it stands is in the address of the page, so that
 * Back, a reload and a link lead there again.
 *
 * @param page the page it is on
 * @param name what the address calls its page; another one for a second list
 */
export function paged(caption, columns, load, none, page, name = 'page') {
  const root = h('div', { class: 'paged' });
  let current = Math.max(1, Number.parseInt(page.query.get(name), 10) || 1);
  let by = page.query.get(name === 'page' ? 'sort' : name + 'Sort') || '';
  let turns = 0;
  async function show(at, quietly) {
    // An answer that comes late is not shown over a later one.
    const turn = ++turns;
    current = at;
    if (!quietly) {
      fill(root, busy());
    }
    try {
      const list = await load(at, by);
      if (turn !== turns) {
        return;
      }
      const last = Math.max(1, Math.ceil(list.total / list.size));
      (quietly ? refresh : fill)(root,
        list.items.length === 0 && list.total === 0 ? empty(none)
          : table(caption, columns, list.items, { by, change: sortBy }),
        last > 1 || at > 1 ? h('div', { class: 'pager' },
          h('button', { type: 'button', disabled: at <= 1, on: { click: () => go(at - 1) } }, '‹ Previous'),
          h('span', {}, 'Page ' + at + ' of ' + last + ' · ' + list.total + ' in all'),
          h('button', { type: 'button', disabled: at >= last, on: { click: () => go(at + 1) } }, 'Next ›')) : null);
    } catch (problem) {
      if (problem.name !== 'AbortError' && turn === turns) {
        fill(root, failure(problem, () => show(at)));
      }
    }
  }
  function go(at) {
    page.keep({ [name]: at > 1 ? at : '' }, true);
    show(at);
  }
  function sortBy(column) {
    by = column;
    page.keep({ [name]: '', [name === 'page' ? 'sort' : name + 'Sort']: by }, true);
    show(1).then(() => root.querySelector('th[aria-sort="ascending"] button, th[aria-sort="descending"] button')?.focus());
  }
  root.reload = (quietly) => show(current, quietly);
  root.first = () => {
    page.keep({ [name]: '' });
    return show(1);
  };
  show(current);
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
 * `act` gets a function that says how far it is. What cannot be undone is not done by Enter: its button has to be reached first.
 */
export function dialog({ title, body, action, danger, act, wide }) {
  return new Promise((resolve) => {
    const id = newId();
    const said = h('div', {});
    const go = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, action);
    const cancel = h('button', { type: 'button', on: { click: () => box.close() } }, 'Cancel');
    let result = null;
    const form = h('form', { on: {
      keydown: (event) => {
        if (danger && event.key === 'Enter' && event.target !== go && event.target !== cancel) {
          event.preventDefault();
        }
      },
      submit: async (event) => {
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
      },
    } }, h('h2', { id }, title), body, said, h('div', { class: 'actions' }, cancel, go));
    const box = h('dialog', { 'aria-labelledby': id, class: wide ? 'wide' : null }, form);
    box.addEventListener('close', () => { box.remove(); resolve(result); });
    document.body.append(box);
    box.showModal();
    const first = box.querySelector('[autofocus], input, select, textarea');
    (first || (danger ? cancel : go)).focus();
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

/** Closes the dialogs of a page that is left, but for one that shows what is shown once. */
export function closeDialogs() {
  document.querySelectorAll('dialog[open]:not([data-once])').forEach((box) => box.close());
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

/** Shows a key, the only time there is: nothing but its own button closes it. */
export function showKey(key) {
  return new Promise((resolve) => {
    const id = newId();
    const said = h('span', { role: 'status', class: 'muted' });
    const secret = h('output', { class: 'mono key', 'aria-label': 'The new key' }, key.key);
    const first = button('Copy', () => copy(key.key, said), 'primary');
    const box = h('dialog', { 'aria-labelledby': id, 'data-once': true },
      h('h2', { id }, 'The key of ' + key.name),
      h('p', {}, 'Copy the key now. Tollgate keeps its hash only and cannot show the key again.'),
      secret, h('div', { class: 'copy' }, first, said),
      h('div', { class: 'actions' }, button('I have stored the key', () => box.close())));
    box.addEventListener('cancel', (event) => event.preventDefault());
    // Browsers close at the second Escape whatever a page says.
    box.addEventListener('keydown', (event) => { if (event.key === 'Escape') { event.preventDefault(); } });
    box.addEventListener('close', () => { box.remove(); resolve(); });
    document.body.append(box);
    box.showModal();
    first.focus();
  });
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
    refresh(value, text);
    refresh(note, extra || '');
    root.dataset.state = state || '';
  };
  return root;
}
