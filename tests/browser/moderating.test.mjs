/** People report, who runs a community decides, an administrator lets people in, and hosts find what is of use to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { publicKeyOf } from '../../web/assets/js/event.js';
import { Relay } from '../../web/assets/js/relay.js';
import { accessible } from './checks.mjs';
import { startRelay } from './relay.mjs';
import { begin, here, sign, withExtension } from './support.mjs';
import { ANNA, BEN, CLARA, meetup, note, person, publishAll } from './world.mjs';

begin();

const ADMINISTRATOR = person(42);
const DORA = person(41);

/** Somebody whose extension signs. */
async function as(secret, options = {}) {
  const context = await here.visitor(options);
  await withExtension(context, { secret });
  const page = await context.newPage();
  await page.goto('/account');
  await page.locator('[data-do="sign-in"]').click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
  await page.getByText('Your key is in an extension').waitFor();
  return page;
}

/** Fails where axe finds something, or where the page is wider than the screen. */
async function check(page, name) {
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${name} is ${wide} wide`);
    if (process.env.KITH_LOOK) {
      await page.screenshot({ path: `${process.env.KITH_LOOK}/${name}-${width}.png`, fullPage: true });
    }
    await accessible(page, `${name}, ${width}`);
  }
}

const message = (page, number) => page.getByRole('listitem').filter({ hasText: `Message ${number} of a long evening` });

test('nip56_04_a_report_arrives_and_the_owner_hides_what_it_is_about', async () => {
  const path = `/c/${here.world.luebeck.id}`;
  const watching = await (await here.visitor()).newPage();
  await watching.goto(path);
  await message(watching, 44).waitFor();

  const clara = await as(CLARA, { bypassCSP: true });
  await clara.goto(path);
  await message(clara, 44).getByRole('button', { name: 'Report Ben' }).click();
  const dialog = clara.getByRole('dialog', { name: 'Report' });
  await dialog.getByText('You report Ben').waitFor();
  await check(clara, 'report');
  await dialog.getByLabel('What is it?').selectOption('profanity');
  await dialog.getByLabel('In your own words').fill('Not nice at all');
  await dialog.getByRole('button', { name: 'Report' }).click();
  await sign(clara, 'You report something that was written in');
  await dialog.getByText('Thank you. Your report was sent.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();

  // Nobody but the owner reads the list.
  await clara.goto(`${path}/reports`);
  await clara.getByRole('button', { name: 'Show the reports' }).click();
  await clara.getByText('Only who runs the community reads its reports here.').waitFor();
  assert.equal(await clara.getByText('Not nice at all').count(), 0);

  const anna = await as(ANNA, { bypassCSP: true });
  await anna.goto(path);
  await anna.locator('.organizer').getByRole('link', { name: 'Reports' }).click();
  await anna.getByRole('button', { name: 'Show the reports' }).click();
  const reported = anna.locator('.reported').filter({ hasText: 'Message 44 of a long evening' });
  await reported.getByText('Not nice at all').waitFor();
  await reported.getByText('Hateful or abusive').waitFor();
  await check(anna, 'reports');
  await reported.locator('[data-draft="hide"]').getByLabel('Reason').fill('rude');
  await reported.getByRole('button', { name: 'Hide Ben' }).click();
  await sign(anna, 'You hide a message in the chat');
  await reported.locator('[data-draft="hide"]').getByText('Sent.').waitFor();
  await message(watching, 44).waitFor({ state: 'detached' });
});

test('a meetup and a community are reported, and who writes is muted from the page of reports', async () => {
  const { luebeck } = here.world;
  const proposed = meetup(DORA, luebeck, 'watches', { title: 'Cheap watches for all' });
  await publishAll(here.relay.ws, [proposed]);
  const ben = await as(BEN);
  await ben.goto(`/c/${luebeck.id}`);
  await ben.getByRole('link', { name: 'Cheap watches for all' }).click();
  const reporting = ben.getByRole('dialog', { name: 'Report' });
  await ben.getByRole('button', { name: 'Report Cheap watches for all' }).click();
  await reporting.getByRole('button', { name: 'Report' }).click();
  await reporting.locator('#report-type[aria-invalid="true"]').waitFor();
  await reporting.getByLabel('What is it?').selectOption('spam');
  await reporting.getByRole('button', { name: 'Report' }).click();
  await sign(ben, 'You report the meetup “\u2068Cheap watches for all\u2069”');
  await reporting.getByText('Your report was sent').waitFor();
  await ben.goto(`/c/${luebeck.id}`);
  await ben.getByRole('button', { name: 'Report Einundzwanzig Lübeck' }).click();
  await reporting.getByLabel('What is it?').selectOption('other');
  await reporting.getByRole('button', { name: 'Report' }).click();
  await sign(ben, 'You report the community');
  await reporting.getByText('Your report was sent').waitFor();

  const anna = await as(ANNA);
  await anna.goto(`/c/${luebeck.id}/reports`);
  await anna.getByRole('button', { name: 'Show the reports' }).click();
  const reported = anna.locator('.reported').filter({ hasText: 'Cheap watches for all' });
  await reported.getByRole('button', { name: /^Mute npub/ }).click();
  await sign(anna, 'You mute somebody');
  await reported.getByText('Sent.').waitFor();
  const visitor = await (await here.visitor()).newPage();
  await visitor.goto(`/c/${luebeck.id}`);
  await visitor.getByText('Stammtisch im Ratskeller').waitFor();
  assert.equal(await visitor.getByText('Cheap watches for all').count(), 0);
});

test('nip28_05_somebody_hides_a_person_from_the_own_eyes_only', async () => {
  const path = `/c/${here.world.luebeck.id}`;
  const page = await as(DORA);
  await page.goto(path);
  await message(page, 42).getByRole('button', { name: 'Report Ben' }).click();
  await page.getByRole('button', { name: 'Hide everything by them' }).click();
  await sign(page, 'You hide what somebody writes in chats');
  await message(page, 42).waitFor({ state: 'hidden' });
  await page.getByText('Some messages are hidden because you hid them.').waitFor();
  await message(page, 43).waitFor();
  await page.reload();
  await message(page, 42).waitFor({ state: 'hidden' });
  const other = await as(CLARA);
  await other.goto(path);
  await message(other, 42).waitFor();
});

test('nip43_09_an_administrator_invites_somebody_gives_a_role_and_sees_numbers_change', async () => {
  const relay = await startRelay({
    KITH_RELAY_POLICY_ADMINISTRATORS: publicKeyOf(ADMINISTRATOR),
    KITH_RELAY_POLICY_MEMBERS_ONLY: 'true',
  });
  try {
    const page = await as(ADMINISTRATOR, { baseURL: relay.url, bypassCSP: true });
    await page.goto('/admin');
    await page.getByRole('button', { name: 'Manage' }).click();
    const number = (name) => page.locator(`[data-number="${name}"]`);
    const becomes = (name, value) => number(name).filter({ hasText: new RegExp(`^${value}$`) }).waitFor();
    await number('connections').waitFor();
    await becomes('members', 0);

    const invites = page.locator('[data-invites]');
    for (const left of [1, 2]) {
      await invites.getByRole('button', { name: 'Make an invite' }).click();
      await invites.locator('[data-do="revokeinvite"]').nth(left - 1).waitFor();
    }
    const link = await invites.getByLabel('Link for one person').inputValue();
    await check(page, 'admin-invites');

    const newcomer = await as(DORA, { baseURL: relay.url, bypassCSP: true });
    await newcomer.goto(link);
    await check(newcomer, 'join');
    await newcomer.getByRole('button', { name: 'Join' }).click();
    await sign(newcomer, 'You ask to become a member of this relay');
    await newcomer.getByText('Welcome: you are a member now.').waitFor();
    await becomes('members', 1);
    // A code works once.
    const late = await as(CLARA, { baseURL: relay.url });
    await late.goto(link);
    await late.getByRole('button', { name: 'Join' }).click();
    await sign(late, 'You ask to become a member of this relay');
    await late.getByText('that invite code is not valid').waitFor();

    // Left is the one connection of this page.
    await newcomer.context().close();
    await late.context().close();
    await becomes('connections', 1);
    const sockets = [new Relay(relay.ws), new Relay(relay.ws)];
    await Promise.all(sockets.map((socket) => socket.ask([{ kinds: [1] }])));
    await becomes('connections', 3);
    for (const socket of sockets) socket.close();
    await becomes('connections', 1);
    const refused = Number(await number('refused').innerText());
    const stranger = new Relay(relay.ws);
    assert.equal((await stranger.say(note(BEN, 1, [], 'no member'))).taken, false);
    stranger.close();
    await becomes('refused', refused + 1);

    await page.goto('/admin');
    await page.getByRole('button', { name: 'Manage' }).click();
    await invites.locator('[data-do="revokeinvite"]').click();
    await invites.getByText('Nothing here.').waitFor();
    const roles = page.locator('[data-roles]');
    await roles.getByLabel('Short name').fill('host');
    await roles.getByLabel('Name', { exact: true }).fill('Hosts');
    await roles.getByRole('button', { name: 'Save the role' }).click();
    await roles.getByText('Hosts (host)').waitFor();
    const members = page.locator('[data-members]');
    await members.getByLabel('Key of a person').fill(publicKeyOf(DORA));
    await members.getByRole('button', { name: 'Give the role' }).click();
    await members.locator('.held').getByText('Hosts').waitFor();
    await check(page, 'admin-members');
    await members.getByRole('button', { name: /^Take away Hosts/ }).click();
    await members.locator('.held').getByText('Hosts').waitFor({ state: 'detached' });
    await members.getByRole('button', { name: /^End membership/ }).click();
    await members.getByText('Nothing here.').waitFor();
    await becomes('members', 0);
    await page.context().close();
  } finally {
    await relay.stop();
  }
});

test('numbers are read only while the page is seen', async () => {
  const relay = await startRelay({ KITH_RELAY_POLICY_ADMINISTRATORS: publicKeyOf(ADMINISTRATOR) });
  try {
    const page = await as(ADMINISTRATOR, { baseURL: relay.url });
    await page.goto('/admin');
    await page.getByRole('button', { name: 'Manage' }).click();
    const current = page.locator('[data-numbers][data-is-current]');
    await current.waitFor();
    const seen = (state) => page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
    await seen('hidden');
    await current.waitFor({ state: 'detached' });
    await seen('visible');
    await current.waitFor();
    await page.context().close();
  } finally {
    await relay.stop();
  }
});

test('who runs a meetup too is named, and finds who comes and nothing that only its author can do', async () => {
  const { luebeck } = here.world;
  const tags = [['p', publicKeyOf(BEN), '', 'Host'], ['p', publicKeyOf(CLARA), '', 'speaker']];
  const shared = meetup(ANNA, luebeck, 'shared', { title: 'Evening of two', tags });
  await publishAll(here.relay.ws, [shared]);
  const links = async (page) => {
    await page.goto(`/c/${luebeck.id}`);
    await page.getByRole('link', { name: 'Evening of two' }).click();
    await page.getByRole('heading', { level: 1, name: 'Evening of two' }).waitFor();
    await page.locator('.scripted').waitFor();
    return page.locator('.organizer a:visible').allInnerTexts();
  };
  const ben = await as(BEN, { bypassCSP: true });
  assert.deepEqual(await links(ben), ['Who comes', 'Announce a meetup of your own']);
  await check(ben, 'host');
  const hosts = ben.locator('.hosts + .people');
  await hosts.getByRole('link', { name: 'Ben' }).waitFor();
  assert.equal(await hosts.getByRole('link').count(), 1);
  await ben.getByRole('link', { name: 'Who comes' }).click();
  await ben.getByText('Nobody has answered yet.').waitFor();
  assert.deepEqual(await links(await as(ANNA)), ['Change the meetup', 'Who comes', 'Announce']);
  assert.deepEqual(await links(await as(CLARA)), []);
  const reader = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  await reader.goto(ben.url().replace('/attendees', ''));
  await reader.getByText('Run together with').waitFor();
  assert.equal(await reader.locator('main button:visible').count(), 0);
});
