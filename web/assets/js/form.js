/**
 * Forms that become signed notes. `<form data-draft="rsvp">` is sent to `/draft/rsvp`, which answers with what is
 * to be signed or with what is wrong; then it is shown, signed, and given to the relay.
 *
 * A form says with `data-then` where to go afterwards, and with `data-stay` that nobody goes anywhere; without both, what was done is said in its `[data-result]`,
 * and the form sends `kith:published` (with the notes in `detail`). Sentences stand on the form: `data-done`,
 * `data-refused`, `data-unsigned`, `data-unreachable`, and `data-told` before what the relay says of what it took.
 *
 * A form whose note replaces an earlier one of a kind, which the person may keep elsewhere too, says so with
 * `data-replaces="<kind>"` and `data-signer="first"`: the newest version is looked up, told to the form
 * (`kith:newest`), and sent along as `before`; and the new one is given to where the person writes.
 * @module
 */
import { account, signer } from './account.js';

/** @typedef {import('./event.js').Draft} Draft */
/** @typedef {{field: string, message: string}} Problem */

/**
 * Enhances every form with `data-draft` within an element, once.
 * @param {ParentNode} within
 */
export function enhance(within) {
  for (const form of within.querySelectorAll('form[data-draft]:not([data-announce])')) {
    if (!(form instanceof HTMLFormElement) || form.dataset.isReady) continue;
    form.dataset.isReady = 'yes';
    form.noValidate = true;
    form.addEventListener('submit', (event) => {
      // A button that leads elsewhere, such as to a preview, does what it does without scripts.
      if (event.submitter?.hasAttribute('formaction')) return;
      event.preventDefault();
      submit(form, event.submitter);
    });
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function submit(form, submitter) {
  if (form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  clear(form);
  try {
    await perform(form, submitter);
  } catch (error) {
    console.warn(error);
    say(form, form.dataset.unreachable ?? String(error), true);
  } finally {
    form.ariaBusy = 'false';
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function perform(form, submitter) {
  // Some notes cannot be made before it is known who signs.
  if (form.dataset.signer === 'first' && !account() && !await signer()) return;
  const known = account();
  const kept = known && form.dataset.replaces ? await newest(form, known.pubkey) : null;
  const data = new FormData(form, submitter);
  if (kept?.before) data.set('before', kept.before);
  let given = await draft(form, data, known?.pubkey);
  if (!given) return;
  if (known) {
    const { agreed } = await import('./signin.js');
    if (!await agreed(given.shown, given.drafts, kept?.warnings)) return;
  }
  const who = await signer({ shown: given.shown }).catch((error) => refused(form, error));
  if (!who) return;
  // What somebody says of themselves must not become what another one says.
  if (kept && who.pubkey !== known?.pubkey) return void refused(form, new Error('somebody else signs'));
  // What they said before, which the draft keeps, is known only now.
  if (who.pubkey !== known?.pubkey) given = await draft(form, data, who.pubkey);
  if (!given) return;
  const { worked } = await import('./work.js');
  const ready = await worked(given, who.pubkey);
  if (!ready) return;
  const events = await signed(who, ready.drafts).catch((error) => refused(form, error));
  if (!events) return;
  const { publish } = await import('./publish.js');
  const { refused: [left], told } = await publish(events);
  if (left) return say(form, `${form.dataset.refused ?? ''} ${left.reason}`.trim(), true);
  // This relay has it: nobody waits for the others.
  kept?.spread(events);
  form.dispatchEvent(new CustomEvent('kith:published', { bubbles: true, detail: events }));
  const then = form.dataset.stay === undefined ? ready.then ?? form.dataset.then : '';
  if (then) await go(then);
  else say(form, [form.dataset.done ?? '', ...heard(form, told)].join(' '), false);
}

/**
 * What the relay says of what it took, where the form has words for it.
 * @param {HTMLFormElement} form
 * @param {string[]} told
 */
function heard(form, told) {
  const { told: before } = form.dataset;
  return before ? told.map((text) => `${before} ${text}`) : [];
}

/**
 * What the person says now, wherever they keep it.
 * @param {HTMLFormElement} form
 * @param {string} pubkey
 */
async function newest(form, pubkey) {
  const { newestOf, spread, warningsOf } = await import('./newest.js');
  const found = await newestOf(Number(form.dataset.replaces), pubkey);
  form.dispatchEvent(new CustomEvent('kith:newest', { detail: found.newest }));
  return {
    // What this relay has it need not be told.
    before: found.newest && found.newest.id !== found.here?.id ? JSON.stringify(found.newest) : null,
    warnings: { of: form.dataset.draft, ...warningsOf(found) },
    /** @param {import('./event.js').Event[]} events */
    spread: (events) => { for (const event of events) spread(event, found.relays); },
  };
}

/**
 * @param {import('./event.js').Signer} who
 * @param {Draft[]} drafts
 */
async function signed(who, drafts) {
  const events = [];
  for (const draft of drafts) events.push(await who.sign(draft));
  return events;
}

/**
 * Says that the signer refused, is not there, or gave something else.
 * @param {HTMLFormElement} form
 * @param {unknown} error
 */
function refused(form, error) {
  console.info(error);
  say(form, form.dataset.unsigned ?? String(error), true);
  return null;
}

/**
 * Goes to a page that has changed a moment ago: what the browser has kept of it is old.
 * @param {string} path
 */
async function go(path) {
  await fetch(path, { cache: 'reload' });
  location.assign(path);
}

/**
 * What is to be signed; `null` when the problems are shown beside the fields.
 * @param {HTMLFormElement} form
 * @param {FormData} data
 * @param {string} [pubkey] Who will sign.
 * @returns {Promise<{drafts: Draft[], shown: string, then?: string} | null>}
 */
export async function draft(form, data, pubkey) {
  const { given, problems } = await asked(form.dataset.draft ?? '', data, pubkey);
  if (problems) point(form, problems);
  return given ?? null;
}

/**
 * What the relay makes of a form, or what is wrong with it.
 * @param {string} what
 * @param {Iterable<[string, FormDataEntryValue]>} data
 * @param {string} [pubkey] Who will sign.
 * @returns {Promise<{given?: any, problems?: Problem[]}>}
 */
export async function asked(what, data, pubkey) {
  const body = new URLSearchParams();
  for (const [name, value] of data) if (typeof value === 'string') body.append(name, value);
  if (pubkey) body.set('pubkey', pubkey);
  const language = document.documentElement.lang;
  const answer = await fetch(`/draft/${what}?lang=${encodeURIComponent(language)}`, {
    method: 'POST', body, headers: { Accept: 'application/json' },
  });
  if (answer.status === 422) return { problems: (await answer.json()).problems };
  if (!answer.ok) throw new Error(`the relay answered ${answer.status}`);
  return { given: await answer.json() };
}

/**
 * Shows each problem beside its field, and goes to the first.
 * @param {HTMLFormElement} form
 * @param {Problem[]} problems
 */
function point(form, problems) {
  /** @type {string[]} */
  const others = [];
  /** @type {HTMLElement | null} */
  let first = null;
  for (const { field, message } of problems) {
    const control = form.querySelector(`[name="${CSS.escape(field)}"]:not([type="hidden"])`);
    if (!(control instanceof HTMLElement) || control instanceof HTMLButtonElement) {
      others.push(message);
      continue;
    }
    const note = document.createElement('p');
    note.className = 'problem';
    note.id = `problem-${form.dataset.draft}-${field}`;
    note.textContent = message;
    const described = control.getAttribute('aria-describedby');
    control.dataset.described = described ?? '';
    control.setAttribute('aria-describedby', `${described ?? ''} ${note.id}`.trim());
    control.setAttribute('aria-invalid', 'true');
    control.after(note);
    first ??= control;
  }
  if (others.length) say(form, others.join(' '), true);
  first?.focus();
}

/** @param {HTMLFormElement} form */
export function clear(form) {
  for (const note of form.querySelectorAll('.problem')) note.remove();
  for (const control of form.querySelectorAll('[aria-invalid]')) {
    if (!(control instanceof HTMLElement)) continue;
    control.removeAttribute('aria-invalid');
    if (control.dataset.described) control.setAttribute('aria-describedby', control.dataset.described);
    else control.removeAttribute('aria-describedby');
  }
  say(form, '', false);
}

/**
 * @param {HTMLFormElement} form
 * @param {string} sentence
 * @param {boolean} isBad
 */
export function say(form, sentence, isBad) {
  const place = form.querySelector('[data-result]');
  if (!place) return;
  place.textContent = sentence;
  place.classList.toggle('bad', isBad);
}
