// nostr-tools against kith-relay, on one relay that the command line `kith` uses too.
//
//   node main.mjs RELAY_URL KITH_NOTES WRITTEN
//
// KITH_NOTES is what `kith --json` said about a community, a meetup and an answer that it wrote:
// they are looked for here. WRITTEN is where this program says what it wrote itself; ../agrees.mjs
// then asks `kith` for it. The checks, in this order, are the same in ../go-nostr and ../nak.sh.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fetchRelayInformation } from "nostr-tools/nip11";
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from "nostr-tools/pure";
import { Relay, useWebSocketImplementation } from "nostr-tools/relay";
import WebSocket from "ws";
import { equal, run, startsWith } from "../checks.mjs";

const ANSWER_TIMEOUT_MS = 10_000;
const DAY_SECONDS = 86_400;

const [url, kithNotes, written] = process.argv.slice(2);
const owner = generateSecretKey();
const guest = generateSecretKey();
const stranger = generateSecretKey();

useWebSocketImplementation(WebSocket);

run(async () => {
  await information();
  const relay = await Relay.connect(url);
  const notes = await publish(relay);
  await readBack(relay, notes);
  await answers(relay, notes);
  await refusals(relay, notes);
  await readKith(relay, JSON.parse(readFileSync(kithNotes, "utf8")));
  relay.close();
});

async function information() {
  const document = await fetchRelayInformation(url);
  const nips = document.supported_nips;
  equal("NIP-11: 1, 9, 11, 40, 45 are supported", [1, 9, 11, 40, 45].filter((nip) => !nips.includes(nip)), []);
  equal("NIP-11: 73 is not (LBC-01)", nips.includes(73), false);
  const answer = await fetch(url.replace(/^ws/, "http"), { headers: { Accept: "application/nostr+json" } });
  startsWith("NIP-11: content type", answer.headers.get("content-type"), "application/nostr+json");
}

/** A community with its metadata, and a meetup of it. */
async function publish(relay) {
  const community = sign(owner, 1037, [], "Chess by the sea");
  const metadata = sign(owner, 30037, [
    ["d", community.id],
    ["title", "Foreign Chess (nostr-tools)"],
    ["e", community.id, url, community.pubkey],
    ...place(),
    ["t", "chess"],
  ], "We play **every** week.");
  const start = Math.floor(now() / 3600) * 3600 + 30 * DAY_SECONDS;
  const end = start + 2 * 3600;
  const meetup = sign(owner, 31923, [
    ["d", `${community.id}:blitz-evening`],
    ["title", "Blitz evening (nostr-tools)"],
    ["name", "Blitz evening (nostr-tools)"],
    ["summary", "Five minutes each"],
    ["brief", "Five minutes each"],
    ["e", community.id, url, community.pubkey],
    ["L", "kind"],
    ["l", "meetup", "kind"],
    ["start", String(start)],
    ["end", String(end)],
    ...days(start, end).map((day) => ["D", day]),
    ["start_tzid", "Europe/London"],
    ["location", "The Hope, Queens Road"],
    ...place(),
    ["t", "chess"],
  ], "Bring a clock.");
  for (const event of [community, metadata, meetup]) {
    equal(`publish: kind ${event.kind} is accepted`, await publishing(relay, event), "");
  }
  const address = `31923:${meetup.pubkey}:${tag(meetup, "d")}`;
  return { community, metadata, meetup, address, start, end };
}

async function readBack(relay, { community, metadata, meetup, start }) {
  const authors = [getPublicKey(owner)];
  const d = (event) => [tag(event, "d")];
  await finds(relay, "id", { ids: [community.id], kinds: [1037] }, community);
  await finds(relay, "#d and author", { kinds: [30037], authors, "#d": d(metadata) }, metadata);
  await finds(relay, "#e", { kinds: [30037], "#e": [community.id] }, metadata);
  await finds(relay, "#e and author", { kinds: [31923], authors, "#e": [community.id] }, meetup);
  await finds(relay, "#d and author", { kinds: [31923], authors, "#d": d(meetup) }, meetup);
  for (const kind of [30037, 31923]) {
    const expected = kind === 30037 ? metadata : meetup;
    await finds(relay, "#g city", { kinds: [kind], "#g": ["GB:Brighton"] }, expected);
    await finds(relay, "#g cell", { kinds: [kind], "#g": ["gcpch"] }, expected);
    await finds(relay, "#t", { kinds: [kind], "#t": ["chess"], authors }, expected);
  }
  await finds(relay, "#l", { kinds: [31923], "#l": ["meetup"] }, meetup);
  await finds(relay, "#D", { kinds: [31923], "#D": [days(start, start + 1)[0]] }, meetup);
  equal("#g gb:brighton finds nothing", await query(relay, { "#g": ["gb:brighton"] }), []);
  equal("#g gcpchgun, a cell that was not written, finds nothing", await query(relay, { "#g": ["gcpchgun"] }), []);
}

/** Two people answer, one live; one changes the answer, the other takes it back. */
async function answers(relay, { community, metadata, meetup, address, start, end }) {
  const filter = { kinds: [31925], "#a": [address] };
  const live = await subscription(relay, filter);
  const first = answer(guest, meetup, address, "tentative", now() - 10);
  equal("RSVP: accepted by the relay", await publishing(relay, first), "");
  equal("RSVP: arrives live", await live.next(), plain(first));
  await finds(relay, "#a", filter, first);
  await finds(relay, "#e", { kinds: [31925], "#e": [meetup.id] }, first);
  await finds(relay, "#p", { kinds: [31925], "#p": [meetup.pubkey] }, first);

  const changed = answer(guest, meetup, address, "accepted", now() - 5);
  const other = answer(stranger, meetup, address, "declined", now() - 5);
  for (const event of [changed, other]) {
    equal("RSVP: another is accepted by the relay", await publishing(relay, event), "");
    equal("RSVP: another arrives live", await live.next(), plain(event));
  }
  live.close();
  equal("RSVP: the newest answer replaces the older one", ids(await query(relay, { ...filter, authors: [changed.pubkey] })), [changed.id]);
  equal("COUNT: two people answered", await relay.count([filter], {}), 2);

  const deletion = sign(stranger, 5, [["e", other.id], ["k", "31925"]], "");
  equal("NIP-09: the deletion is accepted", await publishing(relay, deletion), "");
  equal("NIP-09: the deleted answer is gone", ids(await query(relay, filter)), [changed.id]);

  writeFileSync(written, JSON.stringify({
    community: {
      id: community.id, owner: community.pubkey, title: tag(metadata, "title"),
      description: metadata.content, topics: ["chess"], city: "GB:Brighton", geohash: "gcpchgune",
    },
    meetup: {
      id: meetup.id, address, title: tag(meetup, "title"), summary: tag(meetup, "summary"),
      description: meetup.content, start, end, timezone: "Europe/London",
      where: [tag(meetup, "location")], topics: ["chess"], city: "GB:Brighton", geohash: "gcpchgune",
    },
    answers: [{ author: changed.pubkey, status: "accepted" }],
  }));
}

async function refusals(relay, { community, metadata, meetup }) {
  const other = sign(owner, 1037, [], "one text");
  startsWith("a changed content is refused", await publishing(relay, { ...other, content: "another" }), "invalid:");
  const sig = other.sig.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
  startsWith("a changed signature is refused", await publishing(relay, { ...other, sig }), "invalid:");
  equal("what was refused is not stored", await query(relay, { ids: [other.id] }), []);
  const takeover = sign(stranger, 30037, metadata.tags, "Mine now");
  startsWith("metadata by somebody else is refused (LBC-09)", await publishing(relay, takeover), "restricted:");
  equal("the same note again is no error", /^(duplicate:.*)?$/.test(await publishing(relay, meetup)), true);
  await finds(relay, "#d, after all that,", { kinds: [30037], "#d": [community.id] }, metadata);
}

/** What the command line wrote, by filters that any client would use. */
async function readKith(relay, kith) {
  const { community, meetup, answer } = { ...kith.community, ...kith.meetup, answer: kith.answer };
  const owner = community.owner_public_key;
  const note = await one(relay, "kith: the community by id", { ids: [community.id], kinds: [1037] });
  equal("kith: the community has no tags (LBC-03)", note.tags, []);
  equal("kith: the community is its owner's", note.pubkey, owner);

  const nearby = await query(relay, { kinds: [30037], "#g": [community.place.city] });
  equal("kith: #g city finds the community", nearby.some((event) => tag(event, "d") === community.id), true);
  const metadata = await one(relay, "kith: the metadata by #e", { kinds: [30037], "#e": [community.id] });
  equal("kith: title", tag(metadata, "title"), community.title);
  equal("kith: d is the community (LBC-07)", tag(metadata, "d"), community.id);
  equal("kith: e names owner and community", metadata.tags.find(([name]) => name === "e").toSpliced(2, 1), ["e", community.id, owner]);
  equal("kith: topics", values(metadata, "t"), community.topics);

  const event = await one(relay, "kith: the meetup by #e", { kinds: [31923], authors: [owner], "#e": [community.id] });
  equal("kith: address", `31923:${event.pubkey}:${tag(event, "d")}`, meetup.address);
  startsWith("kith: d starts with the community (LBC-22)", tag(event, "d"), `${community.id}:`);
  equal("kith: title and name (LBC-29)", [tag(event, "title"), tag(event, "name")], [meetup.title, meetup.title]);
  equal("kith: summary and brief (LBC-29)", [tag(event, "summary"), tag(event, "brief")], [meetup.summary, meetup.summary]);
  equal("kith: start and end", [tag(event, "start"), tag(event, "end")], [meetup.start_unix, meetup.end_unix].map(String));
  equal("kith: every day has its D (NIP-52)", values(event, "D"), days(meetup.start_unix, meetup.end_unix));
  equal("kith: time zone", tag(event, "start_tzid"), meetup.timezone);
  equal("kith: location", values(event, "location"), meetup.where);
  equal("kith: label (LBC-30)", event.tags.filter(([name]) => /^l$/i.test(name)), [["L", "kind"], ["l", "meetup", "kind"]]);
  const cells = [meetup.place.geohash, ...[3, 4, 5, 6].map((length) => meetup.place.geohash.slice(0, length))];
  equal("kith: geohash and its prefixes (LBC-39)", event.tags.filter(([name, , form]) => name === "g" && form === "geohash").map(([, cell]) => cell), cells);
  equal("kith: city (LBC-42)", event.tags.filter(([name, , form]) => name === "g" && form === "city"), [["g", meetup.place.city, "city"]]);
  for (const cell of cells.slice(1)) {
    const found = await query(relay, { kinds: [31923], "#g": [cell] });
    equal(`kith: #g ${cell} finds the meetup`, ids(found).includes(meetup.id), true);
  }

  const rsvp = await one(relay, "kith: the answer by #a", { kinds: [31925], "#a": [meetup.address] });
  equal("kith: status", tag(rsvp, "status"), answer.status);
  equal("kith: d of the answer (LBC-35)", tag(rsvp, "d"), createHash("sha256").update(meetup.address).digest("hex"));
  equal("kith: the answer names the version and the organiser", [tag(rsvp, "e"), tag(rsvp, "p")], [meetup.id, owner]);
}

function sign(key, kind, tags, content, created_at = now()) {
  return finalizeEvent({ kind, tags, content, created_at }, key);
}

function answer(key, meetup, address, status, created_at) {
  const d = createHash("sha256").update(address).digest("hex");
  return sign(key, 31925, [
    ["a", address, url], ["e", meetup.id, url], ["d", d], ["status", status], ["p", meetup.pubkey],
  ], "", created_at);
}

function place() {
  const cells = ["gcpchgune", "gcp", "gcpc", "gcpch", "gcpchg"].map((cell) => ["g", cell, "geohash"]);
  return [...cells, ["g", "GB:Brighton", "city"]];
}

/** The days (UTC, counted from 1970) that [start, end) touches. */
function days(start, end) {
  const first = Math.floor(start / DAY_SECONDS);
  const last = Math.floor((end - 1) / DAY_SECONDS);
  return Array.from({ length: last - first + 1 }, (_, day) => String(first + day));
}

function now() {
  return Math.floor(Date.now() / 1000);
}

function tag(event, name) {
  return event.tags.find((tag) => tag[0] === name)?.[1];
}

function values(event, name) {
  return event.tags.filter((tag) => tag[0] === name).map((tag) => tag[1]);
}

function ids(events) {
  return events.map((event) => event.id);
}

/** The event as it is on the wire, without what nostr-tools attaches to it. */
function plain(event) {
  return JSON.parse(JSON.stringify(event));
}

/** Publishes; the message of the answer, whether it was accepted or not. */
async function publishing(relay, event) {
  return relay.publish(event).catch((error) => error.message);
}

/** Asserts that a filter finds one note among others, as it was written and with a good signature. */
async function finds(relay, by, filter, expected) {
  const found = (await query(relay, filter)).find((event) => event.id === expected.id);
  equal(`read: kind ${expected.kind} by ${by} is as it was written`, found, plain(expected));
  equal(`read: kind ${expected.kind} by ${by} has a good signature`, found && verifyEvent(found), true);
}

/** The only note that a filter finds. */
async function one(relay, what, filter) {
  const found = await query(relay, filter);
  equal(what, found.map((event) => verifyEvent(event)), [true]);
  return found[0];
}

/** What is stored. */
async function query(relay, filter) {
  const live = await subscription(relay, filter);
  live.close();
  return live.stored;
}

/** What is stored, and then, by `next`, what arrives. */
function subscription(relay, filter) {
  const stored = [];
  const waiting = [];
  const arrived = [];
  return inTime(`EOSE for ${JSON.stringify(filter)}`, (resolve, reject) => {
    const subscription = relay.subscribe([filter], {
      // Longer than our own patience: nostr-tools would make up an EOSE.
      eoseTimeout: 2 * ANSWER_TIMEOUT_MS,
      onevent(event) {
        if (!subscription.eosed) stored.push(plain(event));
        else if (waiting.length > 0) waiting.shift()(plain(event));
        else arrived.push(plain(event));
      },
      oneose: () => resolve({
        stored,
        next: () => inTime("a live event", (got) => (arrived.length > 0 ? got(arrived.shift()) : waiting.push(got))),
        close: () => subscription.close(),
      }),
      onclose: (reason) => reject(new Error(`closed: ${reason}`)),
    });
  });
}

function inTime(what, start) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), ANSWER_TIMEOUT_MS);
    start((value) => (clearTimeout(timer), resolve(value)), (error) => (clearTimeout(timer), reject(error)));
  });
}
