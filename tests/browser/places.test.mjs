/** Where things are, and when by the reader's clock: maps, cities to choose from, "near me". */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { startRelay } from './relay.mjs';
import { begin, here, meetupPage } from './support.mjs';
import { publishAll } from './world.mjs';

/** One grey pixel (PNG). */
const TILE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mM8c+bMfwAH4wNyxUPgjAAAAABJRU5ErkJggg==', 'base64',
);

begin();

test('what was found is on a map that is used by keyboard, and leads to the meetup', async () => {
  const page = await (await here.visitor()).newPage();
  await page.goto('/search?near=L%C3%BCbeck');
  const map = page.getByRole('region', { name: 'Map' });
  await map.locator('path.map-land').first().waitFor({ state: 'attached' });
  const pin = map.getByRole('button', { name: /Stammtisch im Ratskeller/ });
  await pin.focus();
  await page.keyboard.press('Enter');
  const link = map.getByRole('link', { name: 'Stammtisch im Ratskeller' });
  await link.waitFor();
  assert.equal(await link.evaluate((element) => element === document.activeElement), true);
  await page.keyboard.press('Escape');
  await link.waitFor({ state: 'detached' });
  assert.equal(await pin.evaluate((element) => element === document.activeElement), true);
  await page.keyboard.press('Enter');
  await link.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Stammtisch im Ratskeller' }).waitFor();
});

test('without scripts there is no map, and every place is a link', async () => {
  const page = await meetupPage(await here.visitor({ javaScriptEnabled: false }));
  assert.equal(await page.locator('[data-map]').isVisible(), false);
  await page.getByRole('link', { name: 'OpenStreetMap' }).waitFor();
  await page.getByRole('link', { name: 'Map app' }).waitFor();
});

test('the times of a meetup are also by the clock of a reader elsewhere', async () => {
  const far = await meetupPage(await here.visitor({ timezoneId: 'America/New_York' }));
  const start = Number(here.world.stammtisch.tags.find(([name]) => name === 'start')[1]);
  const hour = new Intl.DateTimeFormat('en', { hour: '2-digit', hourCycle: 'h23', timeZone: 'America/New_York' });
  await far.getByText(new RegExp(`^Your time: .*${hour.format(start * 1_000)}:`)).waitFor();
  const near = await meetupPage(await here.visitor());
  assert.equal(await near.getByText('Your time:').count(), 0);
});

test('cities are suggested while one types, and chosen by keyboard', async () => {
  const page = await (await here.visitor()).newPage();
  await page.goto('/');
  const field = page.getByRole('combobox', { name: 'Where' });
  await field.pressSequentially('Lübec');
  const option = page.getByRole('option', { name: /^Lübeck, / });
  await option.waitFor();
  assert.equal(await field.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  const active = await field.getAttribute('aria-activedescendant');
  assert.equal(await page.locator(`[id="${active}"]`).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Escape');
  await option.waitFor({ state: 'detached' });
  assert.equal(await field.getAttribute('aria-expanded'), 'false');
  await field.pressSequentially('k');
  await option.waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.match(await field.inputValue(), /^Lübeck, /);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Stammtisch im Ratskeller' }).waitFor();
});

test('near me asks the browser, and goes to a plain link that is a kilometre wide', async () => {
  const context = await here.visitor();
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Near me' }).click();
  await page.getByText('Your browser did not say where you are.').waitFor();
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ latitude: 53.865512, longitude: 10.686634 });
  await page.getByRole('button', { name: 'Near me' }).click();
  await page.waitForURL((url) => url.searchParams.get('near') === '53.87,10.69');
  await page.getByRole('link', { name: 'Stammtisch im Ratskeller' }).waitFor();
});

test('a form has its pin from a map, by keyboard or by a click', async () => {
  const plain = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  await plain.goto('/new/community');
  assert.equal(await plain.getByRole('button', { name: 'Choose on a map' }).isVisible(), false);
  const page = await (await here.visitor()).newPage();
  await page.goto('/new/community');
  await page.getByLabel('City').fill('Lübeck');
  const map = page.getByRole('group', { name: 'Map' });
  const button = page.getByRole('button', { name: 'Choose on a map' });
  assert.equal(await map.isVisible(), false);
  await button.press('Enter');
  await map.locator('path.map-land').first().waitFor({ state: 'attached' });
  await page.waitForFunction(() => document.activeElement?.hasAttribute('data-pin-map'));
  const [latitude, longitude] = ['Latitude', 'Longitude'].map((name) => page.getByLabel(name));
  const chosen = async (before) => {
    await page.waitForFunction((old) => document.querySelector('#longitude').value !== old, before);
    const texts = [await latitude.inputValue(), await longitude.inputValue()];
    for (const text of texts) assert.match(text, /^-?\d+\.\d{5}$/);
    await page.getByRole('status').getByText(texts.join(', ')).waitFor();
    assert.equal(await map.locator('.pin').count(), 1);
    return texts;
  };
  await page.keyboard.press('Enter');
  const middle = await chosen('');
  assert.ok(Math.abs(middle[0] - 53.87) < 0.2 && Math.abs(middle[1] - 10.69) < 0.2, middle.join());
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const east = await chosen(middle[1]);
  assert.ok(Number(east[1]) > Number(middle[1]) && Math.abs(east[0] - middle[0]) < 0.01);
  const { width, height } = await map.boundingBox();
  await map.click({ position: { x: width / 4, y: height / 2 } });
  const west = await chosen(east[1]);
  assert.ok(Number(west[1]) < Number(east[1]));
  // What is written moves the pin, and what is no place has none.
  await page.getByText('The exact place').click();
  await latitude.fill('x');
  await map.locator('.pin').waitFor({ state: 'detached' });
  await button.click();
  assert.equal(await map.isVisible(), false);
});

test('tiles come from where the operator says', async () => {
  const asked = [];
  const tiles = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(200, { 'content-type': 'image/png' }).end(TILE);
  });
  await new Promise((resolve) => { tiles.listen(0, '127.0.0.1', resolve); });
  const origin = `http://127.0.0.1:${tiles.address().port}`;
  const relay = await startRelay({
    KITH_RELAY_HTTP_MAP_TILES: `${origin}/{z}/{x}/{y}.png`, KITH_RELAY_HTTP_MAP_ATTRIBUTION: 'Somebody <b>else</b>',
  });
  try {
    await publishAll(relay.ws, here.world.events);
    const page = await meetupPage(await here.visitor({ baseURL: relay.url }));
    await page.locator('.map img.leaflet-tile-loaded').first().waitFor();
    await page.getByText('Somebody <b>else</b>').waitFor();
    assert.match(asked[0], /^\/15\/\d+\/\d+\.png$/);
    const { headers } = await fetch(page.url());
    const policy = headers.get('content-security-policy');
    assert.deepEqual(policy.split(';').filter((part) => part.includes(origin)).map((part) => part.trim().split(' ')[0]), ['img-src']);
  } finally {
    await relay.stop();
    tiles.close();
  }
});
