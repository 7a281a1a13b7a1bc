/** A new build becomes current while loans are in flight: they finish on the build they began on, new ones run on the new. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkflowBundle } from '../../platform/temporal/bundle.ts';
import { currentBuildId } from '../../platform/temporal/deployment.ts';
import { acceptOffer, fillIn, sign, submit, waitFor } from '../../tools/teller/applicant.ts';
import { release } from '../../tools/teller/staff.ts';
import { data, fetchPersona } from '../../tools/teller/world.ts';
import { loanWorkflowId, servicingWorkflowId } from '../../workflows/ids.ts';
import { readRawHistory } from '../support/raw-history.ts';
import { testBundle } from '../support/house.ts';
import { eventually } from '../support/loan.ts';
import { buildNextBundle } from './next-build.ts';
import { openProcessHouse, type ProcessHouse, useBundle } from './processes.ts';

let house: ProcessHouse;
let scratch: string;
let next: WorkflowBundle;
const first = testBundle();

const applicant = (name: string) => house.world.as('applicant', `upgrade-${name}`);

async function toOffer(name: string, variant: number): Promise<string> {
  const persona = await fetchPersona(house.world, 'straight-approval', variant);
  const id = await fillIn(applicant(name), persona);
  await submit(applicant(name), id);
  await waitFor(applicant(name), id, { stages: ['OFFER/OFFER_ANSWER'] });
  return id;
}

/** From the accepted offer to the money. */
async function toService(name: string, id: string): Promise<void> {
  await acceptOffer(applicant(name), id);
  await sign(applicant(name), id);
  await release(house.world, id);
  await waitFor(applicant(name), id, { stages: ['SERVICE'] });
}

/** The build that the newest run of a workflow is bound to. */
async function buildOf(workflowId: string): Promise<string | null | undefined> {
  const { workflowExecutionInfo } = await house.client.workflowService.describeWorkflowExecution({
    namespace: house.client.options.namespace,
    execution: { workflowId },
  });
  return workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
}

async function loanIdOf(name: string, id: string): Promise<string> {
  const { loanId } = await data(applicant(name).applications.get(id));
  if (loanId === null) throw new Error('a loan that is serviced has no id');
  return loanId;
}

/** A loan that wakes for the first time after the release would start afresh at once. */
async function untilAsleep(workflowId: string): Promise<void> {
  const { client } = house;
  await eventually('servicing to wait for its first due date', async () => {
    const { events } = await readRawHistory(client, client.options.namespace, workflowId);
    return events.some((event) => event.timerStartedEventAttributes);
  });
}

/** The borrower pays a little, which wakes the loan. */
async function repay(name: string, loanId: string): Promise<void> {
  const loan = await data(applicant(name).loans.get(loanId));
  const answer = await fetch(`${house.world.sandboxUrl}/_admin/bank/repayment`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ loanReference: loan.number, amountFen: 1_000 }),
  });
  expect(answer.status).toBe(201);
}

/** Stops the worker as a release does, and starts it with `codePath` as the bundle of new loans. */
async function upgradeTo(codePath: string): Promise<void> {
  await house.worker.stop();
  await useBundle(house.bundleDir, codePath);
  await house.worker.start();
}

let waiting: string;
let abandoned: string;
let serviced: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'xindai-next-'));
  [house, next] = await Promise.all([openProcessHouse(), buildNextBundle(scratch)]);
  await house.worker.start();
  [waiting, abandoned, serviced] = await Promise.all([
    toOffer('waiting', 31),
    toOffer('abandoned', 32),
    toOffer('serviced', 33),
  ]);
  await toService('serviced', serviced);
  await untilAsleep(servicingWorkflowId(await loanIdOf('serviced', serviced)));
  await upgradeTo(next.codePath);
}, 180_000);

afterAll(async () => {
  await house.close();
  await rm(scratch, { recursive: true, force: true });
}, 60_000);

test('the new build is another build, and becomes the one that new loans go to', async () => {
  expect(next.buildId).not.toBe(first.buildId);
  expect(await currentBuildId(house.client, house.deployment)).toBe(next.buildId);
});

test('a loan in flight finishes on the build it began on, which is kept and served beside the new one', async () => {
  await toService('waiting', waiting);
  expect(await buildOf(loanWorkflowId(waiting))).toBe(first.buildId);
}, 60_000);

test('a new loan runs on the new build', async () => {
  const id = await toOffer('fresh', 34);
  expect(await buildOf(loanWorkflowId(id))).toBe(next.buildId);
  await toService('fresh', id);
  expect(await buildOf(loanWorkflowId(id))).toBe(next.buildId);
}, 60_000);

test('the servicing of a paid loan stays on its build until it starts afresh, and starts afresh on the new one', async () => {
  const loanId = await loanIdOf('serviced', serviced);
  const workflowId = servicingWorkflowId(loanId);
  expect(await buildOf(workflowId)).toBe(first.buildId);
  await repay('serviced', loanId);
  await eventually(
    'servicing to move to the new build',
    async () => (await buildOf(workflowId)) === next.buildId,
  );
  const { repayments } = await data(applicant('serviced').loans.get(loanId));
  expect(repayments).toHaveLength(1);
}, 60_000);

test('a loan whose build is not served waits and does not break, and goes on once the build is served again', async () => {
  await rm(join(house.bundleDir, `${first.buildId}.js`));
  await upgradeTo(next.codePath);
  const client = applicant('abandoned');
  const { offerId } = await data(client.applications.get(abandoned));
  const act = { idempotencyKey: 'accepted-while-nobody-served' };
  const accepted = () => client.offers.accept(offerId ?? '', act);
  expect(await accepted()).toMatchObject({ ok: false, status: 503 });
  const { status } = await house.client.workflow.getHandle(loanWorkflowId(abandoned)).describe();
  expect(status.name).toBe('RUNNING');

  await house.worker.stop();
  await useBundle(house.bundleDir, first.codePath);
  await upgradeTo(next.codePath);
  await data(accepted());
  await sign(client, abandoned);
  await release(house.world, abandoned);
  await waitFor(client, abandoned, { stages: ['SERVICE'] });
  expect(await buildOf(loanWorkflowId(abandoned))).toBe(first.buildId);
  const { events } = await readRawHistory(
    house.client,
    house.client.options.namespace,
    loanWorkflowId(abandoned),
  );
  expect(events.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
}, 120_000);
