import { h } from '../dom.js';
import { get } from '../api.js';
import { chart } from '../chart.js';
import { ago, bytes, microsPair, number, words } from '../format.js';
import { card, failure, heading, tile } from '../ui.js';

export async function render(root, page) {
  const rates = {
    admitted: tile('Admitted / s', 'mark-accent'),
    limited: tile('Limited / s', 'mark-warn'),
    banned: tile('Banned / s', 'mark-bad'),
    shadowLimited: tile('Shadow-limited / s', 'mark-watch'),
  };
  const uploads = tile('Uploads today');
  const size = tile('Bytes today');
  const redis = tile('Redis p50 / p99');
  const breaker = tile('Breaker');
  const pending = tile('Pending requests');
  const settled = tile('Last settlement');
  const ledger = tile('Ledger');
  const bans = tile('Active bans');
  const scope = h('p', { class: 'muted' });
  const hour = chart({ label: 'Requests per second in the last hour', height: 210 }, [
    { label: 'Admitted', color: 'accent', show: perSecond },
    { label: 'Limited', color: 'warn', show: perSecond },
    { label: 'Banned', color: 'bad', show: perSecond },
    { label: 'Shadow-limited', color: 'watch', dash: [4, 3], show: perSecond },
  ]);
  const month = chart({ label: 'Metered requests in the last 30 days', height: 210, days: true, least: 10 }, [
    { label: 'Requests', color: 'accent', bars: true },
    { label: 'Failed', color: 'bad', bars: true },
    { label: 'Uploads', color: 'good' },
  ]);
  const trouble = h('div', {});
  root.append(
    heading('Overview'),
    trouble,
    h('dl', { class: 'tiles', 'aria-label': 'Now' }, Object.values(rates), uploads, size),
    h('dl', { class: 'tiles', 'aria-label': 'State' }, redis, breaker, pending, settled, ledger, bans),
    h('div', { class: 'columns' }, card('Last hour', hour, scope), card('Last 30 days', month)));
  page.onEnd(hour.close);
  page.onEnd(month.close);

  page.onOverview((now) => {
    for (const [name, place] of Object.entries(rates)) {
      place.show(perSecond(now.perSecond[name]), '', now.perSecond[name] > 0 && name === 'banned' ? 'bad' : '');
    }
    const day = now.today;
    uploads.show(day ? number(day.totalFilesUploaded) : '–', day ? number(day.totalRequests) + ' requests, UTC day' : 'PostgreSQL does not answer', day ? '' : 'warn');
    size.show(day ? bytes(day.totalFileSize) : '–', day ? number(day.failedRequests) + ' requests failed' : 'PostgreSQL does not answer', day ? '' : 'warn');
    const closed = now.redis.breaker === 'closed';
    redis.show(microsPair(now.redis.p50Micros, now.redis.p99Micros), now.redis.latencyState === 'high' ? 'Redis is slow' : number(now.redis.roundTrips) + ' round trips in a minute', now.redis.latencyState === 'high' ? 'warn' : '');
    breaker.show(words(now.redis.breaker), closed ? 'Redis decides' : 'the failure mode decides', closed ? 'good' : 'bad');
    pending.show(now.ledger ? number(now.ledger.pending) : '–', now.ledger ? number(now.ledger.settled) + ' settled' : 'Redis or PostgreSQL does not answer', now.ledger ? '' : 'warn');
    const batch = now.lastSettlement;
    settled.show(batch ? ago(batch.settledAt) : '–', now.settlementFailing ? 'the last run failed' : batch ? number(batch.requests) + ' requests' : 'nothing settled yet', now.settlementFailing ? 'bad' : '');
    const sums = now.ledger;
    ledger.show(!sums ? '–' : sums.balanced ? 'Balanced' : 'Unbalanced', !sums ? 'unknown at the moment' : number(sums.recorded) + ' recorded, ' + number(sums.setAside) + ' quarantined', !sums ? 'warn' : sums.balanced ? 'good' : 'bad');
    bans.show(number(now.activeBans), '', now.activeBans > 0 ? 'warn' : '');
    scope.textContent = now.scope === 'all' ? 'All nodes together, in sums of 10 seconds.' : 'Redis does not answer. These numbers are from this node alone.';
  });

  async function drawHour() {
    const history = await get('overview/traffic?seconds=3600&step=10', page.signal);
    const at = history.sums.map((sum, i) => history.from + i * history.step);
    const of = (name) => history.sums.map((sum) => Math.round(10 * sum[name] / history.step) / 10);
    hour.show([at, of('admitted'), of('limited'), of('banned'), of('shadowLimited')]);
  }
  async function drawMonth() {
    const { days } = await get('overview/daily?days=30', page.signal);
    month.show([
      days.map((day) => Date.parse(day.date) / 1000), days.map((day) => day.totalRequests),
      days.map((day) => day.failedRequests), days.map((day) => day.totalFilesUploaded)]);
  }
  async function draw(what) {
    try {
      await what();
      trouble.replaceChildren();
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        trouble.replaceChildren(failure(problem));
      }
    }
  }
  page.every(5000, () => draw(drawHour));
  page.every(30000, () => draw(drawMonth));
  await Promise.all([draw(drawHour), draw(drawMonth)]);
}

function perSecond(value) {
  return value === 0 ? '0' : value < 10 ? value.toFixed(1) : number(Math.round(value));
}
