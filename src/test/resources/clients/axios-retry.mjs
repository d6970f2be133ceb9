// axios with axios-retry, as it is: it retries a GET that is answered with 429, after Retry-After.
import axios from 'axios';
import axiosRetry from 'axios-retry';

const [url, key] = process.argv.slice(2);
const client = axios.create({ headers: { 'X-API-Key': key }, proxy: false });
axiosRetry(client, { retries: 3 });
for (let i = 0; i < 2; i++) {
  await client.get(url);
}
