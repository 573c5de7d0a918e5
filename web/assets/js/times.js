/**
 * The times of a meetup by the clock of the reader, where it shows something else than the clock there.
 * @module
 */

/** @param {Document} within */
export function begin(within) {
  for (const line of within.querySelectorAll('[data-times]')) {
    if (line instanceof HTMLElement) show(line);
  }
}

/** @param {HTMLElement} line */
function show(line) {
  const [start, end] = (line.dataset.times ?? '').split(' ');
  const begins = new Date(start);
  if (Number.isNaN(begins.getTime()) || offsetOf(start) === -begins.getTimezoneOffset()) return;
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  const ends = end ? new Date(end) : null;
  const shown = ends && ends > begins ? format.formatRange(begins, ends) : format.format(begins);
  line.textContent = `${line.dataset.label ?? ''} ${shown}`;
  line.hidden = false;
}

/**
 * Minutes that `…+01:00` is ahead of UTC.
 * @param {string} text
 * @returns {number}
 */
function offsetOf(text) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(text);
  if (!found) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return found[1] === '-' ? -minutes : minutes;
}
