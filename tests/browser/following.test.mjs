/** A list that lies elsewhere is not lost when somebody follows a community here; a relay that wants to know who writes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { now } from '../../web/assets/js/bytes.js';
import { publicKeyOf } from '../../web/assets/js/event.js';
import { nsecOf } from '../../web/assets/js/keyfile.js';
import { Relay } from '../../web/assets/js/relay.js';
import { startRelay } from './relay.mjs';
import { begin, here, signIn, withExtension } from './support.mjs';
import { follows, note, person, publishAll } from './world.mjs';

begin();

const NONE = 'No list of yours was found here.';
const SILENT = 'Some of your relays did not answer.';
const SILENT_RELAY = 'ws://silent.example/';

const follow = (page) => page.getByRole('button', { name: 'Follow', exact: true });
const following = (page) => page.getByRole('button', { name: 'Following' });
const confirming = (page) => page.getByRole('dialog', { name: 'You sign this' });

/** What somebody follows who has been here for years. */
function longList(secret) {
  const others = Array.from({ length: 20 }, (_, at) => ({ id: String(at).padStart(64, 'a') }));
  return follows(secret, others, [['g', 'DE:Kiel', 'city']]);
}

/** The list that a relay has, as soon as it names this community. */
async function listAt(url, author, community) {
  const relay = new Relay(url);
  const filter = { kinds: [10037], authors: [author] };
  try {
    return await new Promise((resolve) => {
      relay.listen([filter], (event) => event.tags.some(([, id]) => id === community) && resolve(event));
    });
  } finally {
    relay.close();
  }
}

async function communityPage(context) {
  const page = await context.newPage();
  await page.goto(`/c/${here.world.luebeck.id}`);
  return page;
}

/** Presses "Follow", and signs in with the extension. */
async function followWithExtension(page) {
  await follow(page).click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
}

async function elsewhere(use) {
  const relay = await startRelay();
  try {
    await use(relay);
  } finally {
    await relay.stop();
  }
}

test('a longer list at a relay that the person writes to is kept, with a key that they bring', () => elsewhere(async (other) => {
  const secret = person(70);
  const list = longList(secret);
  const older = follows(secret, [here.world.strange]);
  const relays = note(secret, 10002, [['r', other.ws], ['r', 'ws://127.0.0.1:1/', 'read']]);
  await publishAll(here.relay.ws, [relays, note(secret, 10037, older.tags, '', list.created_at - 60)]);
  await publishAll(other.ws, [list]);
  const page = await communityPage(await here.visitor());
  await follow(page).click();
  await page.getByText('I have a key').click();
  await page.getByLabel('Your key, or the text').fill(nsecOf(secret));
  await page.getByRole('button', { name: 'Use this key' }).click();
  await following(page).waitFor();
  const { id } = here.world.luebeck;
  for (const { ws } of [here.relay, other]) {
    const { tags } = await listAt(ws, publicKeyOf(secret), id);
    assert.deepEqual(tags, [...list.tags, ['e', id]]);
  }
}));

test('a list at a relay that the extension knows is kept, and one that names the community already is brought here', () => elsewhere(async (other) => {
  const [secret, second] = [person(71), person(72)];
  const list = longList(secret);
  const complete = follows(second, [here.world.room, here.world.luebeck]);
  await publishAll(other.ws, [list, complete]);
  const { id } = here.world.luebeck;
  const context = await here.visitor();
  const pubkey = await withExtension(context, { secret, relays: { [other.ws]: { read: true, write: true } } });
  const page = await communityPage(context);
  await followWithExtension(page);
  await following(page).waitFor();
  for (const { ws } of [here.relay, other]) assert.deepEqual((await listAt(ws, pubkey, id)).tags, [...list.tags, ['e', id]]);

  const next = await here.visitor();
  await withExtension(next, { secret: second, relays: { [other.ws]: { read: true, write: true } } });
  const again = await communityPage(next);
  await followWithExtension(again);
  await following(again).waitFor();
  assert.equal((await listAt(here.relay.ws, publicKeyOf(second), id)).id, complete.id);
}));

test('the button shows what the person follows at the relays that they write to', () => elsewhere(async (other) => {
  const { id } = here.world.luebeck;
  const [secret, second] = [person(76), person(77)];
  const stale = (of, list) => note(of, 10037, list.tags, '', now() - 3_600);
  const writes = (of, url) => note(of, 10002, [['r', url], ['r', SILENT_RELAY, 'read']]);
  // Followed since, there; and left since, there.
  await publishAll(here.relay.ws, [writes(secret, other.ws), writes(second, other.ws), stale(second, follows(second, [{ id }]))]);
  await publishAll(other.ws, [follows(secret, [{ id }]), follows(second, [here.world.room])]);
  const page = await signIn(await here.visitor(), secret);
  await page.goto(`/c/${id}`);
  await following(page).waitFor();
  const slow = await here.visitor();
  let answers = () => {};
  const answered = new Promise((resolve) => { answers = resolve; });
  await slow.routeWebSocket(`${other.ws}/`, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage(async (message) => {
      await answered;
      server.send(message);
    });
  });
  const left = await signIn(slow, second);
  await left.goto(`/c/${id}`);
  await following(left).waitFor();
  answers();
  await follow(left).waitFor();
  // A relay that does not answer changes nothing of what is known here.
  const third = person(78);
  await publishAll(here.relay.ws, [writes(third, SILENT_RELAY), follows(third, [{ id }])]);
  const context = await here.visitor();
  await context.routeWebSocket(SILENT_RELAY, () => {});
  const waiting = await signIn(context, third);
  await waiting.goto(`/c/${id}`);
  await following(waiting).waitFor();
}));

test('who has no list anywhere, and a key from elsewhere, is asked first', async () => {
  const context = await here.visitor();
  const secret = person(73);
  const pubkey = await withExtension(context, { secret });
  const page = await communityPage(context);
  await followWithExtension(page);
  await confirming(page).getByText(NONE).waitFor();
  assert.equal(await confirming(page).getByText(SILENT).isVisible(), false);
  await page.getByRole('button', { name: 'Not now' }).click();
  await confirming(page).waitFor({ state: 'detached' });
  const relay = new Relay(here.relay.ws);
  assert.deepEqual(await relay.ask([{ kinds: [10037], authors: [pubkey] }]), []);
  relay.close();
  await follow(page).click();
  await confirming(page).getByText(NONE).waitFor();
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await following(page).waitFor();
  // From now on there is a list, and nothing to ask about it.
  await following(page).click();
  await confirming(page).getByText('You no longer follow').waitFor();
  assert.equal(await confirming(page).getByText(NONE).isVisible(), false);
});

test('a relay that does not answer is named before a list is signed, and a forged list is none', async () => {
  const context = await here.visitor();
  await context.routeWebSocket(SILENT_RELAY, () => {});
  const forged = { ...follows(person(75), [here.world.room]), created_at: now() + 1 };
  const forger = 'ws://forger.example/';
  await context.routeWebSocket(forger, (socket) => socket.onMessage((text) => {
    const [verb, name] = JSON.parse(text);
    if (verb !== 'REQ') return;
    socket.send(JSON.stringify(['EVENT', name, { ...forged, pubkey: publicKeyOf(person(74)) }]));
    socket.send(JSON.stringify(['EOSE', name]));
  }));
  const relays = { [SILENT_RELAY]: { write: true }, [forger]: { write: true } };
  const secret = person(74);
  const pubkey = await withExtension(context, { secret, relays });
  await publishAll(here.relay.ws, [follows(secret, [here.world.strange])]);
  const page = await communityPage(context);
  await followWithExtension(page);
  await confirming(page).getByText(SILENT).waitFor();
  assert.equal(await confirming(page).getByText(NONE).isVisible(), false);
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await following(page).waitFor();
  const { id } = here.world.luebeck;
  assert.deepEqual((await listAt(here.relay.ws, pubkey, id)).tags, [['e', here.world.strange.id], ['e', id]]);
});

test('a relay that wants to know who writes is told, with the key of the person (NIP-42)', async () => {
  const strict = await startRelay({ KITH_RELAY_POLICY_AUTH_REQUIRED: 'true' });
  try {
    const page = await (await here.visitor()).newPage();
    await page.goto('/account');
    await page.locator('[data-do="sign-in"]').click();
    await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
    await page.getByText('You stay signed in here').waitFor();
    // It asks its own relay what the person says of themselves, and nothing later.
    await page.getByRole('button', { name: 'Publish profile' }).waitFor();
    const sent = [];
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => {
      if (socket.url().startsWith(strict.ws)) sent.push(JSON.parse(payload)[0]);
    }));
    // Such a relay shows no pages to strangers, so a page of another one is taken.
    const { taken, refused } = await page.evaluate(async (relay) => {
      document.documentElement.dataset.relay = relay;
      const base = document.querySelector('script[type=module]').src;
      const { signer } = await import(new URL('account.js', base).href);
      const { publish } = await import(new URL('publish.js', base).href);
      const who = await signer();
      const drafts = ['one', 'two'].map((content) => ({ kind: 1, tags: [], content }));
      return publish(await Promise.all(drafts.map((draft) => who.sign(draft))));
    }, strict.ws);
    assert.deepEqual(refused, []);
    assert.deepEqual(taken.map(({ content }) => content), ['one', 'two']);
    assert.deepEqual(sent, ['EVENT', 'AUTH', 'EVENT', 'EVENT']);
    await page.close();
  } finally {
    await strict.stop();
  }
});
