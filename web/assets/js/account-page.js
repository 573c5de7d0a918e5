/**
 * The page of the account: who is signed in, a copy of the key, a password, what the person says of themselves, and
 * signing out.
 * @module
 */
import { account, keepAccount, signer, whenAccountChanges } from './account.js';
import { choice, complain, dialog, part, typed } from './dialogs.js';

/** Characters of a password of a person. */
const PASSWORD_MIN = 8;

/** @param {Document} document */
export function begin(document) {
  const page = part(document, 'account-page');
  show(page);
  whenAccountChanges(() => {
    show(page);
    beginProfile(page).catch(console.warn);
  });
  /** @type {Record<string, () => Promise<unknown>>} */
  const does = {
    'sign-in': () => signer(),
    save: () => save(page),
    password: () => setPassword(page),
    'sign-out': () => signOut(),
  };
  page.addEventListener('click', async (event) => {
    const name = event.target instanceof HTMLElement ? event.target.dataset.do : undefined;
    try {
      await does[name ?? '']?.();
    } catch (error) {
      part(page, 'said').textContent = String(error instanceof Error ? error.message : error);
    }
  });
  return beginProfile(page);
}

/** @param {HTMLElement} page */
function show(page) {
  const known = account();
  part(page, 'out').hidden = known !== null;
  part(page, 'in').hidden = known === null;
  part(page, 'profile').hidden = known === null;
  if (!known) return;
  const isKey = known.kind === 'key';
  const isInPage = known.isPassing === true;
  const ofKey = known.key?.lock ? 'key' : 'password';
  part(page, 'name').textContent = known.name || `${known.npub.slice(0, 12)}…`;
  part(page, 'npub').textContent = known.npub;
  part(page, 'where').textContent = page.dataset[isInPage ? 'page' : isKey ? ofKey : known.kind] ?? '';
  const copy = part(page, 'copy');
  copy.hidden = !isKey;
  copy.textContent = page.dataset[known.isSaved ? 'saved' : 'unsaved'] ?? '';
  for (const button of page.querySelectorAll('[data-of-key]')) {
    // What lasts as long as the page has nothing to open with a password.
    const isOf = isKey && !(isInPage && button instanceof HTMLElement && button.dataset.do === 'password');
    if (button instanceof HTMLElement) button.hidden = !isOf;
  }
}

/** Whether the form of the profile is begun. */
let hasProfile = false;

/**
 * Only who is signed in has a profile to change.
 * @param {HTMLElement} page
 */
async function beginProfile(page) {
  if (hasProfile || !account()) return;
  hasProfile = true;
  const { begin } = await import('./profile.js');
  const form = page.querySelector('form[data-draft="profile"]');
  if (form instanceof HTMLFormElement) begin(form);
}

/** The secret key of the person, where this browser has it. */
async function secret() {
  const known = account();
  if (!known) return null;
  return (await import('./signin.js')).secretOf(known);
}

/** @param {HTMLElement} page */
async function save(page) {
  const key = await secret();
  const known = account();
  if (!key || !known) return;
  const { FOR_PASSWORDS, encryptKey, nsecOf } = await import('./keyfile.js');
  const saving = await dialog('save');
  const way = await choice(saving, async (way) => {
    if (way === 'plain') {
      part(saving, 'nsec').textContent = nsecOf(key);
      part(saving, 'plain').hidden = false;
      keepAccount({ ...known, isSaved: true });
      return false;
    }
    const password = typed(saving, 'password');
    if (password.length < PASSWORD_MIN) {
      complain(saving, 'short');
      return false;
    }
    const paper = part(saving, 'paper').cloneNode(true);
    const ncryptsec = await encryptKey(key, password, FOR_PASSWORDS);
    if (way === 'print') await print(/** @type {HTMLElement} */ (paper), known, ncryptsec);
    else download(/** @type {HTMLElement} */ (paper), known.npub, ncryptsec);
    return true;
  });
  if (!way) return;
  keepAccount({ ...known, isSaved: true });
  part(page, 'said').textContent = page.dataset.ready ?? '';
}

/**
 * @param {HTMLElement} paper
 * @param {string} npub
 * @param {string} ncryptsec
 */
function download(paper, npub, ncryptsec) {
  const words = Array.from(paper.children, (element) => element.textContent);
  const text = [...words, location.origin, npub, ncryptsec, ''].join('\n\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = `kith-key-${npub.slice(5, 13)}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/**
 * Prints what brings the person back, and a picture of it, which nobody has to type.
 * @param {HTMLElement} paper
 * @param {import('./account.js').Account} known
 * @param {string} ncryptsec
 */
async function print(paper, { name, npub }, ncryptsec) {
  const { picture } = await import('./qr.js');
  const list = document.createElement('dl');
  for (const [term, text] of [[location.host, location.origin], [name || 'npub', npub], ['ncryptsec', ncryptsec]]) {
    const [title, value] = [document.createElement('dt'), document.createElement('dd')];
    title.textContent = term;
    value.textContent = text;
    list.append(title, value);
  }
  paper.append(list, picture(ncryptsec));
  paper.hidden = false;
  paper.className = 'paper';
  document.body.append(paper);
  document.documentElement.classList.add('printing');
  addEventListener('afterprint', () => {
    document.documentElement.classList.remove('printing');
    paper.remove();
  }, { once: true });
  window.print();
}

/** @param {HTMLElement} page */
async function setPassword(page) {
  const key = await secret();
  const known = account();
  if (!key || !known) return;
  const { keptWith } = await import('./key.js');
  const setting = await dialog('password');
  const way = await choice(setting, async () => {
    const password = typed(setting, 'password');
    if (password.length < PASSWORD_MIN) {
      complain(setting, 'short');
      return false;
    }
    keepAccount({ ...known, key: await keptWith(key, password) });
    return true;
  });
  if (way) part(page, 'said').textContent = page.dataset.ready ?? '';
}

async function signOut() {
  const known = account();
  const leaving = await dialog('sign-out');
  const isUnsafe = known?.kind === 'key' && !known.isSaved;
  part(leaving, 'safe').hidden = isUnsafe;
  part(leaving, 'unsafe').hidden = !isUnsafe;
  if (await choice(leaving) === 'leave') keepAccount(null);
}
