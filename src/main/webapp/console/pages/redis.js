import { h, refresh } from '../dom.js';
import { get } from '../api.js';
import { chart } from '../chart.js';
import { bytes, duration, micros, microsPair, number, time, words } from '../format.js';
import { card, empty, failure, heading, share, table, tile } from '../ui.js';

const KEPT = 300;

export async function render(root, page) {
  const state = tile('Connection');
  const breaker = tile('Breaker');
  const latency = tile('Decisions p50 / p99');
  const work = tile('Other work p50 / p99');
  const commands = tile('Commands / s');
  const memory = tile('Memory');
  const clients = tile('Connections');
  const unanswered = tile('Not decided by Redis');
  const leased = tile('Decided from leases');
  const trouble = h('div', {});
  const rate = chart({ label: 'Commands per second since this page was opened', height: 180, least: 10 }, [{ label: 'Commands / s', color: 'accent' }]);
  const gate = h('div', { class: 'stacked' });
  const other = h('div', { class: 'stacked' });
  const leases = h('div', { class: 'stacked' });
  const slow = h('div', { class: 'stacked' });
  const own = h('div', { class: 'stacked' });
  root.append(heading('Redis'), trouble,
    h('dl', { class: 'tiles', 'aria-label': 'Redis' }, state, breaker, latency, work, commands, memory, clients, unanswered, leased),
    card('Commands per second', rate),
    h('div', { class: 'columns' }, card('Decisions, last minute', gate), card('Usage, reports, settlement, last minute', other)),
    card('Leases, since this node\'s start', leases),
    card('Slow calls of this node', slow), card('Slow commands in Redis', own));
  page.onEnd(rate.close);
  const seen = [[], []];

  function histogram(place, lane) {
    refresh(place, lane.roundTrips === 0 ? empty('No round trip in the last minute.')
      : table('Round trips by duration', [
        { title: 'At most', num: true, cell: (one) => micros(one.upToMicros) },
        { title: 'Round trips', num: true, cell: (one) => number(one.roundTrips) },
        { title: 'Share', cell: (one) => share(one.roundTrips, lane.roundTrips) },
      ], lane.histogram),
    h('p', { class: 'muted' }, number(lane.roundTrips) + ' round trips, the longest ' + micros(lane.maxMicros) + '. Since the start: ' + number(lane.calls) + ' calls in ' + number(lane.batches) + ' batches.'));
  }

  function about(place, all) {
    refresh(place, all.lengthMillis === 0 ? empty('Leases are switched off: tollgate.lease.length is 0.')
      : table('Leases of this node', [
        { title: 'Callers', num: true, cell: (one) => number(one.callers) },
        { title: 'Units held', num: true, cell: (one) => number(one.unitsHeld) },
        { title: 'Granted', num: true, cell: (one) => number(one.granted) },
        { title: 'Refused', num: true, cell: (one) => number(one.refused) },
        { title: 'Failed', num: true, cell: (one) => number(one.failed) },
        { title: 'Units granted', num: true, cell: (one) => number(one.unitsGranted) },
        { title: 'Units spent', num: true, cell: (one) => number(one.unitsSpent) },
        { title: 'Units returned', num: true, cell: (one) => number(one.unitsReturned) },
      ], [all]),
    h('p', { class: 'muted' }, number(all.decisions) + ' requests admitted, for ' + number(all.calls) + ' calls to Redis. A lease lasts ' + number(all.lengthMillis) + ' ms.'));
  }

  async function look() {
    let now;
    try {
      now = await get('redis', page.signal);
      refresh(trouble);
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        refresh(trouble, failure(problem));
      }
      return;
    }
    state.show(now.connected ? 'Connected' : 'Not connected', now.version ? 'Redis ' + now.version + ', up ' + duration(now.uptimeSeconds) : 'Redis does not answer', now.connected ? 'good' : 'bad');
    if (now.missingRights.length > 0) {
      state.show('Rights are missing', 'an ACL denies ' + now.missingRights.join(', '), 'warn');
    }
    breaker.show(words(now.breaker), now.breaker === 'closed' ? 'Redis decides' : 'the failure mode decides', now.breaker === 'closed' ? 'good' : 'bad');
    latency.show(microsPair(now.gate.p50Micros, now.gate.p99Micros), now.latencyState === 'high' ? 'slow: over ' + number(now.latencyThresholdMillis) + ' ms too often' : 'of the last minute', now.latencyState === 'high' ? 'warn' : '');
    work.show(microsPair(now.work.p50Micros, now.work.p99Micros), 'of the last minute');
    commands.show(number(now.opsPerSecond), 'all clients together');
    memory.show(now.usedMemoryBytes === null ? '–' : bytes(now.usedMemoryBytes), now.maxMemoryBytes ? 'of ' + bytes(now.maxMemoryBytes) : 'no limit set');
    clients.show(number(now.connectedClients));
    unanswered.show(number(now.unanswered), 'since this node\'s start', now.unanswered > 0 ? 'warn' : '');
    leased.show(number(now.leases.decisions), now.leases.lengthMillis === 0 ? 'leases are switched off' : 'requests without a trip to Redis');
    about(leases, now.leases);
    seen[0].push(Math.floor(Date.now() / 1000));
    seen[1].push(now.opsPerSecond);
    if (seen[0].length > KEPT) {
      seen.forEach((list) => list.shift());
    }
    // One point is no line yet, and has no axis.
    if (seen[0].length > 1) {
      rate.show(seen.map((list) => [...list]));
    }
    histogram(gate, now.gate);
    histogram(other, now.work);
    const trips = [...now.gate.slow.map((one) => ({ ...one, lane: 'decisions' })), ...now.work.slow.map((one) => ({ ...one, lane: 'other work' }))]
      .sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, 20);
    refresh(slow, trips.length === 0 ? empty('None so far. Batches that take ten milliseconds or more appear here.')
      : table('Slow calls', [
        { title: 'When', cell: (one) => time(one.at) },
        { title: 'Took', num: true, cell: (one) => micros(one.micros) },
        { title: 'For', cell: (one) => one.lane },
        { title: 'Script', cell: (one) => h('code', {}, one.script) },
        { title: 'Calls in the batch', num: true, cell: (one) => number(one.calls) },
        { title: 'Result', cell: (one) => one.failure || 'ok' },
      ], trips));
    refresh(own, now.slowCommands === null ? empty('Tollgate cannot read the slow log. An ACL forbids SLOWLOG, or Redis does not answer.')
      : now.slowCommands.length === 0 ? empty('None. Commands that Redis logs as slow (SLOWLOG) appear here.')
        : table('Slow commands', [
          { title: 'When', cell: (one) => time(one.at) },
          { title: 'Ran', num: true, cell: (one) => micros(one.micros) },
          { title: 'Command', cell: (one) => h('code', {}, one.command) },
        ], now.slowCommands.slice(0, 20)));
  }
  page.every(2000, look);
  await look();
}
