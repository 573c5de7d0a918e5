/**
 * The relay as operators run it: a process of its own on a free port, with a folder of its own.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAMS = process.env.KITH_PROGRAMS ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'debug');

/** Starts it, and waits until it listens. */
export async function startRelay(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kith-browser-'));
  const child = spawn(join(PROGRAMS, 'kith-relay'), {
    env: {
      ...process.env,
      KITH_RELAY_LISTEN: '127.0.0.1:0',
      KITH_RELAY_DATA: folder,
      KITH_RELAY_INFO_NAME: 'Kith',
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = createInterface({ input: child.stderr });
  const address = await new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const found = line.match(/listening on ws:\/\/(\S+)/);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
  });
  return {
    ws: `ws://${address}`,
    url: `http://${address}`,
    async stop() {
      const ended = new Promise((resolve) => { child.once('exit', resolve); });
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
