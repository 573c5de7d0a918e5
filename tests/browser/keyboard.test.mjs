/** Pages without a mouse, and for who hears them: one stop after the other, from the search to the answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { allPages } from './pages.mjs';
import { begin, here, meetupPage } from './support.mjs';
import { note, person, publishAll, rsvp } from './world.mjs';

begin();

/** Stops on one page. */
const STOPS_MAX = 120;

/** Where the focus is: what it is called, whether it shows, and whether something lies upon it. */
function stop(page) {
  return page.evaluate(() => {
    const active = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(active);
    const [box] = active.getClientRects();
    const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
    const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
    const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]].map(
      ([x, y]) => document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y),
    );
    return {
      name: active.getAttribute('aria-label') ?? active.labels?.[0]?.textContent ?? active.textContent.trim().slice(0, 80),
      html: active.outerHTML.slice(0, 200),
      path: location.pathname,
      shows: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
      // WCAG 2.2, 2.4.11: not all of it is hidden.
      isSeen: right > left && bottom > top && points.some((point) => active.contains(point)),
    };
  });
}

/** Waits until a page has what its scripts bring, such as maps: it does not move under the focus any more. */
async function settled(page) {
  await page.locator('.scripted').waitFor();
  await page.waitForLoadState('networkidle');
}

/** Presses Tab until the focus is on what has this name; every stop on the way must be seen. */
async function tabTo(page, name) {
  for (let presses = 0; presses < STOPS_MAX; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement === document.body)) continue;
    const at = await stop(page);
    assert.ok(at.shows && at.isSeen, JSON.stringify(at));
    if (at.name === name) return;
  }
  throw new Error(`${name} cannot be reached`);
}

test('from the first page to the answer with nothing but Tab, Enter and letters', async () => {
  for (const viewport of [{ width: 320, height: 600 }, { width: 1280, height: 800 }]) {
    const page = await (await here.visitor({ viewport })).newPage();
    await page.goto('/');
    await settled(page);
    await tabTo(page, 'Where');
    await page.keyboard.type('Lübeck');
    // The cities to choose from go away, and the form is sent.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.waitForURL(/near=L/);
    await settled(page);
    await tabTo(page, 'Stammtisch im Ratskeller');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'I’m coming' }).waitFor();
    await settled(page);
    await tabTo(page, 'I’m coming');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'Continue without an account elsewhere');
    await page.keyboard.press('Enter');
    await page.getByText('You are coming.').waitFor();
  }
});

test('a dialog keeps the focus, and gives it back', async () => {
  const page = await meetupPage(await here.visitor());
  await page.locator('.scripted').waitFor();
  await tabTo(page, 'I’m coming');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  // What is behind the dialog cannot be reached, forwards or backwards, and Escape leads back.
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press(key);
      const isInside = await page.evaluate(() => {
        const active = document.activeElement;
        return active === document.body || active.closest('dialog') !== null;
      });
      assert.ok(isInside);
    }
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.value), 'accepted');
});

test('the first stop of every page leads past its top', async () => {
  const page = await (await here.visitor()).newPage();
  for (const [name, path] of Object.entries(allPages(here.world))) {
    if (name === 'missing') continue;
    await page.goto(path);
    await page.keyboard.press('Tab');
    const at = await stop(page);
    assert.ok(at.html.includes('href="#main"') && at.shows && at.isSeen, `${name}: ${JSON.stringify(at)}`);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.id === 'main');
    await page.keyboard.press('Tab');
    const isTop = await page.evaluate(() => document.activeElement.closest('header.top') !== null);
    assert.equal(isTop, false, name);
  }
});

test('what changes is read out: the region is there before, stays, and is polite', async () => {
  const page = await meetupPage(await here.visitor());
  await page.locator('.scripted').waitFor();
  const counts = page.locator('#attendees [role="status"]');
  const before = await counts.innerText();
  const region = await counts.elementHandle();
  const ivo = person(83);
  await publishAll(here.relay.ws, [note(ivo, 0, [], JSON.stringify({ name: 'Ivo' })), rsvp(ivo, here.world.stammtisch, 'accepted')]);
  await page.locator('#attendees').getByRole('link', { name: 'Ivo' }).waitFor();
  assert.ok(await region.evaluate((element) => element.isConnected));
  assert.notEqual(await counts.innerText(), before);
  // What is said of the own answer, and what went wrong, has a place that is there while it is empty.
  for (const place of await page.locator('[data-own], [data-result]').all()) {
    const [role, display] = await place.evaluate((element) => [element.getAttribute('role'), getComputedStyle(element).display]);
    assert.equal(role, 'status');
    assert.notEqual(display, 'none');
  }
  assert.equal(await page.locator('#said').getAttribute('role'), 'log');
});

test('nothing moves for who wants that', async () => {
  const scrolls = async (reducedMotion) => {
    const page = await (await here.visitor({ reducedMotion, viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto('/search?near=L%C3%BCbeck');
    await page.locator('.leaflet-container').waitFor();
    const moving = await page.evaluate(() => Array.from(document.querySelectorAll('*')).filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return animationName !== 'none' || transitionDuration.split(',').some((duration) => parseFloat(duration) > 0);
    }).map((element) => element.outerHTML.slice(0, 120)));
    return [await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), moving];
  };
  assert.equal((await scrolls('no-preference'))[0], 'smooth');
  assert.deepEqual(await scrolls('reduce'), ['auto', []]);
});
