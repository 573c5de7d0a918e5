/**
 * Numbers of the running relay, as they change: read as long as the page can be seen.
 * @module
 */
import { CONSOLE, request } from './manage.js';

/** @typedef {import('./event.js').Signer} Signer */

/** Before it is asked again, in milliseconds. */
const PAUSE_MS = 3_000;

/**
 * Begins to read, and shows what comes.
 * @param {HTMLElement} page
 * @param {Signer} who
 * @param {(error: unknown) => void} complain
 */
export function beginNumbers(page, who, complain) {
  const place = page.querySelector('[data-numbers]');
  if (!(place instanceof HTMLElement)) return;
  /** @type {AbortController | null} */
  let reading = null;
  /** @returns {Promise<void>} */
  const look = async () => {
    if (document.visibilityState !== 'visible') return reading?.abort();
    if (reading) return undefined;
    const own = new AbortController();
    reading = own;
    try {
      while (!own.signal.aborted) {
        await read(page, place, who, own.signal);
        await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
      }
    } catch (error) {
      if (!own.signal.aborted) complain(error);
    } finally {
      reading = null;
      delete place.dataset.isCurrent;
    }
    // Seen again while it was ending.
    return own.signal.aborted ? look() : undefined;
  };
  document.addEventListener('visibilitychange', look);
  look();
}

/**
 * Reads one answer, line by line, to its end.
 * @param {HTMLElement} page
 * @param {HTMLElement} place
 * @param {Signer} who
 * @param {AbortSignal} signal
 */
async function read(page, place, who, signal) {
  const answer = await request(who, 'numbers', [], CONSOLE, signal);
  if (!answer.ok || !answer.body) throw new Error((await answer.json()).error);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (text + value).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) show(page, JSON.parse(line));
    place.hidden = false;
    place.dataset.isCurrent = 'yes';
  }
}

/**
 * @param {HTMLElement} page
 * @param {Record<string, number>} numbers
 */
function show(page, numbers) {
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language);
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  for (const shown of page.querySelectorAll('[data-number]')) {
    if (!(shown instanceof HTMLElement)) continue;
    const value = numbers[shown.dataset.number ?? ''];
    shown.textContent = shown.dataset.number === 'uptime_seconds'
      ? moment.format(Date.now() - value * 1_000) : number.format(value);
  }
}
