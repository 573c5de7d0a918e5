/** Where things are, and when by the reader's clock: maps, cities to choose from, "near me". */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { read } from '../../web/assets/js/coordinates.js';
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

test('coordinates are read as people have them, and nothing else is taken for some', () => {
  for (const text of [
    '53.8655, 10.6866', ' 53.8655 10.6866 ', '53,8655; 10,6866', '53,8655, 10,6866', '53.8655° N, 10.6866° E',
    'geo:53.8655,10.6866', 'geo:53.8655,10.6866,12;u=35', 'geo:53.8655,10.6866?z=17',
    'https://www.openstreetmap.org/?mlat=53.8655&mlon=10.6866#map=16/1.0/2.0',
    'https://www.openstreetmap.org/#map=16/53.8655/10.6866',
    'https://www.google.com/maps/@53.8655,10.6866,17z',
    'https://www.google.com/maps/place/Ratskeller/@53.1,10.1,17z/data=!3m1!4b1!4m6!3m5!1s0x47!8m2!3d53.8655!4d10.6866!16s',
    'https://maps.google.com/?q=53.8655%2C10.6866', 'https://www.google.com/maps/search/?api=1&query=53.8655,10.6866',
  ]) assert.deepEqual(read(text), [53.8655, 10.6866], text);
  assert.deepEqual(read('33.8688 S 151.2093 E'), [-33.8688, 151.2093]);
  assert.deepEqual(read('-33.8688, −70.5'), [-33.8688, -70.5]);
  for (const text of [
    '', 'Lübeck', '53.8655', '91, 10', '10, 181', '1, 2, 3, 4', 'geo:0', 'geo:north,east', 'https://example.com/',
    'javascript:53.8,10.6', `https://example.com/?q=${'1'.repeat(2_000)}`,
  ]) assert.equal(read(text), null, text);
});

test('a pin is exact without tiles: cities are named close up, and a pasted link moves it', async () => {
  const page = await (await here.visitor()).newPage();
  await page.goto('/new/community');
  await page.getByLabel('City').fill('Lübeck');
  await page.getByRole('button', { name: 'Choose on a map' }).click();
  const map = page.getByRole('group', { name: 'Map' });
  await map.locator('.map-city-name', { hasText: /^Lübeck$/ }).waitFor();
  assert.ok((await map.locator('.leaflet-control-scale-line').textContent()).includes('m'));
  // Where the outline is not exact any more it is not shown.
  const pasted = page.getByLabel('Coordinates, or a link to a map');
  await page.getByText('The exact place').click();
  const [latitude, longitude] = ['Latitude', 'Longitude'].map((name) => page.getByLabel(name, { exact: true }));
  await pasted.fill('https://www.openstreetmap.org/?mlat=53.86689&mlon=10.68441#map=19/53.86689/10.68441');
  assert.equal(await latitude.inputValue(), '53.86689');
  assert.equal(await longitude.inputValue(), '10.68441');
  await map.locator('.pin').waitFor();
  await page.waitForFunction(() => document.querySelector('[data-pin-map]').classList.contains('close'));
  await pasted.press('Enter');
  assert.equal(await pasted.inputValue(), '53.86689, 10.68441');
  // The pin is in the middle, and a click beside it is a few metres away.
  for (let zoom = 0; zoom < 6; zoom += 1) await map.getByRole('button', { name: 'Zoom in' }).click();
  const { width, height } = await map.boundingBox();
  await map.click({ position: { x: width / 2 + 40, y: height / 2 } });
  await page.waitForFunction(() => document.querySelector('#longitude').value !== '10.68441');
  const moved = Number(await longitude.inputValue()) - 10.68441;
  assert.ok(moved > 0 && moved < 0.01, String(moved));
  assert.equal(await pasted.inputValue(), `${await latitude.inputValue()}, ${await longitude.inputValue()}`);
  // The fields themselves say it too.
  await latitude.fill('53.9');
  assert.match(await pasted.inputValue(), /^53\.90000, /);
  await pasted.fill('at the corner');
  await pasted.blur();
  await page.getByText('There are no coordinates in that.').waitFor();
  assert.equal(await latitude.inputValue(), '53.9');
  await pasted.fill('geo:53.8655,10.6866');
  assert.equal(await page.getByText('There are no coordinates in that.').isVisible(), false);
  assert.equal(await latitude.inputValue(), '53.86550');
});

test('a city has the map of the search, and lists are whole without it', async () => {
  const page = await (await here.visitor()).newPage();
  await page.goto('/city/DE/L%C3%BCbeck');
  const map = page.getByRole('region', { name: 'Map' });
  await map.getByRole('button', { name: /Stammtisch im Ratskeller/ }).waitFor();
  const plain = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  await plain.goto('/city/DE/L%C3%BCbeck');
  assert.equal(await plain.locator('[data-map]').isVisible(), false);
  await plain.getByRole('link', { name: 'Stammtisch im Ratskeller' }).waitFor();
});

test('what a client copied leads to its page from the search', async () => {
  const meetup = await meetupPage(await here.visitor());
  const naddr = new URL(meetup.url()).pathname.split('/').pop();
  const page = await (await here.visitor()).newPage();
  await page.goto('/');
  await page.getByRole('combobox', { name: 'Where' }).fill(`nostr:${naddr}`);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Stammtisch im Ratskeller' }).waitFor();
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
