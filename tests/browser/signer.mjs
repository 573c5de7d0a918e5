/**
 * A remote signer (NIP-46) as a process of its own: `node signer.mjs RELAY [NOSTRCONNECT]`. Writes its `bunker://`
 * address, or goes to where it is invited; then signs what it is asked for. With KITH_LIES it signs something else.
 */
import { conversationKey, decrypt, encrypt } from '../../web/assets/js/nip44.js';
import { now } from '../../web/assets/js/bytes.js';
import { publicKeyOf, signWith } from '../../web/assets/js/event.js';
import { Relay } from '../../web/assets/js/relay.js';
import { person } from './world.mjs';

const KIND = 24133;
const [USER, SIGNER] = [person(40), person(41)];
const SECRET = 'said once';

const [url, invitation] = process.argv.slice(2);
const relay = new Relay(url);

function answer({ method, params }) {
  switch (method) {
    case 'connect': return params[1] === SECRET ? { result: 'ack' } : { error: 'wrong secret' };
    case 'get_public_key': return { result: publicKeyOf(USER) };
    case 'sign_event': {
      const draft = JSON.parse(params[0]);
      if (process.env.KITH_LIES) draft.content += ' and more';
      return { result: JSON.stringify(signWith(draft, USER)) };
    }
    case 'nip44_encrypt': return { result: encrypt(conversationKey(USER, params[0]), params[1]) };
    default: return { error: `${method} is not known` };
  }
}

function say(to, message) {
  const content = encrypt(conversationKey(SIGNER, to), JSON.stringify(message));
  return relay.say(signWith({ kind: KIND, tags: [['p', to]], content }, SIGNER));
}

relay.listen([{ kinds: [KIND], '#p': [publicKeyOf(SIGNER)], since: now() - 10 }], (event) => {
  const request = JSON.parse(decrypt(conversationKey(SIGNER, event.pubkey), event.content));
  say(event.pubkey, { id: request.id, ...answer(request) });
}, {
  settled() {
    if (!invitation) {
      const query = new URLSearchParams([['relay', url], ['secret', SECRET]]);
      console.log(`bunker://${publicKeyOf(SIGNER)}?${query}`);
      return;
    }
    const { host, searchParams } = new URL(invitation);
    say(host, { id: 'invited', result: searchParams.get('secret') });
    console.log('there');
  },
});
