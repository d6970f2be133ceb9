// Charts by uPlot, each with the table it was drawn from.
import uPlot from './lib/uPlot.esm.js';
import { h, fill, refresh } from './dom.js';
import { compact, number } from './format.js';
import { table } from './ui.js';

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

function axis(extra) {
  return {
    stroke: color('muted'), grid: { stroke: color('line'), width: 1 }, ticks: { stroke: color('line'), width: 1 },
    font: '11px system-ui, sans-serif', ...extra,
  };
}

/**
 * A chart over time. Series are {label, color, bars?, dash?, show?(value)}; `show` gives it data: seconds since the epoch, then
 * a list of values for each series.
 *
 * @param options {label, height, days} - days: the x axis holds days in UTC
 */
export function chart(options, series) {
  const place = h('div', { class: 'plot', role: 'img', 'aria-label': options.label });
  const behind = h('div', {});
  const details = h('details', { class: 'behind' }, h('summary', {}, 'As a table'), behind);
  const root = h('div', { class: 'chart' }, place, details);
  let data = null;
  let plot = null;
  // What a viewer has zoomed in on stays when new data come, and ends with a double click.
  let zoomed = null;
  const when = (seconds) => options.days
    ? new Date(seconds * 1000).toISOString().slice(0, 10)
    : new Date(seconds * 1000).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

  function draw() {
    if (!data || !place.isConnected) {
      return;
    }
    if (plot) {
      plot.destroy();
    }
    fill(place);
    plot = new uPlot({
      width: Math.max(240, place.clientWidth),
      height: options.height || 200,
      tzDate: options.days ? (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : undefined,
      cursor: { points: { size: 6 }, drag: { x: true, y: false } },
      legend: { live: true },
      scales: { x: { range: (self, low, high) => (zoomed ? zoomed : options.days ? [low - 43200, high + 43200] : [Math.min(low, high - 60), high]) }, y: { range: (self, low, high) => [0, Math.max(options.least || 1, high * 1.1)] } },
      axes: [
        axis({ space: 60, values: options.days ? [[86400, '{D} {MMM}', '', '', '', '', '', '', 1]] : [
          [3600, '{HH}:{mm}', '', '', '', '', '', '', 1], [60, '{HH}:{mm}', '', '', '', '', '', '', 1],
          [1, '{HH}:{mm}:{ss}', '', '', '', '', '', '', 1]] }),
        axis({ size: 52, values: (self, ticks) => ticks.map((tick) => (options.tick || compact)(tick)) }),
      ],
      series: [{ label: options.days ? 'Day' : 'Time', value: (self, seconds) => (seconds ? when(seconds) : '–') },
        ...series.map((one) => ({
          label: one.label,
          stroke: color(one.color),
          fill: one.bars ? color(one.color) + '66' : undefined,
          dash: one.dash,
          width: 1.5,
          points: { show: false },
          paths: one.bars ? uPlot.paths.bars({ size: [0.7, 40] }) : undefined,
          value: (self, value) => (value === null || value === undefined ? '–' : (one.show || number)(value)),
        }))],
      hooks: { setSelect: [(self) => { if (self.select.width > 0) { zoomed = [self.posToVal(self.select.left, 'x'), self.posToVal(self.select.left + self.select.width, 'x')]; } }] },
    }, data, place);
    // Before uPlot's own, which shows all again.
    plot.over.addEventListener('dblclick', () => { zoomed = null; }, true);
    zoom();
  }

  function zoom() {
    if (zoomed) {
      plot.setScale('x', { min: zoomed[0], max: zoomed[1] });
    }
  }

  const resized = new ResizeObserver(() => {
    if (plot && place.clientWidth > 0 && Math.abs(plot.width - place.clientWidth) > 1) {
      plot.setSize({ width: Math.max(240, place.clientWidth), height: options.height || 200 });
    }
  });
  resized.observe(place);
  document.addEventListener('themed', draw);

  function rows() {
    const all = data[0].map((seconds, i) => ({ seconds, values: series.map((one, s) => data[s + 1][i]) })).reverse();
    const told = options.days ? all : all.filter((row) => row.values.some((value) => value > 0)).slice(0, 120);
    return table(options.label, [
      { title: options.days ? 'Day (UTC)' : 'Time', cell: (row) => when(row.seconds) },
      ...series.map((one, s) => ({ title: one.label, num: true, cell: (row) => (one.show || number)(row.values[s]) })),
    ], told);
  }

  details.addEventListener('toggle', () => details.open && data && fill(behind, rows()));
  root.show = (fresh) => {
    data = fresh;
    if (plot && plot.data && plot.root.isConnected) {
      plot.setData(data);
      zoom();
    } else {
      draw();
    }
    if (details.open) {
      refresh(behind, rows());
    }
  };
  root.close = () => {
    resized.disconnect();
    document.removeEventListener('themed', draw);
    if (plot) {
      plot.destroy();
    }
  };
  return root;
}
