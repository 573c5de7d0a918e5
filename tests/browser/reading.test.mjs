/** Every page, read: without scripts, small, in the dark, by everybody, and whatever somebody wrote into it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible } from './checks.mjs';
import { publicKeyOf } from '../../web/assets/js/event.js';
import { allPages, organizingPages } from './pages.mjs';
import { begin, here } from './support.mjs';
import { ADMINISTRATOR, FORMULA } from './world.mjs';

begin({ settings: { KITH_RELAY_POLICY_ADMINISTRATORS: publicKeyOf(ADMINISTRATOR) } });


test('every page can be read without scripts', async () => {
  const page = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  for (const [name, path] of Object.entries(allPages(here.world))) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), name === 'missing' ? 404 : 200, name);
    assert.equal(await page.locator('h1').count(), 1, name);
    assert.notEqual((await page.locator('main').innerText()).trim(), '', name);
    // What would do nothing is not there.
    for (const button of await page.locator('main button:visible').all()) {
      const leads = await button.evaluate((element) => {
        const isPage = element.form?.method === 'get' || !element.form?.dataset.draft;
        return element.form !== null && (isPage || element.hasAttribute('formaction'));
      });
      assert.ok(leads, `${name}: ${await button.innerText()}`);
    }
  }
});

test('pages on which people sign say what they need', async () => {
  const page = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  for (const [name, path] of Object.entries(organizingPages(here.world))) {
    await page.goto(path);
    // Where there is nothing to sign, nothing is needed.
    const signs = await page.locator('form[data-draft], [data-admin], [data-account-page], [data-reports]').count();
    const isSaid = /needs? JavaScript/.test(await page.locator('main').innerText());
    assert.equal(isSaid, signs > 0, name);
  }
});

test('every page is accessible, light and dark, narrow and wide', async () => {
  const all = Object.entries(allPages(here.world));
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      const context = await here.visitor({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      const page = await context.newPage();
      for (const [name, path] of all) {
        await page.goto(path);
        const at = `${name}, ${colorScheme}, ${width}`;
        await accessible(page, at);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${at}: ${wide} pixels wide`);
      }
      await context.close();
    }
  }
});

test('every dialog is accessible', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const context = await here.visitor({ colorScheme, viewport: { width: 320, height: 800 }, bypassCSP: true });
    const page = await context.newPage();
    await page.goto('/account');
    await page.locator('[data-do="sign-in"]').click();
    await page.getByText('I have a key').click();
    await page.getByText('My key is on my phone').click();
    await page.getByRole('button', { name: 'Show a code' }).click();
    await page.locator('.qr svg').waitFor();
    await accessible(page, `signing in, ${colorScheme}`);
    await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
    for (const name of ['Save a copy of my key', 'Set a password', 'Sign out']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').waitFor();
      await accessible(page, `${name}, ${colorScheme}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    // Those too that come in other places, as they are before anything is filled in.
    const ids = await page.evaluate(() => Array.from(document.querySelector('#dialogs').content.querySelectorAll('dialog'), ({ id }) => id));
    assert.ok(ids.includes('confirm') && ids.includes('work'), ids.join());
    for (const id of ids) {
      await page.evaluate((id) => {
        const found = document.querySelector('#dialogs').content.getElementById(id);
        document.body.append(document.importNode(found, true));
        document.getElementById(id).showModal();
      }, id);
      await accessible(page, `${id}, ${colorScheme}`);
      await page.evaluate((id) => document.getElementById(id).remove(), id);
    }
    await context.close();
  }
});

test('nothing that somebody wrote runs, turns text around, or breaks a page', async () => {
  const page = await (await here.visitor()).newPage();
  for (const [name, path] of Object.entries(allPages(here.world)).filter(([name]) => name.startsWith('hostile'))) {
    await page.goto(path, { waitUntil: 'networkidle' });
    const text = await page.locator('body').innerText();
    assert.ok(!text.includes('\u202e'), name);
    assert.ok(text.includes('<script>alert(1)</script>') || text.includes('&lt;script'), `${name} shows it as text`);
    // Names and titles of ten thousand characters are cut; what is described at length is not.
    for (const line of await page.locator('main :is(h1, h2, h3, li, label, th, td)').allInnerTexts()) {
      assert.ok(line.length < 2_000, `${name}: ${line.length} characters in one line`);
    }
    assert.equal(await page.locator('main script, main img[src="x"], main [onerror]').count(), 0, name);
    assert.equal(await page.locator('a[href^="javascript:"]').count(), 0, name);
  }
});

test('a list of attendees is text to a spreadsheet, whatever they wrote', async () => {
  const { 'hostile-meetup-attendees': path } = organizingPages(here.world);
  const answer = await fetch(`${here.relay.url}${path}.csv`);
  assert.match(answer.headers.get('content-type'), /^text\/csv/);
  assert.match(answer.headers.get('content-disposition'), /^attachment/);
  const rows = rowsOf(await answer.text());
  assert.equal(rows.length, 1 + 3);
  const notes = rows.slice(1).map((row) => row.at(-1));
  assert.ok(notes.includes(`'${FORMULA}`), notes.join('\n'));
  assert.ok(notes.some((note) => note.includes('<script>')));
  for (const row of rows) {
    assert.equal(row.length, rows[0].length);
    for (const field of row) assert.doesNotMatch(field, /^[=+\-@\t\r]/);
  }
});

/** The fields of a table as RFC 4180 has them. */
function rowsOf(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
  }
  return rows.slice(0, -1);
}

