// Node's fetch, which waits until the time that ratelimit-header-parser reads. The library knows RateLimit in the form of draft 7
// and older, so it is given the fields without it: docs/calling.md says so.
import { parseRateLimit } from 'ratelimit-header-parser';

const [url, key] = process.argv.slice(2);

function limitOf(answer) {
  const fields = new Headers(answer.headers);
  fields.delete('RateLimit');
  return parseRateLimit(fields);
}

async function get() {
  const answer = await fetch(url, { headers: { 'X-API-Key': key } });
  const limit = limitOf(answer);
  if (answer.status !== 429) {
    return limit;
  }
  if (limit.limit !== 1 || limit.used !== 1 || limit.remaining !== 0) {
    throw new Error(`not the window that refused: ${JSON.stringify(limit)}`);
  }
  await new Promise((resume) => setTimeout(resume, limit.reset - Date.now()));
  return get();
}

await get();
const limit = await get();
if (limit.limit !== 100 || limit.used !== 2 || limit.remaining !== 98) {
  throw new Error(`not the caller's minute: ${JSON.stringify(limit)}`);
}
