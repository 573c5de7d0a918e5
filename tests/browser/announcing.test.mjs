/** An organizer says something to many: to each a private message, once, also when the tab is closed in the middle. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { now } from '../../web/assets/js/bytes.js';
import { isTrue, publicKeyOf } from '../../web/assets/js/event.js';
import { conversationKey, decrypt } from '../../web/assets/js/nip44.js';
import { Relay } from '../../web/assets/js/relay.js';
import { accessible, validated } from './checks.mjs';
import { DEADLINE_MS } from './browser.mjs';
import { startRelay } from './relay.mjs';
import { begin, here, sign, signIn, withExtension } from './support.mjs';
import { community, follows, meetup, note, person, publishAll, rsvp } from './world.mjs';

begin();

const TEXT = 'Will you come on Friday?\nThe <b>kettle</b> is on.';

/**
 * A community of its own with a meetup: somebody who comes, somebody muted, and members who have not answered, each
 * with an inbox at the relay of `inboxOf`, or none.
 */
async function club(first, { silent = 4, inboxOf = () => here.relay.ws } = {}) {
  const owner = person(first);
  const made = community(owner, `Club ${first}`);
  const evening = meetup(owner, made, 'evening', { title: 'Evening of tea' });
  const people = Array.from({ length: silent + 2 }, (_, at) => person(first + 1 + at));
  const [coming, muted, ...quiet] = people;
  const list = (ending, of) => note(owner, 30000, [['d', `${made.id}${ending}`], ...of.map((one) => ['p', publicKeyOf(one)])]);
  const inbox = (one, at) => {
    const url = inboxOf(at - 2);
    return url ? [note(one, 10050, [['relay', url]])] : [];
  };
  await publishAll(here.relay.ws, [
    ...made.events, evening, list('', people), list(':blocked', [muted]), rsvp(coming, evening, 'accepted'),
    ...people.flatMap((one, at) => [
      follows(one, [made]), note(one, 0, [], JSON.stringify({ name: `Person ${at - 1}` })), ...inbox(one, at),
    ]),
  ]);
  return { owner, made, coming, muted, quiet, path: `/c/${made.id}/announce` };
}

/** The private messages that a person has at a relay, opened: what they say, and that they are what they say. */
async function messages(secret, url, author) {
  const relay = new Relay(url);
  const own = publicKeyOf(secret);
  const filter = { kinds: [1059], '#p': [own] };
  try {
    await relay.ask([filter]).catch(() => {});
    const tags = [['relay', url], ['challenge', relay.challenge]];
    assert.ok((await relay.say(note(secret, 22242, tags, '', now()), 'AUTH')).taken);
    const wraps = await relay.ask([filter]);
    return wraps.map((wrap) => {
      const open = (by, content) => JSON.parse(decrypt(conversationKey(secret, by), content));
      const seal = open(wrap.pubkey, wrap.content);
      assert.ok(isTrue(seal) && seal.kind === 13 && seal.pubkey === author && seal.tags.length === 0);
      assert.ok(wrap.created_at <= now() && seal.created_at <= now());
      const message = open(seal.pubkey, seal.content);
      assert.deepEqual([message.kind, message.pubkey, message.tags], [14, author, [['p', own]]]);
      assert.equal(message.sig, undefined);
      return message.content;
    });
  } finally {
    relay.close();
  }
}

/** Each of these has this text once. */
async function expectOnce(people, of, url = here.relay.ws, texts = [TEXT]) {
  for (const one of people) assert.deepEqual(await messages(one, url, publicKeyOf(of.owner)), texts);
}

/** Chooses the silent ones, and writes. */
async function written(page, of, text = TEXT) {
  await page.goto(of.path);
  await page.locator('.scripted').waitFor();
  await page.getByLabel('To whom').selectOption('silent');
  await page.getByText('Choose the meetup.').waitFor();
  await page.getByLabel('Which meetup').selectOption({ index: 1 });
  await page.getByText(/^It goes to/).waitFor();
  await page.getByLabel('What you say').fill(text);
}

async function sent(page, shown) {
  await page.getByRole('button', { name: 'Send to all of them' }).click();
  await sign(page, shown);
}

/** What a number on the card says. */
function counted(page, name) {
  return page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) }).locator('dd');
}

async function until(is) {
  const end = Date.now() + DEADLINE_MS;
  while (!is()) {
    if (Date.now() > end) throw new Error('it did not come');
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

test('members who have not answered a meetup get a message each, and nobody else does', async () => {
  const of = await club(100, { silent: 4, inboxOf: (at) => (at === 3 ? null : here.relay.ws) });
  const page = await signIn(await here.visitor(), of.owner);
  await page.goto(`/c/${of.made.id}`);
  await page.locator('.organizer').getByRole('link', { name: 'Announce' }).click();
  await page.getByText('It goes to 5 people. 1 of them does not say here where to receive').waitFor();
  // What is missing stands beside its field.
  await page.getByLabel('To whom').selectOption('going');
  await page.getByRole('button', { name: 'Send to all of them' }).click();
  await page.locator('#meetup[aria-invalid="true"]').waitFor();
  await page.locator('#text[aria-invalid="true"]').waitFor();
  await written(page, of);
  await page.getByText('It goes to 4 people.').waitFor();
  await sent(page, 'to each of 4 people');
  await page.getByText('It is sent.').waitFor();
  assert.equal(await counted(page, 'Reached').innerText(), '3');
  assert.equal(await counted(page, 'Receive no messages').innerText(), '1');
  await page.getByRole('link', { name: 'Person 4' }).waitFor();
  await expectOnce(of.quiet.slice(0, 3), of);
  await expectOnce([of.coming, of.muted, of.quiet[3]], of, here.relay.ws, []);
  // The same words go to nobody twice.
  await written(page, of);
  await sent(page, 'to each of 4 people');
  await page.getByText('It is sent.').waitFor();
  await expectOnce(of.quiet.slice(0, 3), of);
  await page.reload();
  await page.locator('.scripted').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Announcement' }).count(), 0);
});

test('a tab that is closed in the middle goes on later, and nobody gets it twice', async () => {
  const of = await club(120, { silent: 12 });
  const context = await here.visitor();
  const page = await signIn(context, of.owner);
  // The relay takes all of them, and its answers are lost after the third.
  let taken = 0;
  const under = new Set();
  await page.routeWebSocket(/^ws:/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const [verb, event] = JSON.parse(text);
      if (verb === 'EVENT' && event.kind === 1059) under.add(event.id);
      server.send(text);
    });
    server.onMessage((text) => {
      const [verb, id] = JSON.parse(text);
      if (verb === 'OK' && under.has(id)) {
        taken += 1;
        if (taken > 3) return;
      }
      socket.send(text);
    });
  });
  await written(page, of);
  await sent(page, 'to each of 12 people');
  await until(() => taken >= 6);
  await counted(page, 'Reached').filter({ hasText: '3' }).waitFor();
  await page.close();

  const again = await context.newPage();
  await again.goto(of.path);
  await again.getByText('It is not finished.').waitFor();
  assert.equal(await counted(again, 'Reached').innerText(), '3');
  assert.equal(await again.locator('blockquote').innerText(), TEXT);
  await again.getByRole('button', { name: 'Go on' }).click();
  await sign(again, 'to each of 12 people');
  await again.getByText('It is sent.').waitFor();
  assert.equal(await counted(again, 'Reached').innerText(), '12');
  await expectOnce(of.quiet, of);
});

test('it can be stopped, is not lost, and can be forgotten', async () => {
  const of = await club(140, { silent: 10 });
  const page = await signIn(await here.visitor(), of.owner);
  let isHeld = true;
  const held = [];
  await page.routeWebSocket(/^ws:/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((text) => {
      if (isHeld && JSON.parse(text)[0] === 'OK') held.push(() => socket.send(text));
      else socket.send(text);
    });
  });
  await written(page, of);
  await sent(page, 'to each of 10 people');
  await until(() => held.length >= 8);
  await page.getByRole('button', { name: 'Stop' }).click();
  isHeld = false;
  for (const release of held) release();
  await page.getByText('It is not finished.').waitFor();
  const reached = Number(await counted(page, 'Reached').innerText());
  assert.ok(reached >= 8 && reached < 10, String(reached));
  assert.equal(await counted(page, 'Still to do').innerText(), String(10 - reached));
  await page.reload();
  await page.getByText('It is not finished.').waitFor();
  await page.getByRole('button', { name: 'Forget it' }).click();
  await page.getByRole('heading', { name: 'Announcement' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.locator('.scripted').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Announcement' }).count(), 0);
});

test('who has an inbox at a relay that is down is named, and reached when it is back', async () => {
  const other = await startRelay();
  try {
    const of = await club(160, { silent: 3, inboxOf: (at) => (at === 1 ? other.ws : here.relay.ws) });
    const page = await signIn(await here.visitor(), of.owner);
    let isDown = true;
    await page.routeWebSocket(new RegExp(`^${other.ws}`), (socket) => {
      if (isDown) socket.close();
      else socket.connectToServer();
    });
    await written(page, of);
    await sent(page, 'to each of 3 people');
    await page.getByText('Not everybody could be reached.').waitFor();
    assert.equal(await counted(page, 'Reached').innerText(), '2');
    assert.equal(await counted(page, 'Not reached').innerText(), '1');
    await page.getByRole('listitem').filter({ hasText: 'Person 2' }).filter({ hasText: other.ws }).waitFor();
    isDown = false;
    await page.getByRole('button', { name: 'Go on' }).click();
    await sign(page, 'to each of 3 people');
    await page.getByText('It is sent.').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Person 2' }).count(), 0);
    await expectOnce([of.quiet[0], of.quiet[2]], of);
    await expectOnce([of.quiet[1]], of, other.ws);
  } finally {
    await other.stop();
  }
});

test('an extension that declines ends it, and what was sent before is not sent again', async () => {
  const of = await club(180, { silent: 4 });
  const context = await here.visitor();
  let seals = 0;
  let isPatient = false;
  const declines = ({ kind }) => kind === 13 && (seals += 1) > 2 && !isPatient;
  await withExtension(context, { secret: of.owner, declines });
  const page = await context.newPage();
  await written(page, of);
  await page.getByRole('button', { name: 'Send to all of them' }).click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
  await sign(page, 'to each of 4 people');
  await page.getByText('Your signer refused, or cannot encrypt.').waitFor();
  assert.equal(await counted(page, 'Reached').innerText(), '2');
  isPatient = true;
  await page.getByRole('button', { name: 'Go on' }).click();
  await sign(page, 'to each of 4 people');
  await page.getByText('It is sent.').waitFor();
  await expectOnce(of.quiet, of);
});

test('nip07_03_an_extension_that_cannot_encrypt_sends_nothing_and_is_not_asked_for_anything_older', async () => {
  const of = await club(190, { silent: 2 });
  const context = await here.visitor();
  await withExtension(context, { secret: of.owner });
  await context.addInitScript(() => {
    delete window.nostr.nip44;
    window.nostr.nip04 = { encrypt: async () => { window.isOld = true; return 'AAAA?iv=AAAA'; } };
  });
  const page = await context.newPage();
  await written(page, of);
  await page.getByRole('button', { name: 'Send to all of them' }).click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
  await sign(page, 'to each of 2 people');
  await page.getByText('Your signer refused, or cannot encrypt.').waitFor();
  assert.ok(!await page.evaluate(() => window.isOld));
  assert.equal(await counted(page, 'Reached').innerText(), '0');
});

test('a signer elsewhere seals, and others than organizers are told that it is not theirs', async () => {
  const bunker = await here.signer([]);
  const of = await club(39, { silent: 0 });
  // The signer of the tests signs for person 40, who comes to the meetup.
  const own = community(of.coming, 'Small club');
  const friend = person(200);
  await publishAll(here.relay.ws, [
    ...own.events, follows(friend, [own]), note(friend, 10050, [['relay', here.relay.ws]]),
  ]);
  const page = await (await here.visitor()).newPage();
  await page.goto(of.path);
  await page.getByLabel('What you say').fill(TEXT);
  await page.getByRole('button', { name: 'Send to all of them' }).click();
  await page.getByText('My key is on my phone').click();
  await page.getByLabel('Address of the signer').fill(bunker);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('is somebody else’s').waitFor();
  await page.goto(`/c/${own.id}/announce?audience=followers`);
  await page.getByText('It goes to 1 person.').waitFor();
  await page.getByLabel('What you say').fill(TEXT);
  await sent(page, 'to 1 person');
  await page.getByText('It is sent.').waitFor();
  await expectOnce([friend], { owner: of.coming });
});

test('the page is accessible, valid, and says without scripts what sending needs', async () => {
  const of = await club(210, { silent: 2, inboxOf: () => null });
  const plain = await (await here.visitor({ javaScriptEnabled: false })).newPage();
  const first = await (await plain.goto(of.path)).text();
  assert.match(first, /<noscript><p class="notice">Sending needs JavaScript, and a key to sign with/);
  assert.equal(await plain.getByLabel('What you say').isVisible(), false);
  assert.equal(await plain.getByRole('button', { name: 'Send to all of them' }).isVisible(), false);
  await plain.getByLabel('To whom').selectOption('silent');
  await plain.getByLabel('Which meetup').selectOption({ index: 1 });
  await plain.getByRole('button', { name: 'How many are these?' }).click();
  await plain.getByText('It goes to 2 people.').waitFor();
  assert.equal(new URL(plain.url()).searchParams.has('text'), false);
  for (const language of ['en', 'de', 'fr', 'es', 'pt', 'ja']) {
    const path = `${of.path}?lang=${language}`;
    const answer = await fetch(here.relay.url + path);
    assert.match(answer.headers.get('content-security-policy'), /connect-src 'self' [^;]* wss:/);
    assert.deepEqual(await validated(await answer.text(), path), []);
  }
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      const context = await here.visitor({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      const page = await signIn(context, of.owner);
      await written(page, of);
      await accessible(page, `${colorScheme}, ${width}`);
      await sent(page, 'to each of 2 people');
      await page.getByText('It is sent.').waitFor();
      await page.getByRole('link', { name: 'Person 2' }).waitFor();
      await accessible(page, `sent, ${colorScheme}, ${width}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${colorScheme}, ${width}: ${wide} pixels wide`);
      await context.close();
    }
  }
});
