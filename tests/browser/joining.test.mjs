/** Somebody who has never heard of Nostr finds a meetup, says that they come, and comes back tomorrow. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { launchIn } from './browser.mjs';
import { begin, here, meetupPage, sayYes, sign } from './support.mjs';
import { BEN, HOSTILE, addressOf, comment, publishAll, rsvp } from './world.mjs';

begin();

test('search, meetup, key in two clicks, answer, live on a second browser, calendar, still signed in', async () => {
  const watching = await meetupPage(await here.visitor());
  const folder = await mkdtemp(join(tmpdir(), 'kith-profile-'));
  try {
    const first = await launchIn(folder, { baseURL: here.relay.url });
    const page = await first.newPage();
    await page.goto('/');
    await page.getByLabel('Where').fill('Lübeck');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: 'Stammtisch im Ratskeller' }).click();
    let clicks = 0;
    await page.exposeFunction('clicked', () => { clicks += 1; });
    await page.evaluate(() => addEventListener('click', () => window.clicked(), true));
    await sayYes(page, 'Dora');
    // The name is a key pressed, not a click; a field that is tapped is not counted by people.
    await page.waitForFunction(() => document.querySelector('[data-account]').textContent === 'Dora');
    assert.equal(clicks, 2);
    await watching.locator('#attendees').getByRole('link', { name: 'Dora' }).waitFor();
    await watching.getByText('2 going').waitFor();
    const ics = await page.getByRole('link', { name: 'iCalendar' }).getAttribute('href');
    const calendar = await (await page.request.get(ics)).text();
    assert.match(calendar, /SUMMARY:Stammtisch im Ratskeller/);
    const dora = await page.evaluate(() => JSON.parse(localStorage.getItem('kith.account')).npub);
    const agenda = await (await page.request.get(`/api/v1/people/${dora}/agenda.ics`)).text();
    assert.match(agenda, /SUMMARY:Stammtisch im Ratskeller/);
    const path = new URL(page.url()).pathname;
    await first.close();

    const again = await launchIn(folder, { baseURL: here.relay.url });
    const later = await again.newPage();
    await later.goto(path);
    await later.getByText('You are coming.').waitFor();
    await later.getByRole('button', { name: 'I can’t' }).click();
    await sign(later, 'You say that you are not going');
    await later.getByText('You are not coming.').waitFor();
    await watching.locator('#attendees').getByRole('link', { name: 'Dora' }).waitFor({ state: 'detached' });
    await again.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('guests and a note are sent, shown on return, and refused where they are too many', async () => {
  const page = await meetupPage(await here.visitor(), 'Workshop: your first node');
  await page.getByText('Guests and a note').click();
  await page.getByLabel('How many others').fill('3');
  await page.getByLabel('A word to the organizers').fill('We bring cables');
  await page.getByRole('button', { name: 'I’m coming' }).click();
  const field = page.getByLabel('How many others');
  await page.locator('.problem').first().waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await field.fill('1');
  await page.getByRole('button', { name: 'I’m coming' }).click();
  await page.getByRole('dialog').getByText('bring 1 guest').waitFor();
  await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
  // Ben and his guest have both seats.
  await page.getByText('You are on the waiting list.').waitFor();
  await page.getByRole('heading', { name: 'Waiting list' }).waitFor();
  await page.getByText('2 of 2 seats are taken').waitFor();
  await page.reload();
  await page.getByText('You are on the waiting list.').waitFor();
  await page.getByText('Guests and a note').click();
  assert.equal(await page.getByLabel('How many others').inputValue(), '1');
  assert.equal(await page.getByLabel('A word to the organizers').inputValue(), 'We bring cables');
  // Ben declines: whoever waits moves up, live.
  const newer = rsvp(BEN, here.world.seats, 'declined');
  await publishAll(here.relay.ws, [newer]);
  await page.getByText('You are coming.').waitFor();
});

test('comments are written, answered, and appear for others', async () => {
  const watching = await meetupPage(await here.visitor());
  const page = await meetupPage(await here.visitor());
  await page.getByLabel('Your comment').fill('Is it <b>far</b> from the station?');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByLabel('Your name').fill('Emil');
  await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
  await watching.getByText('Is it <b>far</b> from the station?').waitFor();
  await page.locator('li', { hasText: 'Is there a vegetarian menu?' }).getByRole('button', { name: 'Reply' }).click();
  await page.getByText('You answer').waitFor();
  await page.getByLabel('Your comment').fill('Yes, I asked.');
  await page.getByRole('button', { name: 'Send' }).click();
  await sign(page, 'You write a comment');
  await watching.locator('li.reply', { hasText: 'Yes, I asked.' }).waitFor();
  // What is half written stays when others write.
  await page.getByLabel('Your comment').fill('half a sent');
  await publishAll(here.relay.ws, [comment(BEN, here.world.stammtisch, HOSTILE)]);
  await page.locator('#said').getByText('txt.exe').waitFor();
  assert.equal(await page.getByLabel('Your comment').inputValue(), 'half a sent');
});

test('a community is followed without losing anything of the list, and left', async () => {
  const context = await here.visitor();
  const page = await context.newPage();
  await page.goto(`/c/${here.world.luebeck.id}`);
  await page.getByRole('button', { name: 'Follow' }).click();
  await page.getByText('You follow “').waitFor();
  await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
  await page.getByRole('button', { name: 'Following' }).waitFor();
  // Another device of theirs adds something.
  await page.evaluate(async (other) => {
    const base = document.querySelector('script[type=module]').src;
    const { signer } = await import(new URL('account.js', base).href);
    const { publish } = await import(new URL('publish.js', base).href);
    const who = await signer();
    const tags = [['g', 'DE:Kiel', 'city'], ['e', other], ['e', document.querySelector('[data-community]').dataset.community]];
    const created_at = Math.floor(Date.now() / 1000) + 5;
    await publish([await who.sign({ kind: 10037, tags, content: 'living here', created_at })]);
    window.author = who.pubkey;
  }, here.world.room.id);
  const author = await page.evaluate(() => window.author);
  await page.getByRole('button', { name: 'Following' }).click();
  await sign(page, 'You no longer follow');
  await page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
  const { Relay } = await import('../../web/assets/js/relay.js');
  const relay = new Relay(here.relay.ws);
  const [list] = await relay.ask([{ kinds: [10037], authors: [author] }]);
  relay.close();
  assert.deepEqual(list.tags, [['g', 'DE:Kiel', 'city'], ['e', here.world.room.id]]);
  assert.equal(list.content, 'living here');
});

test('the chat is read back, written, and live', async () => {
  const path = `/c/${here.world.luebeck.id}`;
  const watching = await (await here.visitor()).newPage();
  await watching.goto(path);
  await watching.getByText('Message 45 of a long evening').waitFor();
  assert.equal(await watching.getByText('Message 3 of a long evening').count(), 0);
  // Before its scripts begin, the link leads to a page of older messages.
  await watching.locator('.scripted').waitFor();
  await watching.getByRole('link', { name: 'Older messages' }).click();
  await watching.getByText('Message 3 of a long evening').waitFor();
  const page = await (await here.visitor()).newPage();
  await page.goto(path);
  await page.getByRole('button', { name: 'Follow', exact: true }).click();
  await page.getByLabel('Your name').fill('Frida');
  await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
  await page.getByRole('button', { name: 'Following' }).waitFor();
  await page.getByLabel('Your message').fill('Hello everybody');
  await page.getByRole('button', { name: 'Send' }).click();
  await sign(page, 'You write in the chat');
  await watching.locator('#messages').getByText('Hello everybody').waitFor();
  await watching.locator('#messages').getByRole('link', { name: 'Frida' }).waitFor();
});

test('a meetup that is over or called off takes no answers', async () => {
  const page = await (await here.visitor()).newPage();
  await page.goto(`/c/${here.world.luebeck.id}`);
  for (const title of ['Boat trip', 'Summer barbecue']) {
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'I’m coming' }).count(), 0);
    await page.goBack();
  }
  assert.match(addressOf(here.world.past), /^31923:/);
});
