/** The API is killed between accepting a submission and answering: the same key gives the answer, and there is one story. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  acceptOffer,
  fillIn,
  confirmCosts,
  provedSigning,
  submit,
  waitFor,
} from '../../tools/teller/applicant.ts';
import { data, fetchPersona } from '../../tools/teller/world.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import { eventually } from '../support/loan.ts';
import { openProcessHouse, type ProcessHouse } from './processes.ts';

let house: ProcessHouse;

beforeAll(async () => {
  house = await openProcessHouse();
  // The deployment must know a version before it can take a loan; then nobody is there to tell the story.
  await house.worker.start();
}, 120_000);

afterAll(async () => {
  await house.close();
}, 60_000);

/** The caller's process died with the lease of its key: what 60 s of waiting would do. */
async function letLeaseRunOut(key: string): Promise<void> {
  const { numUpdatedRows } = await house.db
    .updateTable('idempotency_keys')
    .set({ lease_until: new Date(Date.now() - 1_000) })
    .where('key', '=', key)
    .where('state', '=', 'RUNNING')
    .executeTakeFirstOrThrow();
  expect(numUpdatedRows).toBe(1n);
}

async function started(id: string): Promise<boolean> {
  try {
    await house.client.workflow.getHandle(loanWorkflowId(id)).describe();
    return true;
  } catch {
    return false;
  }
}

test('a submission whose answer died with the API is answered under the same key, and told once', async () => {
  const { world, api, worker, db, client } = house;
  const applicant = world.as('applicant', 'crash-api');
  const id = await fillIn(applicant, await fetchPersona(world, 'straight-approval', 21));
  const { evidenceVersion } = await data(applicant.applications.get(id));
  const act = { idempotencyKey: randomUUID() };
  const submitted = () => applicant.applications.submit(id, { evidenceVersion }, act);

  await worker.kill();
  const lost = submitted().then(
    () => 'answered',
    () => 'lost',
  );
  await eventually('the story to be started', () => started(id));
  await api.kill();
  expect(await lost).toBe('lost');

  await Promise.all([api.start(), worker.start()]);
  expect(await submitted()).toMatchObject({
    ok: false,
    status: 409,
    problem: { code: 'IDEMPOTENCY_KEY_RUNNING' },
  });
  await letLeaseRunOut(act.idempotencyKey);
  const answered = await data(submitted());
  expect(answered).toMatchObject({ stage: 'VERIFY', version: 1, pending: null });

  // Asked once more it is the stored answer, word for word.
  const replayed = await submitted();
  expect(replayed).toMatchObject({ ok: true, replayed: true, data: answered });

  await waitFor(applicant, id, { stages: ['OFFER'], withinMs: 60_000 });
  const submissions = await db
    .selectFrom('journey_events')
    .select('to_stage')
    .where('application_id', '=', id)
    .where('from_stage', '=', 'APPLY')
    .execute();
  expect(submissions).toEqual([{ to_stage: 'VERIFY' }]);
  const runs: string[] = [];
  const query = `WorkflowId = '${loanWorkflowId(id)}'`;
  for await (const { runId } of client.workflow.list({ query })) runs.push(runId);
  expect(runs).toHaveLength(1);
}, 180_000);

test('a signature whose answer died with the API is answered under the same key', async () => {
  const { world, api, sandbox } = house;
  const applicant = world.as('applicant', 'crash-api-2');
  const id = await fillIn(applicant, await fetchPersona(world, 'straight-approval', 22));
  await submit(applicant, id);
  await acceptOffer(applicant, id);
  const { contractId } = await waitFor(applicant, id, { stages: ['SIGN/SIGNATURE'] });
  if (contractId === null) throw new Error('an application at SIGN has no contract');
  await confirmCosts(applicant, contractId);
  const signing = await provedSigning(applicant, contractId);
  const act = { idempotencyKey: randomUUID() };
  const signed = () => applicant.contracts.sign(contractId, signing, act);
  // The answer comes when the contract is sealed, which takes as long as the authority takes.
  const slow = { fault: 'delay', delayMs: 3_000, count: 1 } as const;
  sandbox.addFault({ service: 'ca', operation: 'certificate', ...slow });

  const lost = signed().then(
    () => 'answered',
    () => 'lost',
  );
  await waitFor(applicant, id, { stages: ['SIGN/'] });
  await api.kill();
  expect(await lost).toBe('lost');

  await api.start();
  await letLeaseRunOut(act.idempotencyKey);
  expect(await data(signed())).toMatchObject({ stage: 'DISBURSE', pending: 'PAYOUT_RELEASE' });
}, 120_000);
