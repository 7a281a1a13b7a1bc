/**
 * Every recorded ending is replayed against the workflows as they are: a change that would break loans under way fails
 * here, before it is released.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataKeys } from '../../platform/keys.ts';
import { buildWorkflowBundle } from '../../platform/temporal/bundle.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { captureTemporalLog } from '../support/house-log.ts';
import { ENDINGS } from './endings.ts';
import { readHistory } from './history-file.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const HISTORIES = join(HERE, 'histories');

const names = existsSync(HISTORIES)
  ? readdirSync(HISTORIES).map((file) => basename(file, '.json'))
  : [];
const read = (name: string) => readHistory(join(HISTORIES, `${name}.json`));

let options: ReplayWorkerOptions;
let folder: string;
let endCapture: () => void;

beforeAll(async () => {
  endCapture = captureTemporalLog([]);
  folder = mkdtempSync(join(tmpdir(), 'xindai-replay-'));
  const given = process.env['TEST_WORKFLOW_BUNDLE'] ?? '';
  const workflowsPath = join(HERE, '..', '..', 'workflows', 'index.ts');
  const codePath =
    given === '' ? (await buildWorkflowBundle({ workflowsPath, outDir: folder })).codePath : given;
  const keys = readDataKeys(join(HERE, 'keys.json'), 'test').payloads;
  options = { workflowBundle: { codePath }, dataConverter: createDataConverter(keys) };
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  endCapture();
});

describe('a loan under way', () => {
  it('has a recorded history for every ending', () => {
    expect(names.toSorted()).toEqual(Object.keys(ENDINGS).toSorted());
  });

  it.each(names)('goes on under the workflows as they are: %s', async (name) => {
    await Worker.runReplayHistory(options, read(name));
  });
});

describe('a story that was changed', () => {
  it('is refused when it calls another activity than the history says', async () => {
    const history = read('paid');
    const scheduled = history.events?.find((event) => event.activityTaskScheduledEventAttributes);
    const type = scheduled?.activityTaskScheduledEventAttributes?.activityType;
    if (type === undefined || type === null) throw new Error('no activity in the history');
    type.name = 'somethingElse';
    await expect(Worker.runReplayHistory(options, history)).rejects.toThrow('TMPRL1100');
  });

  it('is refused when it no longer takes a step that the history has', async () => {
    const history = read('paid');
    const marker = history.events?.findLast((event) => event.markerRecordedEventAttributes);
    if (marker?.markerRecordedEventAttributes === undefined) throw new Error('no marker');
    marker.markerRecordedEventAttributes = { markerName: 'another' };
    await expect(Worker.runReplayHistory(options, history)).rejects.toThrow('TMPRL1100');
  });
});
