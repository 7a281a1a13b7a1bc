/** A withdrawal that comes at any moment of the machine's own steps: the story ends by it, and another worker tells it alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { readDataKeys } from '../../platform/keys.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { type House, openHouse, testBundle } from '../support/house.ts';
import { applyAs, eventually, type Loan } from '../support/loan.ts';

const LOANS = Number(process.env['WITHDRAWALS'] ?? 12);
/** About as long as a straight loan takes to its offer here; the moments lie evenly within. */
const WITHIN_MS = 2_400;

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => await house?.close());

/** The stage at which the withdrawal found the loan. */
async function withdrawnFrom({ house: { db }, id }: Loan): Promise<string> {
  const row = await db
    .selectFrom('journey_events')
    .select('from_stage')
    .where('application_id', '=', id)
    .where('to_stage', '=', 'WITHDRAWN')
    .executeTakeFirstOrThrow();
  return row.from_stage ?? '';
}

/** Applies, withdraws some time later, and waits for the end of the story; gives the stage that the withdrawal met. */
async function withdrawAfter(variant: number, ms: number): Promise<[Loan, string]> {
  const loan = await applyAs(house, 'straight-approval', variant);
  await wait(ms);
  const said = await loan.client.applications.withdraw(loan.id, { reason: 'NO_LONGER_NEEDED' });
  expect(said.ok ? said.data.stage : said.problem).toBe('WITHDRAWN');
  await eventually('the end of the story', async () => {
    const { events } = await house.historyOf(loan.id);
    return events.some((event) => event.workflowExecutionCompletedEventAttributes);
  });
  return [loan, await withdrawnFrom(loan)];
}

describe('a withdrawal beside the steps of the machine', () => {
  it(`ends each of ${String(LOANS)} stories at once, and each is told alike by a worker that has not told it before`, async () => {
    const met = new Set<string>();
    const { payloads } = readDataKeys(house.config.dataKeysFile, house.config.environment);
    const options = {
      workflowBundle: { codePath: testBundle().codePath },
      dataConverter: createDataConverter(payloads),
    };
    for (let first = 0; first < LOANS; first += 6) {
      const wave = Array.from({ length: Math.min(6, LOANS - first) }, (_, n) => first + n);
      const loans = await Promise.all(
        wave.map((n) => withdrawAfter(100 + n, (WITHIN_MS * (n + 0.5)) / LOANS)),
      );
      for (const [{ id }, stage] of loans) {
        met.add(stage);
        const { events } = await house.historyOf(id);
        expect(events.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
        await Worker.runReplayHistory(options, { events: [...events] }, loanWorkflowId(id));
      }
    }
    // The moments met the story in several places, or this proves little.
    expect(met.size).toBeGreaterThan(1);
  });
});
