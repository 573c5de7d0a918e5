/** What comes and goes is on the page without anybody asking for it, and costs little where many look. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { now } from '../../web/assets/js/bytes.js';
import { begin, here, meetupPage } from './support.mjs';
import { CLARA, addressOf, comment, follows, note, person, publishAll, rsvp } from './world.mjs';

begin();

const DAVE = person(80);

const publish = (...events) => publishAll(here.relay.ws, events);

/** A deletion (NIP-09), by id or by address, as other clients write it: without saying of which kind. */
const deletion = (secret, ...tags) => note(secret, 5, tags, '', now());

test('a comment, an answer and a message that their author takes back are gone on every page', async () => {
  const { luebeck, stammtisch, room } = here.world;
  const answer = rsvp(DAVE, stammtisch, 'accepted');
  const said = comment(DAVE, stammtisch, 'I bring a cake', now() - 200);
  const message = note(CLARA, 42, [['e', room.id, '', 'root']], 'Anybody here?', now() - 90);
  await publish(note(DAVE, 0, [], JSON.stringify({ name: 'Dave' })), answer, said, message, follows(DAVE, [luebeck]));
  const page = await meetupPage(await here.visitor());
  const chat = await (await here.visitor()).newPage();
  await chat.goto(`/c/${luebeck.id}`);
  await page.locator('.scripted').waitFor();
  await chat.locator('.scripted').waitFor();
  const going = page.locator('#attendees').getByRole('link', { name: 'Dave' });
  await going.waitFor();
  await page.getByText('I bring a cake').waitFor();
  await chat.getByText('Anybody here?').waitFor();
  await publish(deletion(DAVE, ['e', said.id]), deletion(CLARA, ['e', message.id]));
  await page.getByText('I bring a cake').waitFor({ state: 'detached' });
  await chat.getByText('Anybody here?').waitFor({ state: 'detached' });
  await publish(deletion(DAVE, ['a', `31925:${answer.pubkey}:answer to ${addressOf(stammtisch)}`]));
  await going.waitFor({ state: 'detached' });
});

test('what came while the page was open can be taken back too', async () => {
  const { stammtisch } = here.world;
  const page = await meetupPage(await here.visitor());
  await page.locator('.scripted').waitFor();
  const erin = person(81);
  const said = comment(erin, stammtisch, 'Which door is it?', now());
  await publish(said);
  await page.getByText('Which door is it?').waitFor();
  // Nobody else of this name was on the page before: it listens for them since the comment came.
  await publish(deletion(erin, ['e', said.id]));
  await page.getByText('Which door is it?').waitFor({ state: 'detached' });
});

test('a page that nobody sees asks for nothing, and is current as soon as somebody does', async () => {
  const context = await here.visitor();
  await context.addInitScript(() => {
    let isHidden = false;
    Object.defineProperty(document, 'hidden', { get: () => isHidden });
    window.setHidden = (hidden) => {
      isHidden = hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    };
    // Its turn comes at once.
    Math.random = () => 0;
    window.heard = 0;
    const { WebSocket } = window;
    window.WebSocket = class extends WebSocket {
      constructor(...given) {
        super(...given);
        this.addEventListener('message', ({ data }) => { window.heard += Number(data.includes('Hidden away')); });
      }
    };
  });
  const page = await meetupPage(context, 'Workshop: your first node');
  await page.locator('.scripted').waitFor();
  const { seats } = here.world;
  // What is on it is current before anything is counted.
  await publish(comment(CLARA, seats, 'Before', now()));
  await page.getByText('Before').waitFor();
  const asked = [];
  page.on('request', (request) => { if (request.url() === page.url()) asked.push(request.headers()); });
  await page.evaluate(() => window.setHidden(true));
  await publish(comment(DAVE, seats, 'Hidden away', now()));
  await page.waitForFunction(() => window.heard > 0);
  await page.evaluate(() => new Promise((resolve) => { setTimeout(resolve); }));
  assert.equal(asked.length, 0);
  assert.equal(await page.getByText('Hidden away').count(), 0);
  await page.evaluate(() => window.setHidden(false));
  await page.getByText('Hidden away').waitFor();
});

test('a browser that has the page already is told so without it', async () => {
  const path = `${here.relay.url}/m/${encodeURIComponent(addressOf(here.world.cancelled))}`;
  const first = await fetch(path);
  const again = await fetch(path, { headers: { 'If-None-Match': first.headers.get('etag') } });
  assert.deepEqual([first.status, again.status, await again.text()], [200, 304, '']);
});
