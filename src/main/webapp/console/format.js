// Numbers and times as people read them.
import { h } from './dom.js';

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});

export function number(value) {
  return value === null || value === undefined ? '–' : whole.format(value);
}

export function compact(value) {
  return Math.abs(value) < 10000 ? number(value) : short.format(value);
}

export function limit(value) {
  return value === null || value === undefined ? 'unlimited' : number(value);
}

export function bytes(value) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let n = Number(value);
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit += 1;
  }
  return (unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)) + ' ' + units[unit];
}

export function micros(value) {
  if (!value) {
    return '–';
  }
  return value < 1000 ? value + ' µs' : (value / 1000).toFixed(value < 100000 ? 1 : 0) + ' ms';
}

/** Two of them in one unit. */
export function microsPair(low, high) {
  if (!high) {
    return '–';
  }
  return high < 1000 ? low + ' / ' + high + ' µs' : (low / 1000).toFixed(low < 10000 ? 1 : 0) + ' / ' + (high / 1000).toFixed(high < 10000 ? 1 : 0) + ' ms';
}

/** A length in its two largest units. */
export function duration(seconds) {
  let left = Math.max(0, Math.round(seconds));
  const parts = [];
  for (const [unit, size] of [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) {
      parts.push(count + ' ' + unit);
    } else if (parts.length > 0) {
      break;
    }
    if (parts.length === 2) {
      break;
    }
  }
  return parts.join(' ') || '0 s';
}

/** A moment in the viewer's zone, with UTC on hover and focus. */
export function time(iso) {
  if (!iso) {
    return '–';
  }
  const at = new Date(iso);
  const utc = at.toISOString().replace('T', ' ').replace(/\.\d+Z$/, '') + ' UTC';
  return h('time', { datetime: at.toISOString(), title: utc }, dateTime.format(at));
}

/** How long until then, with the moment on hover. */
export function until(iso) {
  const at = new Date(iso);
  const utc = at.toISOString().replace('T', ' ').replace(/\.\d+Z$/, '') + ' UTC';
  return h('time', { datetime: at.toISOString(), title: utc }, 'in ' + duration((at.getTime() - Date.now()) / 1000));
}

/** How long ago, with the moment on hover. */
export function ago(iso) {
  if (!iso) {
    return '–';
  }
  const at = new Date(iso);
  const utc = at.toISOString().replace('T', ' ').replace(/\.\d+Z$/, '') + ' UTC';
  return h('time', { datetime: at.toISOString(), title: utc }, duration((Date.now() - at.getTime()) / 1000) + ' ago');
}

/** Words for an enumeration's constant: BAN_LIFTED becomes Ban lifted. */
export function words(constant) {
  const text = String(constant).toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A ban's level: 5_MIN becomes 5 min. */
export function level(label) {
  return String(label).toLowerCase().replaceAll('_', ' ');
}

/** A whole key belongs in no URL. Its first characters tell it, too. */
export function withoutSecret(text) {
  if (/^tg_.{20,}$/.test(text)) {
    return text.slice(0, 8);
  }
  return /^[A-Za-z0-9._-]{2,32}[A-Za-z0-9_-]{43}$/.test(text) ? text.slice(0, -38) : text;
}

/** A detail of an event as people read it: a ban's level, a moment, or the text itself. */
export function detail(name, value) {
  if (/level|Level/.test(name)) {
    return level(value);
  }
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value) && !Number.isNaN(Date.parse(value)) ? dateTime.format(new Date(value)) : value;
}
