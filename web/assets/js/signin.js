/**
 * Signing in: the dialog, and each of the ways.
 * @module
 */
import { keepAccount, account } from './account.js';
import { choice, complain, dialog, part, typed } from './dialogs.js';
import { extensionSigner, provider } from './extension.js';
import { thisAddress } from './relay.js';

/** @typedef {import('./account.js').Account} Account */
/** @typedef {import('./event.js').Signer} Signer */
/** @typedef {ReturnType<typeof import('./remote.js').invite>} Invitation */

/** The key of a person whom this browser forgets with the page. @type {Uint8Array | null} */
let ofPage = null;

/** Characters of a name. */
const NAME_MAX = 50;

/**
 * Asks a person who they are.
 * @param {{shown?: string}} what
 * @returns {Promise<Signer | null>}
 */
export async function signIn({ shown }) {
  const asking = await dialog('sign-in');
  /** @type {Signer | null} */
  let signer = null;
  /** @type {Invitation | undefined} */
  let invitation;
  sayWhat(asking, shown);
  part(asking, 'extension').hidden = !provider();
  const made = choice(asking, async (way) => {
    if (way === 'invite') {
      invitation?.close();
      invitation = await shownInvitation(asking);
      invitation.arrived.then(async (begun) => {
        signer = await keepRemote(begun);
        invitation = undefined;
        asking.close();
      }, (error) => complain(asking, error));
      return false;
    }
    signer = await byWay(asking, way);
    return signer !== null;
  });
  await made;
  invitation?.close();
  return signer;
}

/**
 * @param {HTMLDialogElement} asking
 * @param {string} way
 * @returns {Promise<Signer | null>}
 */
async function byWay(asking, way) {
  switch (way) {
    case 'new': return newKey(typed(asking, 'name').trim().slice(0, NAME_MAX));
    case 'extension': return keepExtension();
    case 'bunker': return bunker(asking);
    case 'known': return knownKey(asking);
    default: return null;
  }
}

/**
 * Makes a key in this browser.
 * @param {string} name
 */
async function newKey(name) {
  const key = await import('./key.js');
  const signer = await keepSecret(key.newSecret(), { name, isMade: true });
  // Nobody but the person knows the key yet, so there is no profile that this could overwrite. It is waited for, so that
  // a name is not lost with the page that somebody leaves.
  if (name) await introduce(signer, name).catch(console.warn);
  return signer;
}

/**
 * Says what a person calls themselves. Unlike the form of the profile this asks the relay for no draft: there is nothing
 * to keep, and the name should be there before the answer that the person signs next.
 * @param {Signer} signer
 * @param {string} name
 */
async function introduce(signer, name) {
  const [{ worked }, { publish }] = await Promise.all([import('./work.js'), import('./publish.js')]);
  const ready = await worked({ drafts: [{ kind: 0, tags: [], content: JSON.stringify({ name }) }] }, signer.pubkey);
  if (ready) await publish([await signer.sign(ready.drafts[0])]);
}

/**
 * Keeps a secret key for this browser alone; where that cannot be, as long as the page.
 * @param {Uint8Array} secret
 * @param {Partial<Account>} more
 */
export async function keepSecret(secret, more) {
  const [key, { npubOf }] = await Promise.all([import('./key.js'), import('./keyfile.js')]);
  const signer = key.signerOf(secret);
  const kept = await key.kept(secret);
  const { pubkey } = signer;
  ofPage = kept ? null : secret;
  keepAccount({
    kind: 'key',
    pubkey,
    npub: npubOf(pubkey),
    ...more,
    ...(kept ? { key: kept } : { isPassing: true }),
  }, signer);
  // Browsers forget what they hold when their disk is full, unless they are asked not to.
  navigator.storage?.persist?.().catch(() => {});
  return signer;
}

async function keepExtension() {
  const [signer, { npubOf }] = await Promise.all([extensionSigner(), import('./keyfile.js')]);
  keepAccount({ kind: 'extension', pubkey: signer.pubkey, npub: npubOf(signer.pubkey) }, signer);
  return signer;
}

/** @param {HTMLDialogElement} asking */
async function bunker(asking) {
  const remote = await import('./remote.js');
  const address = typed(asking, 'bunker');
  if (!remote.readBunker(address)) {
    complain(asking, 'bunker');
    return null;
  }
  return keepRemote(await remote.connect(address, showPage(asking)));
}

/**
 * Shows the address for a signer that comes to us.
 * @param {HTMLDialogElement} asking
 */
async function shownInvitation(asking) {
  const [remote, { picture }] = await Promise.all([import('./remote.js'), import('./qr.js')]);
  const invitation = remote.invite(thisAddress(), showPage(asking));
  const link = /** @type {HTMLAnchorElement} */ (part(asking, 'invitation'));
  link.href = invitation.address;
  part(asking, 'qr').replaceChildren(picture(invitation.address));
  part(asking, 'invited').hidden = false;
  return invitation;
}

/** @param {Awaited<Invitation['arrived']>} begun */
async function keepRemote({ session, signer }) {
  const [key, { npubOf }, { fromHex }] = await Promise.all([
    import('./key.js'), import('./keyfile.js'), import('./bytes.js'),
  ]);
  const client = await key.keptSecret(fromHex(session.client));
  const remote = { signer: session.signer, relays: session.relays, client: client ?? '' };
  keepAccount({
    kind: 'remote', pubkey: session.user, npub: npubOf(session.user), remote, isPassing: client === null,
  }, signer);
  return signer;
}

/**
 * A key that the person has: an `nsec`, or an encrypted one and its password.
 * @param {HTMLDialogElement} asking
 */
async function knownKey(asking) {
  const keyfile = await import('./keyfile.js');
  const text = typed(asking, 'known');
  const encrypted = keyfile.findEncrypted(text);
  const secret = encrypted
    ? await keyfile.decryptKey(encrypted, typed(asking, 'password'))
    : keyfile.readNsec(text);
  if (!secret) {
    complain(asking, encrypted ? 'password' : 'known');
    return null;
  }
  return keepSecret(secret, { isSaved: true });
}

/**
 * What signs for somebody who is signed in.
 * @param {Account} known
 * @returns {Promise<Signer | null>}
 */
export async function again(known) {
  if (known.kind === 'extension') return extensionAgain(known);
  if (known.kind === 'remote') return remoteAgain(known);
  const secret = await secretOf(known);
  if (!secret) return null;
  return (await import('./key.js')).signerOf(secret);
}

/**
 * The secret key of somebody whose key this browser keeps; asks for the password where they chose one.
 * @param {Account} known
 * @returns {Promise<Uint8Array | null>}
 */
export async function secretOf(known) {
  const { opened } = await import('./key.js');
  const kept = known.key;
  if (!kept) return ofPage;
  const secret = kept.lock ? await opened(kept) : null;
  if (secret) return secret;
  const asking = await dialog(kept.lock ? 'lost' : 'unlock');
  /** @type {Uint8Array | null} */
  let found = null;
  await choice(asking, async () => {
    if (kept.lock) return true;
    found = await opened(kept, typed(asking, 'password'));
    if (!found) complain(asking, 'password');
    return found !== null;
  });
  return found;
}

/** @param {Account} known */
async function extensionAgain(known) {
  const signer = await extensionSigner();
  if (signer.pubkey === known.pubkey) return signer;
  // The person chose another key in the extension.
  return keepExtension();
}

/** @param {Account} known */
async function remoteAgain(known) {
  const [remote, key] = await Promise.all([import('./remote.js'), import('./key.js')]);
  const client = known.remote && await key.openedSecret(known.remote.client);
  if (!known.remote || !client) {
    keepAccount(null);
    return signIn({});
  }
  const { toHex } = await import('./bytes.js');
  const session = { ...known.remote, user: known.pubkey, client: toHex(client) };
  return remote.resume(session, (page) => open(page, '_blank', 'noopener'));
}

/**
 * Shows a link to a page on which the person has to say yes.
 * @param {HTMLDialogElement} asking
 */
function showPage(asking) {
  return (/** @type {string} */ page) => {
    const link = /** @type {HTMLAnchorElement} */ (part(asking, 'approve'));
    link.href = page;
    link.hidden = false;
  };
}

/**
 * @param {HTMLDialogElement} asking
 * @param {string} [shown]
 */
function sayWhat(asking, shown) {
  part(asking, 'what').hidden = !shown;
  part(asking, 'shown').textContent = shown ?? '';
}

/**
 * Shows what is going to be signed, and asks whether it is meant.
 * @param {string} shown
 * @param {import('./event.js').Draft[]} drafts
 * @param {{of?: string, none?: boolean, silent?: boolean}} [warnings] What is replaced, and that none was
 *   found, or that relays did not answer.
 */
export async function agreed(shown, drafts, { of = 'list', none = false, silent = false } = {}) {
  const asking = await dialog('confirm');
  part(asking, 'shown').textContent = shown;
  part(asking, 'raw').textContent = JSON.stringify(drafts, null, 1);
  for (const [name, isMeant] of Object.entries({ none, silent })) {
    const warning = part(asking, name);
    warning.hidden = !isMeant;
    warning.textContent = warning.dataset[of] ?? '';
  }
  const known = account();
  part(asking, 'as').textContent = known?.name || known?.npub || '';
  return await choice(asking) === 'sign';
}
