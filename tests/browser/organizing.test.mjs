/** Somebody founds a community, plans a meetup, changes it and calls it off; an administrator manages the relay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { publicKeyOf } from '../../web/assets/js/event.js';
import { startRelay } from './relay.mjs';
import { begin, here, sign, signIn } from './support.mjs';
import { ADMINISTRATOR, ANNA, person } from './world.mjs';

begin();

const DORA = person(41);

async function shot(page, name) {
  if (!process.env.KITH_LOOK) return;
  for (const width of [375, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: `${process.env.KITH_LOOK}/${name}-${width}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${name} is ${wide} wide`);
  }
}

test('found, plan, look at it, publish, change, call off', async () => {
  const context = await here.visitor();
  const page = await signIn(context, DORA);
  await page.goto('/new/community');
  await shot(page, 'new-community');
  await page.getByRole('button', { name: 'Start it' }).click();
  // What is wrong stands beside the field.
  await page.locator('#title[aria-invalid="true"]').waitFor();
  await page.getByLabel('Name').fill('Go in Lübeck');
  await page.getByLabel('About').fill('Stones, boards and *tea*.');
  await page.getByLabel('City').fill('Lübeck');
  await page.getByLabel('Topics').fill('go, games');
  await page.getByRole('button', { name: 'Start it' }).click();
  await sign(page, 'You start the community');
  await page.getByRole('heading', { level: 1, name: 'Go in Lübeck' }).waitFor();
  await page.locator('.organizer').waitFor();
  await shot(page, 'own-community');

  await page.getByRole('link', { name: 'New meetup' }).click();
  await page.getByLabel('Title').fill('Evening of Go');
  await page.getByLabel('Day', { exact: true }).fill('2036-12-03');
  await page.getByLabel('Begins at').fill('19:00');
  await page.getByLabel('Place', { exact: true }).fill('Ratskeller');
  await shot(page, 'new-meetup');
  const opening = context.waitForEvent('page');
  await page.getByRole('button', { name: 'Preview' }).click();
  const preview = await opening;
  await preview.getByRole('heading', { level: 1, name: 'Evening of Go' }).waitFor();
  await preview.close();
  await page.getByRole('button', { name: 'Publish' }).click();
  await sign(page, 'You publish the meetup');
  await page.getByRole('heading', { level: 1, name: 'Evening of Go' }).waitFor();

  await page.getByRole('link', { name: 'Change the meetup' }).click();
  await page.getByLabel('Begins at').fill('20:00');
  await shot(page, 'edit-meetup');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await sign(page, 'You change the meetup');
  await page.getByText('20:00').first().waitFor();

  await page.getByRole('link', { name: 'Change the meetup' }).click();
  await page.getByLabel('A word about it').fill('The tea is gone');
  await page.getByRole('button', { name: 'Call it off' }).click();
  await sign(page, 'This cannot be undone');
  await page.getByText('This meetup was cancelled.').waitFor();
  await page.getByText('The tea is gone').waitFor();

  // Strangers see no links to pages that are of no use to them.
  const other = await (await here.visitor()).newPage();
  await other.goto(page.url());
  await other.getByText('The tea is gone').waitFor();
  assert.equal(await other.locator('.organizer').isVisible(), false);
});

test('members are approved and muted', async () => {
  const context = await here.visitor();
  const page = await signIn(context, DORA);
  await page.goto('/new/community');
  await page.getByLabel('Name').fill('Chess in Lübeck');
  await page.getByRole('button', { name: 'Start it' }).click();
  await sign(page, 'You start the community');
  await page.getByRole('heading', { level: 1, name: 'Chess in Lübeck' }).waitFor();
  await page.locator('.organizer').getByRole('link', { name: 'Members' }).click();
  await page.getByLabel('Key of a person').fill(publicKeyOf(ADMINISTRATOR));
  await page.getByRole('button', { name: 'Make a member' }).click();
  await sign(page, 'You make somebody a member');
  await page.getByRole('button', { name: /^Mute npub/ }).waitFor();
  await shot(page, 'members');
  await page.getByRole('button', { name: /^Mute npub/ }).click();
  await sign(page, 'You mute somebody');
  await page.getByRole('button', { name: /^Unmute/ }).waitFor();
});

test('the owner hides messages of the chat, and nobody else is asked to', async () => {
  const path = `/c/${here.world.luebeck.id}`;
  const watching = await (await here.visitor()).newPage();
  await watching.goto(path);
  await watching.getByText('Message 44 of a long evening').waitFor();
  assert.equal(await watching.locator('[data-hide]:visible').count(), 0);
  const stranger = await signIn(await here.visitor(), DORA);
  await stranger.goto(path);
  await stranger.locator('.scripted').waitFor();
  assert.equal(await stranger.locator('[data-hide]:visible').count(), 0);
  const page = await signIn(await here.visitor(), ANNA);
  await page.goto(path);
  const message = (number) => page.getByRole('listitem').filter({ hasText: `Message ${number} of a long evening` });
  await message(44).getByRole('button', { name: 'Hide Ben' }).click();
  await page.getByText('You hide a message of Ben').waitFor();
  await shot(page, 'hide-message');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  assert.equal(await page.locator('form.hiding').isVisible(), false);
  for (const [number, reason] of [[44, ''], [42, 'advertising']]) {
    await message(number).getByRole('button', { name: 'Hide Ben' }).click();
    await page.getByLabel('Reason').fill(reason);
    await page.getByRole('button', { name: 'Hide', exact: true }).click();
    await sign(page, 'You hide a message in the chat');
    await message(number).waitFor({ state: 'detached' });
    await watching.getByText(`Message ${number} of a long evening`).waitFor({ state: 'detached' });
  }
  await message(43).getByRole('button', { name: 'Hide Anna' }).waitFor();
  await page.reload();
  await message(45).getByRole('button', { name: 'Hide Anna' }).waitFor();
  assert.equal(await message(44).count() + await message(42).count(), 0);
});

test('an administrator bans somebody, and others are told that they are none', async () => {
  const relay = await startRelay({
    KITH_RELAY_POLICY_ADMINISTRATORS: publicKeyOf(ADMINISTRATOR),
  });
  try {
    const context = await here.visitor({ baseURL: relay.url });
    const page = await signIn(context, ADMINISTRATOR);
    await page.goto('/admin');
    await page.getByRole('button', { name: 'Manage' }).click();
    const banned = page.locator('[data-list="listbannedpubkeys"]');
    await banned.getByText('Nothing here.').waitFor();
    await banned.getByLabel('Key of a person').fill(publicKeyOf(DORA));
    await banned.getByLabel('Reason').fill('spam');
    await banned.getByRole('button', { name: 'Ban' }).click();
    await banned.getByText('spam').waitFor();
    await page.locator('[data-texts]').getByLabel('Name', { exact: true }).fill('Relay of Dora');
    await page.getByRole('button', { name: 'Save changes Name' }).click();
    await shot(page, 'admin');
    await banned.getByRole('button', { name: /^Lift/ }).click();
    await banned.getByText('Nothing here.').waitFor();
    await page.goto('/about');
    await page.getByRole('link', { name: 'Relay of Dora' }).waitFor();
  } finally {
    await relay.stop();
  }
});
