// One line on standard output for each assertion: "ok  WHAT" or "FAIL WHAT: expected …, saw …".
// run.sh counts these lines. Owns the format; knows nothing of Nostr.

import { isDeepStrictEqual } from "node:util";

let failures = 0;

/** Asserts that two values are equal, all the way down. */
export function equal(what, seen, expected) {
  const good = isDeepStrictEqual(seen, expected);
  if (good) {
    console.log(`ok   ${what}`);
  } else {
    failures += 1;
    console.log(`FAIL ${what}: expected ${JSON.stringify(expected)}, saw ${JSON.stringify(seen)}`);
  }
}

/** Asserts that a text starts with something. */
export function startsWith(what, seen, start) {
  equal(what, String(seen).slice(0, start.length) === start ? start : seen, start);
}

/** Runs the checks; what they throw is a failure too. Ends the process. */
export async function run(checks) {
  try {
    await checks();
  } catch (error) {
    failures += 1;
    console.log(`FAIL could not go on: ${error.message ?? error}`);
  }
  process.exit(failures === 0 ? 0 : 1);
}
