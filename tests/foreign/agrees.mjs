// Asks the command line `kith` for the notes that a foreign client wrote.
//
//   KITH_BIN=… KITH_RELAYS=… KITH_CONFIG_DIR=… node agrees.mjs WRITTEN
//
// WRITTEN is the file in which the client said what it wrote; see nostr-tools/main.mjs for its form.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { equal, run } from "./checks.mjs";

run(async () => {
  const { community, meetup, answers } = JSON.parse(readFileSync(process.argv[2], "utf8"));
  const shown = kith("community", "show", community.id);
  const { id, owner_public_key, title, description, topics, place } = shown.community;
  equal("kith community show: the same community", {
    id, owner: owner_public_key, title, description, topics, city: place?.city, geohash: place?.geohash,
  }, community);
  equal("kith community show: lists the meetup", shown.meetups.map((listed) => listed.address), [meetup.address]);

  const answered = kith("meetup", "show", shown.meetups[0].link);
  const seen = answered.meetup;
  equal("kith meetup show: the same meetup", {
    id: seen.id, address: seen.address, title: seen.title, summary: seen.summary, description: seen.description,
    start: seen.start_unix, end: seen.end_unix, timezone: seen.timezone, where: seen.where, topics: seen.topics,
    city: seen.place?.city, geohash: seen.place?.geohash,
  }, meetup);
  equal("kith meetup show: its community", seen.community?.id, community.id);
  equal("kith meetup show: official and open", [seen.official, seen.status], [true, "open"]);
  equal("kith meetup show: the same answers", answered.answers.map(({ public_key, status }) => ({ author: public_key, status })), answers);
  equal("kith meetup show: answers to this version", answered.answers.map(({ basis }) => basis), answers.map(() => "current"));

  const near = kith("near", "Brighton, England, GB", "--radius", "5km");
  equal("kith near: finds the community", near.communities.some((found) => found.id === community.id), true);
  equal("kith near: finds the meetup", near.meetups.some((found) => found.address === meetup.address), true);
  const far = kith("near", "Lübeck", "--radius", "25km");
  equal("kith near: not far away", [far.communities, far.meetups], [[], []]);
});

function kith(...line) {
  const output = execFileSync(process.env.KITH_BIN, ["--json", ...line], { encoding: "utf8", timeout: 60_000 });
  return JSON.parse(output);
}
