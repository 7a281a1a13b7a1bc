/**
 * Parts of the supervisor that need no process: disk space, log files, process identities, the run record.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareDataFolder } from '../../tools/start/data-folder.ts';
import { lastReason, rotate } from '../../tools/start/logs.ts';
import { endProcess, identify, stillRuns } from '../../tools/start/process-identity.ts';
import { RunFile } from '../../tools/start/run-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xindai-parts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a disk without room is refused in one sentence that says how much is missing', () => {
  expect(() => prepareDataFolder(join(folder, 'data'), 2 ** 60)).toThrow(
    /^The disk under .* has \d+ MiB free and Xindai needs 1099511627776: make room, or set XINDAI_DATA/,
  );
  expect(() => prepareDataFolder(join(folder, 'data'), 1)).not.toThrow();
});

describe('logs', () => {
  test('every start has a file of its own and the last three are kept', () => {
    const path = join(folder, 'api.log');
    for (const text of ['1', '2', '3', '4', '5']) {
      rotate(path);
      writeFileSync(path, text);
    }
    const kept = ['api.log', 'api.1.log', 'api.2.log', 'api.3.log'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    expect(kept).toEqual(['5', '4', '3', '2']);
    expect(existsSync(join(folder, 'api.4.log'))).toBe(false);
  });

  test.each([
    [
      'LOG: starting\nFATAL:  could not write: No space left on device\nLOG: shut down\n',
      'FATAL:  could not write: No space left on device',
    ],
    [
      '{"log.level":"info","message":"hello"}\n{"log.level":"error","message":"DATABASE_URL is not set"}\n',
      'DATABASE_URL is not set',
    ],
    [
      'Error: no such table\n    at run (file.ts:1:1)\n\nNode.js v20.20.2\n',
      'Error: no such table',
    ],
    ['', undefined],
  ])('of %j the line that explains the end is found', (text, expected) => {
    writeFileSync(join(folder, 'x.log'), text);
    expect(lastReason(join(folder, 'x.log'))).toBe(expected);
  });
});

describe('processes', () => {
  test('a process of the same id that started at another moment is another process and is left alone', async () => {
    const own = identify(process.pid);
    expect(own !== undefined && stillRuns(own)).toBe(true);
    const other = { pid: process.pid, startedAt: '1' };
    expect(stillRuns(other)).toBe(false);
    expect(await endProcess(other, 'SIGKILL', 0)).toBe(false);
  });

  test('a run record that was cut short counts as empty', async () => {
    writeFileSync(join(folder, 'run.json'), '{"children": {"api"');
    const runFile = new RunFile(folder);
    await runFile.takeOver(() => undefined);
    expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))).toMatchObject({
      children: {},
      supervisor: { pid: process.pid },
    });
  });
});
