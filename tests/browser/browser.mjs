/**
 * Debian's Chromium, and what must never happen in it: an error on the console, something that the Content
 * Security Policy forbids, or a request to anybody but the relay.
 */
import { chromium } from 'playwright-core';

const OPTIONS = {
  executablePath: process.env.KITH_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
};

export const DEADLINE_MS = 15_000;

export function launch() {
  return chromium.launch(OPTIONS);
}

/** A browser with a folder, so that it can be closed and opened again. */
export async function launchIn(folder, options = {}) {
  return watched(await chromium.launchPersistentContext(folder, { ...OPTIONS, locale: 'en-GB', ...options }));
}

/** A visitor of their own, who keeps nothing of others. */
export async function visitor(browser, options = {}) {
  return watched(await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options }));
}

/** @type {string[]} */
const wrongs = [];

/** Throws if anything went wrong in any browser since the last time. */
export function expectNothingWrong() {
  const found = wrongs.splice(0);
  if (found.length) throw new Error(found.join('\n'));
}

function watched(context) {
  context.setDefaultTimeout(DEADLINE_MS);
  context.on('console', (message) => {
    // Violations of the policy are errors on the console too.
    if (message.type() === 'error' || message.type() === 'warning') {
      wrongs.push(`${message.page()?.url()}: ${message.text()}`);
    }
  });
  context.on('weberror', (error) => wrongs.push(`${error.page()?.url()}: ${error.error()}`));
  context.on('dialog', (dialog) => {
    wrongs.push(`${dialog.page()?.url()} said ${dialog.message()}`);
    dialog.dismiss();
  });
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') wrongs.push(`asked ${request.url()}`);
  });
  return context;
}
