// Elements made by calls: text is always text, so nothing that comes from outside can become markup.

/** An element. Attributes by name; `on` holds listeners, `prop` properties; false and null leave out. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name === 'on') {
      for (const [type, listener] of Object.entries(value)) {
        element.addEventListener(type, listener);
      }
    } else if (name === 'prop') {
      Object.assign(element, value);
    } else {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...present(children));
  return element;
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/**
 * Replaces what an element holds by what it holds by now, for pages that go on looking. What is the same stays as it is. While
 * something in it is selected nothing changes, and the focus stays where it was.
 */
export function refresh(element, ...children) {
  const fresh = element.cloneNode(false);
  fresh.append(...present(children));
  if (fresh.isEqualNode(element) || selectsIn(element)) {
    return element;
  }
  const focused = element.contains(document.activeElement) && element !== document.activeElement ? placeIn(element, document.activeElement) : null;
  element.replaceChildren(...fresh.childNodes);
  const again = focused && focused.reduce((parent, index) => parent && parent.children[index], element);
  if (again) {
    again.focus({ preventScroll: true });
  }
  return element;
}

function selectsIn(element) {
  const selection = document.getSelection();
  return Boolean(selection) && !selection.isCollapsed && selection.rangeCount > 0 && selection.getRangeAt(0).intersectsNode(element);
}

/** The way from an element down to one in it, as the numbers of children. */
function placeIn(element, inner) {
  const way = [];
  for (let one = inner; one !== element; one = one.parentElement) {
    way.unshift([...one.parentElement.children].indexOf(one));
  }
  return way;
}

let ids = 0;

/** An id nothing else on the page has. */
export function newId() {
  ids += 1;
  return 'id-' + ids;
}
