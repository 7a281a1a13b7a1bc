/**
 * The set-up: when it believes node_modules, which Node.js it refuses, and which Temporal program it takes.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stateOfPackages } from '../../tools/setup/npm-packages.mjs';
import { nodeIsNewEnough } from '../../tools/setup/node-version.mjs';
import { findTemporalCli, TEMPORAL_CLI_VERSION } from '../../tools/setup/temporal-cli.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xindai-setup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['18.20.0', false],
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.1.0', true],
  ['24.0.0', true],
])('Node.js %s is new enough: %s', (version, expected) => {
  expect(nodeIsNewEnough(version)).toBe(expected);
});

describe('node_modules', () => {
  const lock = (version: string) =>
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/a': { version },
        'node_modules/for-another-platform': { version: '1.0.0', optional: true },
      },
    });

  function install(version: string): void {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    const packages = { 'node_modules/a': { version } };
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
  }

  test('is stale when it is missing', () => {
    writeFileSync(join(folder, 'package-lock.json'), lock('1.0.0'));
    expect(stateOfPackages(folder)).toBe('stale');
  });

  test('installed by hand is fresh when every version is that of the lock file', () => {
    writeFileSync(join(folder, 'package-lock.json'), lock('1.0.0'));
    install('1.0.0');
    expect(stateOfPackages(folder)).toBe('fresh');
    install('1.0.1');
    expect(stateOfPackages(folder)).toBe('stale');
  });

  test('with the stamp of this lock file is taken as it is, with another stamp it is looked at', () => {
    const text = lock('1.0.0');
    writeFileSync(join(folder, 'package-lock.json'), text);
    install('1.0.0');
    const stamp = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(folder, 'node_modules', '.xindai-lock'), `${stamp}\n`);
    expect(stateOfPackages(folder)).toBe('stamped');
    writeFileSync(join(folder, 'package-lock.json'), lock('2.0.0'));
    expect(stateOfPackages(folder)).toBe('stale');
    install('2.0.0');
    expect(stateOfPackages(folder)).toBe('fresh');
  });
});

describe('the Temporal program', () => {
  function program(path: string, text = '#!/bin/sh\n'): string {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  }

  test('is the one that TEMPORAL_CLI names, and a name without a program is refused in one sentence', async () => {
    const named = program(join(folder, 'named'));
    const env = { TEMPORAL_CLI: named, PATH: '' };
    expect(await findTemporalCli({ dataDir: folder, env })).toBe(named);
    const wrong = { TEMPORAL_CLI: join(folder, 'nothing'), PATH: '' };
    await expect(findTemporalCli({ dataDir: folder, env: wrong })).rejects.toThrow(
      /^TEMPORAL_CLI names .*, which is no executable file\.$/,
    );
  });

  test('on PATH comes before the caches', async () => {
    const onPath = program(join(folder, 'bin', 'temporal'));
    program(join(folder, 'tools', 'temporal'));
    const env = { PATH: join(folder, 'bin') };
    expect(await findTemporalCli({ dataDir: folder, env })).toBe(onPath);
  });

  test('in the user’s cache is taken over without a download when its digest is right', async () => {
    const cache = join(folder, 'cache');
    const text = '#!/bin/sh\necho cached\n';
    const shared = program(join(cache, 'xindai', `temporal-${TEMPORAL_CLI_VERSION}`), text);
    writeFileSync(`${shared}.sha256`, createHash('sha256').update(text).digest('hex'));
    const env = { PATH: '', XDG_CACHE_HOME: cache };
    const own = await findTemporalCli({ dataDir: join(folder, 'data'), env });
    expect(own).toBe(join(folder, 'data', 'tools', 'temporal'));
    expect(readFileSync(own, 'utf8')).toBe(text);
  });
});

test('an entry that fails says one sentence and exits with 1', () => {
  const answer = spawnSync(process.execPath, ['tools/setup.mjs'], {
    encoding: 'utf8',
    env: { ...process.env, TEMPORAL_CLI: join(folder, 'nothing'), TEMPORAL_ADDRESS: '' },
  });
  expect(answer.status).toBe(1);
  expect(answer.stderr.trim().split('\n')).toHaveLength(1);
  expect(answer.stderr).toContain('TEMPORAL_CLI names');
});
