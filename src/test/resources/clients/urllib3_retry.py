# urllib3 with Retry, as it is: it retries a GET that is answered with 429 and Retry-After.
import sys

import urllib3

url, key = sys.argv[1:]
http = urllib3.PoolManager(retries=urllib3.Retry(3))
for _ in range(2):
    answer = http.request("GET", url, headers={"X-API-Key": key})
    if answer.status != 204:
        raise SystemExit(f"status {answer.status}")
