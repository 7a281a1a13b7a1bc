/** Experiments on real decisions: people stay in their arm, the cap holds, shadows never act, and an arm stops itself. */
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { admitApplication } from '../../activities/apply/admit.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { watchExperiments } from '../../activities/experiments/watch.ts';
import { createRulebookReader } from '../../activities/rulebooks.ts';
import { type Db, openDatabase } from '../../db/database.ts';
import { countArms } from '../../db/queries/experiment-arms.ts';
import {
  approveExperiment,
  createExperiment,
  proposeExperiment,
  recordArmStop,
  stopExperiment,
} from '../../db/queries/experiments.ts';
import {
  armOfBucket,
  bucketOf,
  bucketText,
  type ExperimentDocument,
} from '../../domain/experiment.ts';
import { parseExperiment } from '../../domain/experiment-parse.ts';
import { reportOf } from '../../domain/experiment-report.ts';
import { fen } from '../../domain/money.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { businessDate } from '../../platform/clock.ts';
import { sm3, sm3Hex } from '../../platform/crypto/sm3.ts';
import { application, syntheticId } from '../domain/samples.ts';
import { contract, payoutRow, refusal } from '../db/rows.ts';
import { testServer } from '../support/house.ts';
import { admitted, consent, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;
/** More connections than the workplace has, so that many are admitted at once. */
let wide: Db;
let crowd: ActivityDeps;
const CHALLENGER = 90;
const SHADOW = 91;
const DAY_MS = 86_400_000;

/** Publishes a version that nothing puts in force, as one approved for an experiment is. */
async function publish(version: number, document: Record<string, unknown>): Promise<void> {
  const whole = { ...STRATEGY_V2, ...document, version };
  await place.deps.db
    .insertInto('rulebooks')
    .values({
      kind: 'STRATEGY',
      code: STRATEGY_V2.id,
      version,
      document: JSON.stringify(whole),
      document_sm3: sm3Hex(JSON.stringify(whole)),
      effective_from: new Date(),
    })
    .execute();
}

beforeAll(async () => {
  place = await openWorkplace();
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(
    place.deps.db,
  );
  const url = testServer('TEST_DATABASE_URL');
  wide = openDatabase({ url, schema: rows[0]?.schema ?? '', poolMax: 25 }, () => {});
  crowd = { ...place.deps, db: wide };
  await publish(CHALLENGER, {});
  // A shadow that declines everybody, so that it would be seen if it acted.
  await publish(SHADOW, { cutoffs: { autoApproveFrom: 9_000, autoDeclineBelow: 8_999 } });
});
afterAll(async () => {
  await wide.destroy();
  await place.close();
});

let running: string | undefined;
afterEach(async () => {
  if (running === undefined) return;
  const id = running;
  running = undefined;
  const over = await wide
    .selectFrom('experiments')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (over.status !== 'RUNNING') return;
  await wide
    .transaction()
    .execute((tx) => stopExperiment(tx, id, { subject: 'x', reason: 'TEST_OVER' }));
});

let written = 0;
function documentOf(change: Record<string, unknown> = {}): ExperimentDocument {
  written += 1;
  const sent = {
    format: 1,
    code: `TRIAL_${written}`,
    strategyCode: STRATEGY_V2.id,
    salt: `salt-of-trial-${written}`,
    arms: [
      { name: 'base', role: 'CHAMPION', strategyVersion: STRATEGY_V2.version, shareBp: 5_000 },
      { name: 'higher', role: 'CHALLENGER', strategyVersion: CHALLENGER, shareBp: 5_000 },
      { name: 'shade', role: 'SHADOW', strategyVersion: SHADOW, shareBp: 0 },
    ],
    exposureCap: { maxPersons: 10_000, maxFen: null },
    stopLoss: [
      { arm: 'higher', measure: 'DECLINE_RATE', lowBp: 0, highBp: 5_000, minimumSample: 4 },
      { arm: 'higher', measure: 'EARLY_OVERDUE_RATE', lowBp: 0, highBp: 5_000, minimumSample: 100 },
    ],
    earlyOverdue: { days: 7, marginBp: 200 },
    minimumSample: 30,
    startsAt: new Date(Date.now() - DAY_MS).toISOString(),
    endsAt: new Date(Date.now() + DAY_MS).toISOString(),
    ...change,
  };
  const found = parseExperiment(sent);
  if (!found.ok) throw new Error(JSON.stringify(found.faults));
  return found.experiment;
}

async function run(document: ExperimentDocument): Promise<string> {
  const id = randomUUID();
  await wide.transaction().execute(async (tx) => {
    const documentSm3 = sm3Hex(JSON.stringify(document));
    await createExperiment(tx, { id, document, documentSm3, createdBy: 'wang' });
    await proposeExperiment(tx, id, 'wang');
    await approveExperiment(tx, id, 'li');
  });
  running = id;
  return id;
}

/** An id of an applicant whose bucket is the arm's. */
function idIn(document: ExperimentDocument, arm: string): string {
  for (;;) {
    const id = randomUUID();
    const bucket = bucketOf(sm3(bucketText(document.salt, id)));
    if (armOfBucket(document, bucket).name === arm) return id;
  }
}

let people = 0;
/** A draft that is complete but for its submission, of the person with this id. */
async function draft(applicantId: string, amountFen = fen(20_000_00)): Promise<string> {
  people += 1;
  const tail = String(people).padStart(3, '0');
  const mobile = `13800001${tail}`;
  const filled = application({
    identity: { idNumber: syntheticId('1990-06-15', tail), mobile },
    work: { monthlyIncomeFen: fen(30_000_00), monthlyDebtServiceFen: fen(1_000_00) },
    loan: { amountFen, bankReservedMobile: mobile },
  });
  const { id } = await admitted(place.deps, 'APPLY', filled);
  await wide
    .insertInto('applicants')
    .values({ id: applicantId, kind: 'PERSON', identity_index: randomBytes(32) })
    .onConflict((oc) => oc.doNothing())
    .execute();
  await wide
    .updateTable('applications')
    .set({ pinned: null, submitted_at: null, applicant_id: applicantId })
    .where('id', '=', id)
    .execute();
  await wide
    .insertInto('documents')
    .values({
      id: randomUUID(),
      application_id: id,
      kind: 'FACE',
      object_key: 'k',
      sm3: 'h',
      size_bytes: 1,
      media_type: 'image/jpeg',
    })
    .execute();
  await consent(place.deps, { id, applicantId }, { grantor: filled.identity });
  return id;
}

async function submit(applicationId: string, deps: ActivityDeps = crowd) {
  const { evidence_version: evidenceVersion } = await wide
    .selectFrom('applications')
    .select('evidence_version')
    .where('id', '=', applicationId)
    .executeTakeFirstOrThrow();
  const actor = { kind: 'human', subject: 'applicant', role: 'applicant' } as const;
  const today = businessDate(new Date());
  return await admitApplication(deps, {
    applicationId,
    actor,
    cause: 'submit-1',
    evidenceVersion,
    today,
  });
}

async function pinnedBy(applicationId: string) {
  const row = await wide
    .selectFrom('applications')
    .select('pinned')
    .where('id', '=', applicationId)
    .executeTakeFirstOrThrow();
  return row.pinned;
}

/** Admits a new application of the person and gives what it pinned. */
async function comes(applicantId: string, deps: ActivityDeps = crowd) {
  const id = await draft(applicantId);
  expect(await submit(id, deps)).toMatchObject({ ok: true });
  return { id, pinned: await pinnedBy(id) };
}

describe('admission', () => {
  it('pins the arm of the person and its strategy, and a repeated submission changes nothing', async () => {
    const document = documentOf();
    const experiment = await run(document);
    const one = await comes(idIn(document, 'higher'));
    expect(one.pinned).toMatchObject({
      strategy: { code: STRATEGY_V2.id, version: CHALLENGER },
      arm: { experiment, name: 'higher', cause: 'BUCKET' },
    });
    await submit(one.id);
    expect(await pinnedBy(one.id)).toEqual(one.pinned);
    const other = await comes(idIn(document, 'base'));
    expect(other.pinned).toMatchObject({
      strategy: { version: STRATEGY_V2.version },
      arm: { name: 'base' },
    });
  });

  it('keeps a person in one arm over applications, and over a process that begins anew', async () => {
    const document = documentOf();
    await run(document);
    const person = idIn(document, 'higher');
    const first = await comes(person);
    const anew = { ...crowd, rulebooks: createRulebookReader() };
    const second = await comes(person, anew);
    expect(second.pinned?.arm).toEqual(first.pinned?.arm);
    const rows = await wide
      .selectFrom('experiment_assignments')
      .select('arm')
      .where('applicant_id', '=', person)
      .execute();
    expect(rows).toEqual([{ arm: 'higher' }]);
  });

  it('never lets more persons meet a challenger than the cap has, whoever of fifty comes at once', async () => {
    const document = documentOf({ exposureCap: { maxPersons: 7, maxFen: null } });
    const experiment = await run(document);
    const drafts: string[] = [];
    for (let i = 0; i < 50; i += 1) drafts.push(await draft(idIn(document, 'higher')));
    const answers = await Promise.all(drafts.map((id) => submit(id)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const arms = await Promise.all(drafts.map(pinnedBy));
    const met = arms.filter((pinned) => pinned?.arm?.name === 'higher');
    expect(met.length).toBe(7);
    const rest = arms.filter((pinned) => pinned?.arm?.name !== 'higher');
    expect(rest.every((pinned) => pinned?.arm?.cause === 'CAP_REACHED')).toBe(true);
    expect(rest.every((pinned) => pinned?.strategy.version === STRATEGY_V2.version)).toBe(true);
    const [counts] = await countArms(wide, experiment);
    expect(counts).toMatchObject({ arm: 'higher', persons: 50, diverted: 43 });
  });

  it('never lends more on challengers than the cap has, counting what is asked for and not decided', async () => {
    const document = documentOf({ exposureCap: { maxPersons: null, maxFen: 50_000_00 } });
    await run(document);
    const drafts: string[] = [];
    for (let i = 0; i < 10; i += 1) drafts.push(await draft(idIn(document, 'higher')));
    await Promise.all(drafts.map((id) => submit(id)));
    const met = (await Promise.all(drafts.map(pinnedBy))).filter(
      (one) => one?.arm?.name === 'higher',
    );
    expect(met.length).toBe(2);
  });

  it('leaves a stopped arm to the champion for who comes, and keeps what earlier loans pinned', async () => {
    const document = documentOf();
    const experiment = await run(document);
    const person = idIn(document, 'higher');
    const before = await comes(person);
    await wide.transaction().execute((tx) =>
      recordArmStop(tx, {
        experimentId: experiment,
        arm: 'higher',
        stoppedBy: 'li',
        breach: null,
      }),
    );
    const after = await comes(person);
    expect(after.pinned?.arm).toEqual({ experiment, name: 'base', cause: 'ARM_STOPPED' });
    expect(await pinnedBy(before.id)).toMatchObject({ strategy: { version: CHALLENGER } });
  });

  it('takes nobody in before the start, after the end, or once another version is in force than the champion’s', async () => {
    const later = new Date(Date.now() + DAY_MS / 2).toISOString();
    const soon = documentOf({ startsAt: later });
    await run(soon);
    expect((await comes(idIn(soon, 'higher'))).pinned?.arm).toBeUndefined();
    await stopRunning();
    const arms = [
      { name: 'base', role: 'CHAMPION', strategyVersion: CHALLENGER, shareBp: 5_000 },
      { name: 'higher', role: 'CHALLENGER', strategyVersion: SHADOW, shareBp: 5_000 },
    ];
    const foreign = documentOf({ arms });
    await run(foreign);
    const { pinned } = await comes(idIn(foreign, 'higher'));
    expect([pinned?.arm, pinned?.strategy.version]).toEqual([undefined, STRATEGY_V2.version]);
  });
});

async function stopRunning(): Promise<void> {
  const id = running;
  if (id === undefined) return;
  running = undefined;
  await wide
    .transaction()
    .execute((tx) => stopExperiment(tx, id, { subject: 'x', reason: 'TEST_OVER' }));
}

describe('the record', () => {
  it('knows no second approval by the first person, no other document, no second run, and forgets nothing', async () => {
    const document = documentOf();
    const experiment = await run(document);
    const id = randomUUID();
    await wide.transaction().execute(async (tx) => {
      await createExperiment(tx, {
        id,
        document: documentOf(),
        documentSm3: sm3Hex('x'),
        createdBy: 'wang',
      });
      await proposeExperiment(tx, id, 'zhao');
    });
    const approving = (by: string) =>
      wide.transaction().execute((tx) => approveExperiment(tx, id, by));
    expect(await refusal(approving('zhao'))).toBe('experiments_two_people');
    expect(await refusal(approving('wang'))).toBe('experiments_two_people');
    expect(await refusal(approving('li'))).toBe('experiments_one_running');
    const change = wide
      .updateTable('experiments')
      .set({ document: '{}' })
      .where('id', '=', experiment);
    expect(await refusal(change.execute())).toBe('23001');
    await comes(idIn(document, 'base'));
    expect(await refusal(wide.deleteFrom('experiment_assignments').execute())).toBe('23001');
    expect(
      await refusal(wide.updateTable('experiment_assignments').set({ arm: 'x' }).execute()),
    ).toBe('23001');
  });
});

interface Life {
  readonly outcome: 'APPROVE' | 'DECLINE' | 'REFER';
  readonly amountFen?: number;
  readonly rate?: string;
  /** Days ago the first instalment was due, and days after that day it was paid; no loan without it. */
  readonly due?: { readonly ago: number; readonly paidAfter: number | null };
}

/** Rows of one person's life in an arm, as the story would have left them. */
async function live(document: ExperimentDocument, arm: string, life: Life): Promise<void> {
  const { id, pinned } = await comes(idIn(document, arm));
  await wide
    .insertInto('decisions')
    .values({
      id: randomUUID(),
      application_id: id,
      round: 1,
      evidence_version: 1,
      outcome: life.outcome,
      reasons: [],
      gaps: [],
      grade: 'B',
      amount_fen: life.amountFen === undefined ? null : fen(life.amountFen),
      annual_rate: life.rate ?? null,
      approvals: '[]',
      trace: '{}',
      versions: JSON.stringify(pinned),
    })
    .execute();
  if (life.due === undefined) return;
  await lend(id, life.due);
}

const daysAgo = (days: number): string => businessDate(new Date(Date.now() - days * DAY_MS));

async function lend(applicationId: string, due: NonNullable<Life['due']>): Promise<void> {
  const payout = payoutRow(applicationId, await contract(wide, applicationId), { state: 'PAID' });
  await wide.insertInto('payouts').values(payout).execute();
  const loanId = randomUUID();
  await wide
    .insertInto('loans')
    .values({
      id: loanId,
      application_id: applicationId,
      payout_id: payout.id,
      number: `L${loanId}`,
      principal_fen: fen(1_000_00),
      annual_rate: '10.80',
      term_months: 12,
      method: 'EQUAL_INSTALMENT',
      disbursed_on: daysAgo(due.ago + 30),
      state: 'ACTIVE',
    })
    .execute();
  const parts = { principal_fen: fen(80_00), interest_fen: fen(9_00), fee_fen: fen(0) };
  await wide
    .insertInto('instalments')
    .values({ loan_id: loanId, number: 1, due_date: daysAgo(due.ago), ...parts })
    .execute();
  if (due.paidAfter === null) return;
  await wide
    .insertInto('repayments')
    .values({
      notice_id: randomUUID(),
      loan_id: loanId,
      bank_reference: randomUUID(),
      amount_fen: fen(89_00),
      allocations: JSON.stringify([
        { number: 1, principalFen: 80_00, interestFen: 9_00, feeFen: 0, penaltyFen: 0 },
      ]),
      unallocated_fen: fen(0),
      received_on: daysAgo(due.ago - due.paidAfter),
    })
    .execute();
}

describe('the report', () => {
  it('has the numbers that the rows give by hand', async () => {
    const document = documentOf();
    const experiment = await run(document);
    await live(document, 'base', {
      outcome: 'APPROVE',
      amountFen: 10_000_00,
      rate: '10.80',
      due: { ago: 30, paidAfter: 0 },
    });
    await live(document, 'base', { outcome: 'DECLINE' });
    await live(document, 'higher', {
      outcome: 'APPROVE',
      amountFen: 10_000_00,
      rate: '10.80',
      due: { ago: 30, paidAfter: 7 },
    });
    await live(document, 'higher', {
      outcome: 'APPROVE',
      amountFen: 20_000_00,
      rate: '12.80',
      due: { ago: 30, paidAfter: 8 },
    });
    await live(document, 'higher', {
      outcome: 'APPROVE',
      amountFen: 30_000_00,
      rate: '14.80',
      due: { ago: 30, paidAfter: null },
    });
    await live(document, 'higher', {
      outcome: 'APPROVE',
      amountFen: 40_000_00,
      rate: '7.20',
      due: { ago: 7, paidAfter: null },
    });
    await live(document, 'higher', { outcome: 'REFER' });
    // Undecided: assigned, and in no rate.
    await comes(idIn(document, 'higher'));
    const report = reportOf(document, await countArms(wide, experiment), false);
    const [base, higher] = report.arms;
    expect(base?.counts).toMatchObject({
      persons: 2,
      approved: 1,
      declined: 1,
      referred: 0,
      matured: 1,
      earlyOverdue: 0,
    });
    expect(higher?.counts).toMatchObject({
      persons: 6,
      approved: 4,
      declined: 0,
      referred: 1,
      matured: 3,
      earlyOverdue: 2,
    });
    expect(higher?.approvalRate?.value).toBe(4 / 5);
    expect(higher?.limitFen?.value).toBe(25_000_00);
    // Deviation over n − 1 of 10, 20, 30, 40 thousand: √(500/3) thousand.
    expect(higher?.counts.limit.deviation).toBeCloseTo(Math.sqrt(500 / 3) * 1_000_00, 2);
    expect(higher?.pricePercent?.value).toBeCloseTo(11.4, 10);
    expect(higher?.earlyOverdueRate?.value).toBe(2 / 3);
    expect(report.balance?.degrees).toBe(1);
    expect(higher?.verdict?.code).toBe('TOO_FEW');
  });
});

describe('the watch', () => {
  it('stops an arm that left its band once there is enough to see, tells risk once, and finishes what is over', async () => {
    const document = documentOf();
    const experiment = await run(document);
    for (let i = 0; i < 3; i += 1) await live(document, 'higher', { outcome: 'DECLINE' });
    for (let i = 0; i < 6; i += 1) await live(document, 'base', { outcome: 'DECLINE' });
    expect((await watchExperiments(place.deps)).stopped).toEqual([]);
    await live(document, 'higher', { outcome: 'DECLINE' });
    expect((await watchExperiments(place.deps)).stopped).toEqual([`${document.code}/higher`]);
    expect((await watchExperiments(place.deps)).stopped).toEqual([]);
    const stop = await wide
      .selectFrom('arm_stops')
      .selectAll()
      .where('experiment_id', '=', experiment)
      .execute();
    expect(stop).toMatchObject([
      {
        arm: 'higher',
        reason: 'STOP_LOSS',
        measure: 'DECLINE_RATE',
        hits: 4,
        seen: 4,
        low_bp: 0,
        high_bp: 5_000,
      },
    ]);
    const told = await wide
      .selectFrom('outbox')
      .select('payload')
      .where('topic', '=', 'risk.alert')
      .where(sql<boolean>`payload ->> 'experiment' = ${document.code}`)
      .execute();
    expect(told).toMatchObject([
      { payload: { kind: 'ARM_STOPPED', arm: 'higher', measured: '4/4' } },
    ]);
    const entries = await wide
      .selectFrom('audit_entries')
      .select(['action', 'actor'])
      .where('subject_id', '=', experiment)
      .execute();
    expect(entries).toEqual([{ action: 'experiment.arm-stopped', actor: 'experiment-watch' }]);
    expect((await comes(idIn(document, 'higher'))).pinned?.arm?.cause).toBe('ARM_STOPPED');
  });

  it('finishes an experiment whose time is over', async () => {
    const experiment = await run(
      documentOf({ endsAt: new Date(Date.now() - 1_000).toISOString() }),
    );
    expect((await watchExperiments(place.deps)).finished).toEqual([experiment]);
    const row = await wide
      .selectFrom('experiments')
      .select('status')
      .where('id', '=', experiment)
      .executeTakeFirstOrThrow();
    expect(row.status).toBe('FINISHED');
  });
});
