/** Meetups of calendars of other programs, from a file that somebody chose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { publicKeyOf } from '../../web/assets/js/event.js';
import { Relay } from '../../web/assets/js/relay.js';
import { NAMES, calendarOf } from './calendars.mjs';
import { begin, here, sign, signIn } from './support.mjs';
import { ANNA, person } from './world.mjs';

begin();

const OUTSIDER = person(43);

/** The meetups of a person in a community, as the relay has them. */
async function meetupsOf(secret, community) {
  const relay = new Relay(here.relay.ws);
  try {
    return await relay.ask([{ kinds: [31923], authors: [publicKeyOf(secret)], '#e': [community] }]);
  } finally {
    relay.close();
  }
}

const valueOf = (event, wanted) => event.tags.find(([name]) => name === wanted)?.[1];
const titled = (events, title) => events.filter((event) => valueOf(event, 'title') === title);

/** Chooses a file, and sends its text; it can be chosen once the scripts have begun that read it. */
async function choose(page, community, file) {
  await page.goto(`/c/${community}/import`);
  const field = page.getByLabel('File');
  await field.waitFor();
  await field.setInputFiles(file);
  await page.getByLabel('Or its text').and(page.locator(':not(:placeholder-shown)')).waitFor();
  await page.getByRole('button', { name: 'Read' }).click();
}

/** Chooses a file, and reads it. */
async function read(page, community, file) {
  await choose(page, community, file);
  await page.getByRole('button', { name: 'Publish those' }).waitFor();
}

async function publish(page, shown) {
  await page.getByRole('button', { name: 'Publish those' }).click();
  await sign(page, shown);
  await page.waitForURL(/\/c\/[0-9a-f]{64}$/);
}

for (const program of NAMES) {
  test(`a calendar of ${program} is imported, and updated when it is imported again (NIP-48)`, async () => {
    const { id } = here.world.luebeck;
    const page = await signIn(await here.visitor(), ANNA);
    const before = await meetupsOf(ANNA, id);
    const [old, renamed] = [`Chess of ${program}`, `Chess of ${program}, on the roof`];
    const file = (title) => ({ name: `${program}.ics`, mimeType: 'text/calendar', buffer: calendarOf(program, title) });
    // Of Google's three the second was dropped.
    const count = program === 'google' ? 2 : 1;

    await read(page, id, file(old));
    const boxes = page.getByRole('checkbox', { name: old });
    assert.equal(await boxes.count(), count);
    for (const box of await boxes.all()) assert.ok(await box.isChecked());
    await publish(page, count === 1 ? 'You publish 1 meetup' : `You publish ${count} meetups`);
    const first = titled(await meetupsOf(ANNA, id), old);
    assert.equal(first.length, count);

    // Nothing is new, so nothing is chosen, and nothing is published twice.
    await read(page, id, file(old));
    assert.equal(await page.getByText('There already').count(), count);
    assert.equal(await page.getByRole('checkbox', { checked: true }).count(), 0);
    for (const box of await boxes.all()) await box.check();
    await page.getByRole('button', { name: 'Publish those' }).click();
    await page.getByText('Nothing was changed.').waitFor();

    await read(page, id, file(renamed));
    const changed = page.getByRole('checkbox', { name: renamed });
    for (const box of await changed.all()) await box.check();
    await publish(page, 'You publish');
    const after = await meetupsOf(ANNA, id);
    assert.equal(after.length, before.length + count);
    const again = titled(after, renamed);
    const names = (events) => events.map((event) => valueOf(event, 'd')).sort();
    assert.deepEqual(names(again), names(first));
    for (const event of again) assert.equal(event.tags.filter(([name]) => name === 'proxy').length, 1);
    assert.deepEqual(titled(after, old), []);
  });
}

test('a file that is no calendar is said to be none, without scripts too', async () => {
  const { id } = here.world.luebeck;
  const page = await (await here.visitor()).newPage();
  const buffer = Buffer.from('<html><script>alert(1)</script>');
  await choose(page, id, { name: 'page.ics', mimeType: 'text/calendar', buffer });
  await page.getByRole('alert').getByText('This is no calendar').waitFor();
  const plain = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  await plain.goto(`/c/${id}/import`);
  await plain.getByLabel('Or its text').fill(calendarOf('meetup', 'Chess by hand').toString());
  await plain.getByRole('button', { name: 'Read' }).click();
  await plain.getByText('Chess by hand', { exact: true }).waitFor();
});

test('what somebody else imports is a proposal of theirs, and none of the owner’s is touched', async () => {
  const { id } = here.world.luebeck;
  const before = await meetupsOf(ANNA, id);
  const page = await signIn(await here.visitor(), OUTSIDER);
  const buffer = calendarOf('luma', 'Chess of a stranger');
  await read(page, id, { name: 'luma.ics', mimeType: 'text/calendar', buffer });
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await publish(page, 'You publish 1 meetup');
  assert.deepEqual(await meetupsOf(ANNA, id), before);
  assert.equal((await meetupsOf(OUTSIDER, id)).length, 1);
});
