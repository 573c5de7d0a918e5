/** Every page, read: without scripts, small, in the dark, by everybody, and whatever somebody wrote into it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible as check } from './checks.mjs';
import { begin, here } from './support.mjs';

begin();

/** Every page, by name. */
async function pages() {
  const { luebeck, strange } = here.world;
  const page = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  const link = async (path, title) => {
    await page.goto(path);
    return page.getByRole('link', { name: title, exact: true }).first().getAttribute('href');
  };
  const community = `/c/${luebeck.id}`;
  const of = await link(community, 'Stammtisch im Ratskeller');
  await page.goto(`/c/${strange.id}`);
  const hostileMeetup = await page.locator('.card h3 a').first().getAttribute('href');
  return {
    home: '/',
    search: '/search?near=L%C3%BCbeck',
    'search-without-result': '/search?near=Nowhereville',
    meetup: of,
    'meetup-with-seats': await link(community, 'Workshop: your first node'),
    'meetup-cancelled': await link(community, 'Boat trip'),
    'meetup-past': await link(community, 'Summer barbecue'),
    community,
    'community-older': await link(community, 'Older messages'),
    city: '/city/DE/L%C3%BCbeck',
    topic: '/topic/bitcoin',
    person: await link(of, 'Ben'),
    agenda: (await link(of, 'Ben')).replace('/p/', '/agenda/'),
    calendar: '/calendar',
    'calendar-near': '/calendar?near=L%C3%BCbeck&lang=de',
    about: '/about',
    account: '/account',
    missing: '/nothing/here',
    'hostile-community': `/c/${strange.id}`,
    'hostile-meetup': hostileMeetup,
    'hostile-person': await link(hostileMeetup, /^/),
  };
}

test('every page can be read without scripts', async () => {
  const page = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  for (const [name, path] of Object.entries(await pages())) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), name === 'missing' ? 404 : 200, name);
    assert.equal(await page.locator('h1').count(), 1, name);
    assert.notEqual((await page.locator('main').innerText()).trim(), '', name);
    // What would do nothing is not there.
    for (const button of await page.locator('main button:visible').all()) {
      assert.equal(await button.evaluate((element) => element.form?.method), 'get', name);
    }
  }
});

test('every page is accessible, light and dark, narrow and wide', async () => {
  const all = Object.entries(await pages());
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      const context = await here.visitor({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      const page = await context.newPage();
      for (const [name, path] of all) {
        await page.goto(path);
        const at = `${name}, ${colorScheme}, ${width}`;
        await check(page, at);
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
    await check(page, `signing in, ${colorScheme}`);
    await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
    for (const name of ['Save a copy of my key', 'Set a password', 'Sign out']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').waitFor();
      await check(page, `${name}, ${colorScheme}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await context.close();
  }
});

test('nothing that somebody wrote runs, turns text around, or breaks a page', async () => {
  const page = await (await here.visitor()).newPage();
  for (const [name, path] of Object.entries(await pages()).filter(([name]) => name.startsWith('hostile'))) {
    await page.goto(path, { waitUntil: 'networkidle' });
    const text = await page.locator('body').innerText();
    assert.ok(!text.includes('\u202e'), name);
    assert.ok(text.includes('<script>alert(1)</script>') || text.includes('&lt;script'), `${name} shows it as text`);
    assert.equal(await page.locator('main script, main img[src="x"], main [onerror]').count(), 0, name);
    assert.equal(await page.locator('a[href^="javascript:"]').count(), 0, name);
  }
});

test('a page is used by keyboard alone', async () => {
  const page = await (await here.visitor()).newPage();
  await page.goto('/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#main');
  await page.getByLabel('Where').focus();
  await page.keyboard.type('Lübeck');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Stammtisch im Ratskeller' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'I’m coming' }).waitFor();
  await page.getByRole('button', { name: 'I’m coming' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  // What is behind the dialog cannot be reached, and Escape leads back.
  for (let press = 0; press < 12; press += 1) {
    await page.keyboard.press('Tab');
    const isInside = await page.evaluate(() => {
      const active = document.activeElement;
      return active === document.body || active.closest('dialog') !== null;
    });
    assert.ok(isInside);
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.value), 'accepted');
});
