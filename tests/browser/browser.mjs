/**
 * Debian's Chromium, and what must never happen in it: an error on the console, something that the Content
 * Security Policy forbids, or a request to anybody but the relay.
 */
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { isPicture, servePictures } from './pictures.mjs';

const OPTIONS = {
  executablePath: process.env.KITH_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
};

/** Nothing moves while it is clicked. */
const PLAIN = { locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' };

/** For what must come; a machine may be busy with other things. */
export const DEADLINE_MS = 60_000;

export function launch() {
  return chromium.launch(OPTIONS);
}

/** A browser with a folder, so that it can be closed and opened again. */
export async function launchIn(folder, options = {}) {
  return watched(await chromium.launchPersistentContext(folder, { ...OPTIONS, ...PLAIN, ...options }));
}

/** A visitor of their own, who keeps nothing of others. */
export async function visitor(browser, options = {}) {
  return watched(await browser.newContext({ ...PLAIN, ...options }));
}

/** @type {string[]} */
const wrongs = [];

/** Throws if anything went wrong in any browser since the last time. */
export function expectNothingWrong() {
  const found = wrongs.splice(0);
  if (found.length) throw new Error(found.join('\n'));
}

async function watched(context) {
  context.setDefaultTimeout(DEADLINE_MS);
  withFilesOfFolder(context);
  withSlowScripts(context);
  await servePictures(context);
  context.on('console', (message) => {
    // Violations of the policy are errors on the console too.
    // What is wrong with a form the relay says with a status that browsers report.
    const { url } = message.location();
    const isForm = /status of 422/.test(message.text()) && url.includes('/draft/');
    const isMissing = /status of 404/.test(message.text()) && (url.endsWith('/nothing/here') || isPicture(url));
    if ((message.type() === 'error' || message.type() === 'warning') && !isForm && !isMissing) {
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
    const isElsewhere = protocol.startsWith('http') && hostname !== '127.0.0.1';
    if (isElsewhere && !isPicture(request.url())) wrongs.push(`asked ${request.url()}`);
  });
  return context;
}

/** For whoever changes scripts and styles: with KITH_ASSETS=web/assets they need not be built in first. */
function withFilesOfFolder(context) {
  const folder = process.env.KITH_ASSETS;
  if (!folder) return;
  context.route(/\/assets\/[0-9a-f]{16}\//, (route) => {
    const name = new URL(route.request().url()).pathname.replace(/^\/assets\/[0-9a-f]{16}\//, '');
    const contentType = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' }[name.split('.').pop()];
    return route.fulfill({ path: join(folder, name), contentType });
  });
}

/**
 * For whoever wants to know whether a test relies on scripts that have begun: with KITH_SLOW_SCRIPTS=2000 each of
 * them comes up to two seconds late, as on a machine that is busy with other things.
 */
function withSlowScripts(context) {
  const slowest = Number(process.env.KITH_SLOW_SCRIPTS ?? 0);
  if (!slowest) return;
  context.route(/\/assets\/.*\.js$/, async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, Math.random() * slowest); });
    // Whoever left the page waits for it no more.
    await route.fallback().catch(() => {});
  });
}
