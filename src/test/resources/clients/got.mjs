// got, as it is: it retries a GET that is answered with 429, after Retry-After.
import got from 'got';

const [url, key] = process.argv.slice(2);
for (let i = 0; i < 2; i++) {
  await got(url, { headers: { 'X-API-Key': key } });
}
