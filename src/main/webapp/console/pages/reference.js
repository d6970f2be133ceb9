// The contract, rendered: every operation of openapi.json with what it takes and answers.
import { h, fill } from '../dom.js';
import { contract } from '../api.js';
import { card, chip, empty, heading, search, table } from '../ui.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];
const DEEPEST = 4;
const WHO = { apiKey: 'X-API-Key', bearer: 'Authorization: Bearer', basic: 'an administrator' };

/** Text of the contract, whose words between backticks are code. */
function prose(text) {
  return String(text || '').split('`').map((part, i) => (i % 2 === 1 ? h('code', {}, part) : part));
}

export async function render(root, page) {
  const document = await contract(page.signal);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ method, path, says: item[method] })));
  const list = h('div', {});

  /** What a node is, or what it refers to. */
  function resolve(node) {
    let found = node;
    while (found && found.$ref) {
      found = found.$ref.replace(/^#\//, '').split('/').reduce((at, name) => at && at[name.replace(/~1/g, '/').replace(/~0/g, '~')], document);
    }
    return found || {};
  }

  function type(node) {
    const schema = resolve(node);
    if (schema.oneOf || schema.anyOf) {
      return (schema.oneOf || schema.anyOf).map(type).join(' or ');
    }
    if (schema.enum) {
      return schema.enum.join(' | ');
    }
    if (schema.const !== undefined) {
      return String(schema.const);
    }
    if (schema.items) {
      return type(schema.items) + '[]';
    }
    const named = Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type || (schema.properties ? 'object' : 'anything');
    return schema.format && !schema.format.startsWith('int') ? named + ' (' + schema.format + ')' : named;
  }

  function bounds(node) {
    const schema = resolve(node);
    return [
      schema.minimum !== undefined ? 'from ' + schema.minimum : null,
      schema.maximum !== undefined ? 'to ' + schema.maximum : null,
      schema.maxLength !== undefined ? 'at most ' + schema.maxLength + ' characters' : null,
      schema.maxItems !== undefined ? 'at most ' + schema.maxItems : null,
      schema.default !== undefined ? schema.default + ' if left out' : null,
    ].filter(Boolean).join(', ');
  }

  function told(node, own) {
    return [own || resolve(node).description, bounds(node)].filter(Boolean).join(' · ');
  }

  /** A schema's members, one a row, those of inner objects below. */
  function members(node, before, depth) {
    const schema = resolve(node);
    if (schema.items) {
      return members(schema.items, before + '[]', depth);
    }
    if (schema.additionalProperties && schema.additionalProperties !== true && !schema.properties) {
      return [{ name: (before ? before + '.' : '') + '*', type: type(schema.additionalProperties), told: told(schema.additionalProperties) }];
    }
    if (depth > DEEPEST || !schema.properties) {
      return (schema.allOf || schema.oneOf || schema.anyOf || []).flatMap((part) => members(part, before, depth + 1));
    }
    return Object.entries(schema.properties).flatMap(([name, member]) => {
      const full = (before ? before + '.' : '') + name;
      const required = (schema.required || []).includes(name);
      return [{ name: full, type: type(member), required, told: told(member) }, ...members(member, full, depth + 1)];
    });
  }

  function example(media) {
    const shown = media.example !== undefined ? media.example : Object.values(media.examples || {}).map((one) => resolve(one).value)[0];
    return shown === undefined ? null
      : h('pre', { tabindex: '0', 'aria-label': 'Example' }, typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2));
  }

  function contents(content, what) {
    return Object.entries(content || {}).map(([media, says]) => {
      const rows = members(says.schema, '', 0);
      return [
        h('p', {}, h('code', {}, media)),
        rows.length === 0 ? null : h('div', { class: 'stacked' }, table(what + ', ' + media, [
          { title: 'Member', cell: (row) => h('code', {}, row.name) },
          { title: 'Type', cell: (row) => row.type },
          { title: 'What it is', cell: (row) => row.told || '–' },
        ], rows)),
        example(says),
      ];
    });
  }

  function who(security) {
    const ways = (security || document.security || []).map((way) => Object.keys(way).map((name) => WHO[name] || name).join(' and '));
    return ways.length === 0 || ways.includes('') ? ['Anyone', ...ways.filter(Boolean)].join(', or ') : ways.join(', or ');
  }

  function body({ path, says }) {
    const parameters = (document.paths[path].parameters || []).concat(says.parameters || []).map(resolve);
    const request = resolve(says.requestBody);
    const answers = Object.entries(says.responses || {}).map(([status, answer]) => ({ status, ...resolve(answer) }));
    return [
      says.description ? h('p', {}, prose(says.description)) : null,
      h('p', { class: 'muted' }, 'For: ' + who(says.security)),
      parameters.length === 0 ? null : [h('h3', {}, 'Parameters'), h('div', { class: 'stacked' }, table('Parameters', [
        { title: 'Name', cell: (one) => h('code', {}, one.name) },
        { title: 'In', cell: (one) => one.in + (one.required ? ', required' : '') },
        { title: 'Type', cell: (one) => type(one.schema) },
        { title: 'What it is', cell: (one) => prose(told(one.schema, one.description) || '–') },
      ], parameters))],
      request.content ? [h('h3', {}, 'Body'), contents(request.content, 'Body')] : null,
      h('h3', {}, 'Answers'),
      h('div', { class: 'stacked' }, table('Answers', [
        { title: 'Status', cell: (one) => chip(one.status, one.status < '300' ? 'good' : one.status < '500' ? 'warn' : 'bad') },
        { title: 'When', cell: (one) => prose(one.description) },
        { title: 'Fields', cell: (one) => Object.keys(one.headers || {}).join(', ') || '–' },
      ], answers)),
      answers.filter((one) => one.status < '300').map((one) => contents(one.content, 'Answer ' + one.status)),
    ];
  }

  function entry(operation) {
    const inner = h('div', { class: 'inner' });
    const entry = h('details', { class: 'operation', on: { toggle: () => {
      if (entry.open && !inner.hasChildNodes()) {
        fill(inner, body(operation));
      }
    } } },
    h('summary', {}, h('code', { class: 'method' }, operation.method.toUpperCase()), ' ', h('code', {}, operation.path),
      h('span', { class: 'muted' }, ' ', prose(operation.says.summary || ''))), inner);
    return entry;
  }

  function show(text) {
    const wanted = text.toLowerCase();
    const found = operations.filter(({ method, path, says }) =>
      (method + ' ' + path + ' ' + (says.summary || '') + ' ' + (says.description || '')).toLowerCase().includes(wanted));
    const groups = (document.tags || []).map((tag) => [tag, found.filter((one) => (one.says.tags || []).includes(tag.name))]);
    fill(list, found.length === 0 ? empty('No operation has this in its path or text.')
      : groups.filter(([, all]) => all.length > 0).map(([tag, all]) =>
        card(tag.name, h('p', { class: 'muted' }, prose(tag.description)), all.map(entry))));
  }

  root.append(
    heading('API reference', h('a', { href: 'openapi.json', download: 'tollgate-openapi.json' }, 'openapi.json')),
    h('p', {}, prose(document.info.description)),
    h('div', { class: 'toolbar' }, search('Path or words', show)),
    list);
  show('');
}
