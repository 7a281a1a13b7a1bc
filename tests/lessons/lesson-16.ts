/** Lesson 16: no replay test, no versioning call, no continue-as-new anywhere. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDataKeys } from '../../platform/keys.ts';
import type { WorkflowBundle } from '../../platform/temporal/bundle.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { buildNextBundle } from '../crash/next-build.ts';
import { sourcesIn } from '../house/sources.ts';
import { type House, testBundle } from '../support/house.ts';
import { applyAs, driveTo, type Loan } from '../support/loan.ts';

async function replay({ house, id }: Loan, { codePath }: WorkflowBundle): Promise<void> {
  const { events } = await house.historyOf(id);
  const { payloads } = readDataKeys(house.config.dataKeysFile, house.config.environment);
  await Worker.runReplayHistory(
    {
      workflowBundle: { codePath },
      dataConverter: createDataConverter(payloads),
      replayName: 'lesson-16',
    },
    { events: [...events] },
    loanWorkflowId(id),
  );
}

export function lesson16(house: () => House): void {
  describe('lesson 16: old stories and new code', () => {
    let folder: string;
    let next: WorkflowBundle;
    let loan: Loan;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'xindai-lesson-'));
      next = await buildNextBundle(folder);
      loan = await driveTo(await applyAs(house(), 'straight-approval', 50), 'OFFER');
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test('a loan in flight is replayed by the code that runs it', async () => {
      await replay(loan, testBundle());
    });

    // The SDK writes of it to the console too: a warning with TMPRL1100 and UpsertWorkflowSearchAttributes is this test's.
    test('a story that was changed is told from one that was not: replaying on it fails', async () => {
      await expect(replay(loan, next)).rejects.toThrow(DeterminismViolationError);
    });

    test('every story is bound to its build, and the one that lasts for years starts afresh on the newest', () => {
      const stories = sourcesIn(['workflows']).filter(({ path }) =>
        /^workflows\/loan-\w+\.ts$/.test(path),
      );
      expect(stories.map(({ path }) => path).sort()).toEqual([
        'workflows/loan-origination.ts',
        'workflows/loan-servicing.ts',
      ]);
      for (const { text } of stories)
        expect(text).toMatch(/setWorkflowOptions\(\{ versioningBehavior: 'PINNED' \}/);
      const endless = stories.filter(({ text }) => text.includes('condition(() => mail.inbox'));
      expect(endless.map(({ path }) => path)).toEqual(['workflows/loan-servicing.ts']);
      for (const { text } of endless) {
        expect(text).toContain(`initialVersioningBehavior: 'AUTO_UPGRADE'`);
        expect(text).toContain('continueAsNewSuggested');
      }
    });
  });
}
