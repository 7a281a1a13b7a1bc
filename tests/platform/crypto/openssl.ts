/**
 * OpenSSL as the independent judge of our cryptography, run in a directory of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Bench {
  /** Writes a file and gives its path. */
  file(name: string, content: Uint8Array | string): string;
  read(name: string): Buffer;
  path(name: string): string;
  /** Runs openssl; `ok` is its exit code being 0, `text` everything it printed. */
  openssl(...args: string[]): { ok: boolean; text: string };
  remove(): void;
}

export function openBench(): Bench {
  const dir = mkdtempSync(join(tmpdir(), 'xindai-openssl-'));
  return {
    file(name, content) {
      writeFileSync(join(dir, name), content);
      return join(dir, name);
    },
    read: (name) => readFileSync(join(dir, name)),
    path: (name) => join(dir, name),
    openssl(...args) {
      const run = spawnSync('openssl', args, { cwd: dir, encoding: 'utf8' });
      return { ok: run.status === 0, text: `${run.stdout}${run.stderr}` };
    },
    remove() {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
