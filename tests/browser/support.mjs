/** What the tests of pages share: one relay with one world, one browser, and words on the pages. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before } from 'node:test';

import { publicKeyOf, signWith } from '../../web/assets/js/event.js';
import { nsecOf } from '../../web/assets/js/keyfile.js';
import { conversationKey, encrypt } from '../../web/assets/js/nip44.js';
import { expectNothingWrong, launch, visitor } from './browser.mjs';
import { startRelay } from './relay.mjs';
import { person, publishAll, world } from './world.mjs';

export const here = {};

/** Starts everything (the relay with `settings`) before the tests of a file, and ends it after them; after each, nothing may be wrong. */
export function begin(options = {}) {
  const contexts = [];
  const children = [];
  before(async () => {
    here.relay = await startRelay(options.settings);
    here.world = await world(options);
    await publishAll(here.relay.ws, here.world.events);
    here.browser = await launch();
    here.visitor = async (options) => {
      const context = await visitor(here.browser, { baseURL: here.relay.url, ...options });
      contexts.push(context);
      return context;
    };
    /** A remote signer; gives the first line that it writes. */
    here.signer = async (args, env = {}) => {
      const program = fileURLToPath(new URL('signer.mjs', import.meta.url));
      const child = spawn(process.execPath, ['--experimental-websocket', '--no-warnings', program, here.relay.ws, ...args], {
        env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      return new Promise((resolve, reject) => {
        createInterface({ input: child.stdout }).once('line', resolve);
        child.once('exit', (code) => reject(new Error(`the signer ended with ${code}`)));
      });
    };
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    for (const child of children.splice(0)) child.kill();
    expectNothingWrong();
  });
  after(async () => {
    await here.browser?.close();
    await here.relay?.stop();
  });
}

/** The page of a meetup, found as people find it. */
export async function meetupPage(context, title = 'Stammtisch im Ratskeller') {
  const page = await context.newPage();
  await page.goto('/search?near=L%C3%BCbeck');
  await page.getByRole('link', { name: title }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  return page;
}

/** Says yes, and makes a key in the browser: two clicks. */
export async function sayYes(page, name) {
  await page.getByRole('button', { name: 'I’m coming' }).click();
  if (name) await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
  await page.getByText('You are coming.').waitFor();
}

/** Signs in with a key that somebody has. */
export async function signIn(context, secret) {
  const page = await context.newPage();
  await page.goto('/account');
  await page.locator('[data-do="sign-in"]').click();
  await page.getByText('I have a key').click();
  await page.getByLabel('Your key, or the text').fill(nsecOf(secret));
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.getByText('You stay signed in here').waitFor();
  return page;
}

/** Signs what is shown. */
export async function sign(page, shown) {
  const dialog = page.getByRole('dialog', { name: 'You sign this' });
  await dialog.getByText(shown).waitFor();
  await dialog.getByRole('button', { name: 'Sign and send' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Puts an extension into the browser (NIP-07) that signs with a key of the test; `relays` are those that it knows. */
export async function withExtension(context, { secret = person(50), lies = signWith, relays = {}, declines = () => false } = {}) {
  await context.exposeFunction('signHere', (draft) => {
    const { kind, tags, content, created_at } = draft;
    // Nothing but what a note is made of (NIP-07).
    if (Object.keys(draft).sort().join() !== 'content,created_at,kind,tags') throw new Error('that is more than a draft');
    if (declines(draft)) throw new Error('the person declined');
    return lies({ kind, tags, content, created_at }, secret);
  });
  await context.exposeFunction('encryptHere', (other, text) => encrypt(conversationKey(secret, other), text));
  await context.addInitScript(([pubkey, relays]) => {
    window.nostr = {
      getPublicKey: async () => pubkey,
      getRelays: async () => relays,
      signEvent: (draft) => window.signHere(draft),
      nip44: { encrypt: (other, text) => window.encryptHere(other, text) },
    };
  }, [publicKeyOf(secret), relays]);
  return publicKeyOf(secret);
}
