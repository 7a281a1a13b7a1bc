/** Shadows are heard and never obeyed, and every decision leaves what it measured in bands and not in values. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pullBaihang, pullPboc } from '../../activities/bureau/pull.ts';
import { concludeBureau } from '../../activities/bureau/conclude.ts';
import { screenRegistries } from '../../activities/bureau/screen.ts';
import { decideApplication } from '../../activities/decide/decide.ts';
import { assessFraud } from '../../activities/fraud/assess.ts';
import { scoreApplication } from '../../activities/score/score.ts';
import { openDatabase, type Queryable, type Tx } from '../../db/database.ts';
import { countShadows } from '../../db/queries/experiment-arms.ts';
import {
  approveExperiment,
  createExperiment,
  proposeExperiment,
} from '../../db/queries/experiments.ts';
import { recordVerification } from '../../db/queries/verifications.ts';
import { parseExperiment } from '../../domain/experiment-parse.ts';
import { fen } from '../../domain/money.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { businessDate } from '../../platform/clock.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { application, syntheticId } from '../domain/samples.ts';
import { testServer } from '../support/house.ts';
import { admitted, consent, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;
let experiment: string;
const [STRICT, BROKEN, GONE] = [91, 92, 93];
const DAY_MS = 86_400_000;

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
  await publish(STRICT, { cutoffs: { autoApproveFrom: 9_000, autoDeclineBelow: 8_999 } });
  await publish(BROKEN, { knockouts: 'none' });
  const shadow = (name: string, strategyVersion: number) => ({
    name,
    role: 'SHADOW',
    strategyVersion,
    shareBp: 0,
  });
  const found = parseExperiment({
    format: 1,
    code: 'SHADOWS',
    strategyCode: STRATEGY_V2.id,
    salt: 'salt-of-shadows',
    arms: [
      { name: 'base', role: 'CHAMPION', strategyVersion: STRATEGY_V2.version, shareBp: 10_000 },
      shadow('strict', STRICT),
      shadow('broken', BROKEN),
      shadow('gone', GONE),
    ],
    exposureCap: { maxPersons: 1, maxFen: null },
    stopLoss: [],
    earlyOverdue: { days: 7, marginBp: 200 },
    minimumSample: 30,
    startsAt: new Date(Date.now() - DAY_MS).toISOString(),
    endsAt: new Date(Date.now() + DAY_MS).toISOString(),
  });
  if (!found.ok) throw new Error(JSON.stringify(found.faults));
  experiment = randomUUID();
  const { experiment: document } = found;
  await asOwner(async (tx) => {
    await createExperiment(tx, {
      id: experiment,
      document,
      documentSm3: sm3Hex('x'),
      createdBy: 'wang',
    });
    await proposeExperiment(tx, experiment, 'wang');
    await approveExperiment(tx, experiment, 'li');
  });
});
afterAll(() => place.close());

let people = 0;
/** Lives an application to the eve of its decision, under the experiment or outside of any. */
async function toDecide(arm: { experiment: string; name: string; cause: 'BUCKET' } | undefined) {
  const { deps } = place;
  people += 1;
  const tail = String(people).padStart(3, '0');
  const mobile = `13800002${tail}`;
  const one = await admitted(
    deps,
    'BUREAU',
    application({
      identity: { idNumber: syntheticId('1990-06-15', tail), mobile },
      work: { monthlyIncomeFen: fen(30_000_00), monthlyDebtServiceFen: fen(1_000_00) },
      loan: { amountFen: fen(20_000_00), bankReservedMobile: mobile },
    }),
  );
  const pinned = await deps.rulebooks.newest(deps.db, 'PERSONAL_CREDIT');
  await deps.db
    .updateTable('applications')
    .set({ pinned: JSON.stringify({ ...pinned, ...(arm === undefined ? {} : { arm }) }) })
    .where('id', '=', one.id)
    .execute();
  const applicationId = one.id;
  const step = { applicationId, round: 1 };
  await consent(deps, one);
  for (const kind of ['TWO_FACTOR', 'MOBILE', 'BANK_CARD', 'FACE'] as const)
    await recordVerification(deps.db, {
      applicationId,
      evidenceVersion: 4,
      kind,
      outcome: 'MATCH',
      detail: kind === 'FACE' ? { score: 96, live: true } : {},
      requestNo: `${kind}-${applicationId}`,
    });
  await pullPboc(deps, step);
  await pullBaihang(deps, step);
  await screenRegistries(deps, step);
  const gaps = { PBOC: null, BAIHANG: null };
  let placed = await concludeBureau(deps, { ...step, expectedVersion: 0, gaps });
  placed = await assessFraud(deps, { ...step, expectedVersion: placed.version });
  const today = businessDate(new Date());
  await scoreApplication(deps, { ...step, expectedVersion: placed.version, today });
  return applicationId;
}

const decide = (applicationId: string) =>
  decideApplication(place.deps, {
    applicationId,
    round: 1,
    expectedVersion: 3,
    at: new Date().toISOString(),
  });

const shadowsOf = (applicationId: string) =>
  place.deps.db
    .selectFrom('shadow_decisions')
    .select(['arm', 'outcome', 'failure_code', 'record_sm3'])
    .where('application_id', '=', applicationId)
    .orderBy('arm')
    .execute();

describe('shadows', () => {
  it('are recorded beside the decision and change nothing of it, and one that fails is recorded as failed', async () => {
    const alone = await toDecide(undefined);
    const shadowed = await toDecide({ experiment, name: 'base', cause: 'BUCKET' });
    const [without, with_] = [await decide(alone), await decide(shadowed)];
    expect(with_.outcome).toBe('APPROVE');
    expect({ ...with_ }).toEqual({ ...without });
    expect(await shadowsOf(alone)).toEqual([]);
    const shadows = await shadowsOf(shadowed);
    expect(shadows).toMatchObject([
      { arm: 'broken', outcome: null, failure_code: 'STRATEGY_UNUSABLE', record_sm3: null },
      { arm: 'gone', outcome: null, failure_code: 'NOT_PUBLISHED', record_sm3: null },
      { arm: 'strict', outcome: 'DECLINE', failure_code: null },
    ]);
    expect(await decide(shadowed)).toEqual(with_);
    expect(await shadowsOf(shadowed)).toEqual(shadows);
    expect(await countShadows(place.deps.db, experiment)).toContainEqual({
      arm: 'strict',
      outcome: 'APPROVE',
      shadowOutcome: 'DECLINE',
      decisions: 1,
    });
  });

  it('that break in the database leave the decision whole', async () => {
    const id = await toDecide({ experiment, name: 'base', cause: 'BUCKET' });
    const rulebooks = {
      ...place.deps.rulebooks,
      // A statement that fails leaves a transaction of PostgreSQL unusable up to its savepoint.
      withStrategy: async (db: Queryable) => {
        await sql`select 1 / 0`.execute(db);
        return null;
      },
    };
    const { outcome } = await decideApplication(
      { ...place.deps, rulebooks },
      { applicationId: id, round: 1, expectedVersion: 3, at: new Date().toISOString() },
    );
    expect(outcome).toBe('APPROVE');
    expect((await shadowsOf(id)).map(({ failure_code: code }) => code)).toEqual([
      'FAILED',
      'FAILED',
      'FAILED',
    ]);
  });
});

describe('a decision', () => {
  it('leaves its rules, grade and bands under strategy and arm, once, and no value of the person', async () => {
    const id = await toDecide({ experiment, name: 'base', cause: 'BUCKET' });
    await decide(id);
    await decide(id);
    const [measure, ...more] = await place.deps.db
      .selectFrom('decision_measures')
      .selectAll()
      .where('application_id', '=', id)
      .execute();
    expect(more).toEqual([]);
    expect(measure).toMatchObject({
      day: businessDate(new Date()),
      strategy_code: STRATEGY_V2.id,
      strategy_version: STRATEGY_V2.version,
      experiment_id: experiment,
      arm: 'base',
      outcome: 'APPROVE',
      leaning: 'APPROVE',
    });
    expect(Object.values(measure?.rules ?? {})).toEqual(expect.arrayContaining(['MISS']));
    expect(Object.keys(measure?.bands ?? {}).length).toBeGreaterThanOrEqual(24);
    // Thirty thousand yuan a month are in the score's variables; here stands the band alone.
    expect(JSON.stringify(measure)).not.toContain('3000000');
  });
});

/** In a transaction of the schema's owner: the worker does not carry experiments. */
async function asOwner(work: (tx: Tx) => Promise<void>): Promise<void> {
  const { db } = place.deps;
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const url = testServer('TEST_DATABASE_URL');
  const owner = openDatabase({ url, schema: rows[0]?.schema ?? '', poolMax: 1 }, () => {});
  await owner.transaction().execute(work);
  await owner.destroy();
}
