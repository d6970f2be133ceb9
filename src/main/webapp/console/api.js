// Calls to the administrators' REST, each of which curl can make too.

const HINTS = {
  REDIS_UNAVAILABLE: 'Redis does not answer, so the failure mode decides. The Redis page shows when Redis is back.',
  GATE_UNAVAILABLE: 'Redis does not answer. Tollgate keeps trying. The Redis page shows when Redis is back.',
  DIRECTORY_UNAVAILABLE: 'PostgreSQL does not answer. Tollgate serves the keys it knows. Try again when PostgreSQL is back.',
  FORBIDDEN: 'Sign in as a user with the role tollgate-admin. If this is one, reload the page: its role has changed.',
  CONFLICT: 'Another change came first. Reload the page and look again.',
  NOT_FOUND: 'It may have been removed. Go back to the list.',
  CONSOLE_TOKEN_NEEDED: 'The session has changed. Reload this page. If that does not help, sign in again.',
  INVALID_PARAMETER: 'Correct the field and try again.',
};

/**
 * What tells this page from others of the same origin when something is changed. It is in the page where the browser has opened
 * it; where the browser does not say so, on plain HTTP, the sign-in has left it for this tab.
 */
function tokenOfPage() {
  const meta = document.querySelector('meta[name="tollgate-token"]');
  if (meta && meta.content) {
    return meta.content;
  }
  try {
    return sessionStorage.getItem('tollgate.token') || '';
  } catch (e) {
    return '';
  }
}

let token = tokenOfPage();

/** What went wrong, as the server's problem document says it, and what to do. */
export class Problem extends Error {
  constructor(document) {
    super(document.detail || document.title || 'The request failed.');
    this.status = document.status || 0;
    this.code = document.code || '';
    this.parameter = document.parameter || '';
    this.hint = HINTS[this.code]
      || (this.status >= 500 ? 'The server\'s log has the reason. Try again in a moment.' : '');
  }
}

/** Asks who is there, and answers whether somebody signed in. Before a page is shown, the page for it does. */
let ask = () => {
  location.replace('console/login.html' + location.hash);
  return Promise.resolve(false);
};
let asking = null;

/** Says how somebody signs in again when the session has ended: a function that answers whether somebody did. */
export function onSessionEnd(listener) {
  ask = listener;
}

/** Signs in on this page, whose forms stay as they are. */
export async function signIn(user, password) {
  const answer = await fetch('console/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Tollgate-Console': '1' },
    body: JSON.stringify({ user, password }),
  });
  if (!answer.ok) {
    throw new Problem({ status: answer.status, ...await answer.json().catch(() => ({})) });
  }
  token = (await answer.json()).token;
}

async function send(method, path, body, accept, signal) {
  const headers = { Accept: accept, 'X-Tollgate-Console': '1' };
  const options = { method, headers, signal, redirect: 'error' };
  if (method !== 'GET' && token) {
    headers['Tollgate-Token'] = token;
  }
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (e) {
    if (signal && signal.aborted) {
      throw e;
    }
    throw new Problem({
      title: 'No answer', detail: 'The server did not answer. It is stopped or restarting, or the network is down.', code: 'NO_ANSWER',
    });
  }
  if (answer.status === 401) {
    asking = asking || ask().finally(() => { asking = null; });
    if (await asking) {
      return send(method, path, body, accept, signal);
    }
    throw new Problem({ status: 401, code: 'SESSION_ENDED', detail: 'The session has ended. Sign in again.' });
  }
  if (!answer.ok) {
    const document = await answer.json().catch(() => ({ title: 'Status ' + answer.status }));
    throw new Problem({ status: answer.status, ...document });
  }
  return answer;
}

async function json(method, path, body, signal) {
  const answer = await send(method, 'api/v1/admin/' + path, body, 'application/json', signal);
  return answer.status === 204 ? null : answer.json();
}

/** A query of those values that are there. */
export function query(values) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== '' && value !== null && value !== undefined) {
      parameters.set(name, value);
    }
  }
  const text = parameters.toString();
  return text ? '?' + text : '';
}

/** A caller as a part of a path. The slash of an IPv6 prefix stays one: encoded, servers and proxies refuse it. */
export function callerPath(caller) {
  return caller.split('/').map(encodeURIComponent).join('/');
}

export const get = (path, signal) => json('GET', path, undefined, signal);
export const post = (path, body) => json('POST', path, body || {});
export const put = (path, body) => json('PUT', path, body);
export const patch = (path, body) => json('PATCH', path, body);
export const remove = (path) => json('DELETE', path);

/** The contract of everything there is, as OpenAPI. */
export async function contract(signal) {
  return (await send('GET', 'openapi.json', undefined, 'application/json', signal)).json();
}

/** Downloads a table, telling how far it is. */
export async function download(path, name, progress) {
  const answer = await send('GET', 'api/v1/admin/' + path, undefined, 'text/csv');
  const parts = [];
  let size = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    parts.push(value);
    size += value.length;
    progress(size);
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type: 'text/csv' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

let changes = false;

/** Who is signed in, and by which role. */
export async function session() {
  const who = await (await send('GET', 'console/session', undefined, 'application/json')).json();
  changes = who.role === 'tollgate-admin';
  return who;
}

/** Whether the user may change something. Until the session has said so, and for viewers, it may not. */
export const mayChange = () => changes;

/** Tells the other pages of this browser that somebody signed out. */
const others = new BroadcastChannel('tollgate');
others.addEventListener('message', () => leaveForSignIn());

function leaveForSignIn() {
  location.replace('console/login.html');
}

export async function signOut() {
  await send('DELETE', 'console/session', undefined, 'application/json');
  others.postMessage('signed out');
  leaveForSignIn();
}

/** Watches the overview; `told` gets each, `state` gets true while it comes and false while it does not. */
export function watch(told, state) {
  let source = null;
  let last = Date.now();
  let over = false;
  const open = () => {
    source = new EventSource('api/v1/admin/overview/stream');
    source.addEventListener('overview', (event) => {
      last = Date.now();
      state(true, last);
      told(JSON.parse(event.data));
    });
  };
  open();
  const timer = setInterval(() => {
    if (Date.now() - last < 4000) {
      return;
    }
    state(false, last);
    if (source.readyState === EventSource.CLOSED) {
      // An answer that was no stream: the session may have ended, which asking for it finds out.
      source.close();
      session().then(() => over || open(), () => {});
    }
  }, 1000);
  return () => {
    over = true;
    clearInterval(timer);
    source.close();
  };
}
