/** Experiments by the API: written with every fault named, carried by two people, stopped by one, and read by those who may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishShippedRulebooks } from '../../activities/shipped-rulebooks.ts';
import { DEFAULT_THRESHOLDS } from '../../domain/monitoring.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { type Answer, openWorld, type World } from './world.ts';

let world: World;
let officer: string;
let approver: string;
let auditor: string;
beforeAll(async () => {
  world = await openWorld();
  await publishShippedRulebooks(world.db);
  const whole = { ...STRATEGY_V2, version: 90 };
  await world.db
    .insertInto('rulebooks')
    .values({
      kind: 'STRATEGY',
      code: STRATEGY_V2.id,
      version: 90,
      document: JSON.stringify(whole),
      document_sm3: sm3Hex(JSON.stringify(whole)),
      effective_from: new Date(),
    })
    .execute();
  officer = await world.token('officer-1', ['risk-officer']);
  approver = await world.token('approver-1', ['risk-approver']);
  auditor = await world.token('auditor-1', ['auditor']);
});
afterAll(async () => await world.close());

const post = (path: string, token: string, json: unknown, key?: string) =>
  world.call('POST', path, { token, json, ...(key === undefined ? {} : { key }) });
const get = (path: string, token: string) => world.call('GET', path, { token });
const codeOf = (answer: Answer) => [answer.status, answer.body['code']];

let written = 0;
function documentOf(change: Record<string, unknown> = {}): Record<string, unknown> {
  written += 1;
  return {
    format: 1,
    code: `TRIAL_${written}`,
    strategyCode: STRATEGY_V2.id,
    salt: `salt-of-trial-${written}`,
    arms: [
      { name: 'base', role: 'CHAMPION', strategyVersion: STRATEGY_V2.version, shareBp: 9_000 },
      { name: 'higher', role: 'CHALLENGER', strategyVersion: 90, shareBp: 1_000 },
    ],
    exposureCap: { maxPersons: 100, maxFen: null },
    stopLoss: [
      { arm: 'higher', measure: 'DECLINE_RATE', lowBp: 0, highBp: 5_000, minimumSample: 50 },
    ],
    earlyOverdue: { days: 7, marginBp: 200 },
    minimumSample: 30,
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '2099-01-01T00:00:00Z',
    ...change,
  };
}

async function write(change: Record<string, unknown> = {}) {
  const made = await post('/v1/experiments', officer, { document: documentOf(change) });
  expect(made.status, made.text).toBe(201);
  return {
    path: `/v1/experiments/${String(made.body['id'])}`,
    sm3: String(made.body['documentSm3']),
    made,
  };
}
async function proposed(change: Record<string, unknown> = {}) {
  const one = await write(change);
  const answer = await post(`${one.path}/propose`, officer, {});
  expect(answer.status, answer.text).toBe(200);
  return one;
}
const approve = ({ path, sm3 }: { path: string; sm3: string }, token = approver) =>
  post(`${path}/approve`, token, { documentSm3: sm3 });

describe('an experiment', () => {
  it('runs once one has proposed it and another approved the very document, and is on the trail', async () => {
    const one = await write();
    expect(codeOf(await approve(one))).toEqual([409, 'NO_PROPOSAL']);
    await post(`${one.path}/propose`, officer, {});
    expect(codeOf(await post(`${one.path}/propose`, officer, {}))).toEqual([
      409,
      'EXPERIMENT_STATE_DOES_NOT_FIT',
    ]);
    const other = { path: one.path, sm3: sm3Hex('another document') };
    expect(codeOf(await approve(other))).toEqual([409, 'DIGEST_DIFFERS']);
    expect((await approve(one, officer)).status).toBe(403);
    expect((await approve(one)).body).toMatchObject({
      status: 'RUNNING',
      createdBy: 'officer-1',
      proposedBy: 'officer-1',
      approvedBy: 'approver-1',
      armStops: [],
    });
    const second = await proposed();
    expect(codeOf(await approve(second))).toEqual([409, 'EXPERIMENT_RUNS_ALREADY']);
    const stop = { reason: 'TRIAL_OVER' };
    expect((await post(`${one.path}/stop`, approver, stop)).body).toMatchObject({
      status: 'STOPPED',
      stopReason: 'TRIAL_OVER',
    });
    const id = one.path.slice(-36);
    const entries = await world.db
      .selectFrom('audit_entries')
      .select(['action', 'actor'])
      .where('subject_id', '=', id)
      .where('result', '=', 'DONE')
      .orderBy('id')
      .execute();
    expect(entries.map(({ action, actor }) => `${actor} ${action}`)).toEqual([
      'officer-1 experiment.write',
      'officer-1 experiment.propose',
      'approver-1 experiment.approve',
      'approver-1 experiment.stop',
    ]);
  });

  it('is refused with the place of every fault, in the caller’s words', async () => {
    const refused = await post('/v1/experiments', officer, {
      document: documentOf({ minimumSample: 1, salt: 'short', extra: true }),
    });
    expect(codeOf(refused)).toEqual([422, 'EXPERIMENT_INVALID']);
    const errors = refused.body['errors'] as { pointer: string; code: string }[];
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/document/extra UNKNOWN_FIELD',
      '/document/salt MALFORMED',
      '/document/minimumSample OUT_OF_RANGE',
    ]);
  });

  it('is not proposed with an arm whose version is not published, nor approved after its time', async () => {
    const arms = [
      { name: 'base', role: 'CHAMPION', strategyVersion: STRATEGY_V2.version, shareBp: 9_000 },
      { name: 'higher', role: 'CHALLENGER', strategyVersion: 77, shareBp: 1_000 },
    ];
    const unpublished = await write({ arms });
    expect(codeOf(await post(`${unpublished.path}/propose`, officer, {}))).toEqual([
      422,
      'ARM_VERSION_NOT_PUBLISHED',
    ]);
    const late = await proposed({ endsAt: '2026-01-02T00:00:00Z' });
    expect(codeOf(await approve(late))).toEqual([409, 'EXPERIMENT_OVER']);
  });

  it('is one for one act, and its code is its own', async () => {
    const document = documentOf();
    const [first, again] = [
      await post('/v1/experiments', officer, { document }, 'key-of-one-act'),
      await post('/v1/experiments', officer, { document }, 'key-of-one-act'),
    ];
    expect(again.body['id']).toBe(first.body['id']);
    expect(codeOf(await post('/v1/experiments', officer, { document }))).toEqual([
      409,
      'EXPERIMENT_CODE_TAKEN',
    ]);
  });

  it('loses one challenger to a person, and keeps the rest', async () => {
    const one = await proposed();
    await approve(one);
    const stop = (arm: string) => post(`${one.path}/stop`, officer, { arm, reason: 'COMPLAINTS' });
    expect(codeOf(await stop('base'))).toEqual([422, 'NO_SUCH_ARM']);
    expect((await stop('higher')).body).toMatchObject({
      status: 'RUNNING',
      armStops: [{ arm: 'higher', reason: 'PERSON', measure: null, stoppedBy: 'officer-1' }],
    });
    await post(`${one.path}/stop`, officer, { reason: 'TRIAL_OVER' });
    expect(codeOf(await stop('higher'))).toEqual([409, 'EXPERIMENT_STATE_DOES_NOT_FIT']);
  });

  it('and its report are read by risk and oversight, and by nobody else', async () => {
    const { path } = await write();
    for (const token of [officer, approver, auditor]) {
      const report = await get(`${path}/report`, token);
      expect(report.status, report.text).toBe(200);
      expect(report.body).toMatchObject({ status: 'DRAFT', confidence: 0.95, balance: null });
      expect((await get('/v1/experiments', token)).status).toBe(200);
    }
    for (const role of ['applicant', 'operations', 'finance-maker'] as const)
      expect((await get(path, await world.token('x', [role]))).status).toBe(403);
    const reviewer = await world.token('r', ['reviewer']);
    expect((await post(`${path}/propose`, reviewer, {})).status).toBe(403);
    expect(
      (await get('/v1/experiments/00000000-0000-4000-8000-00000000dead', officer)).status,
    ).toBe(404);
  });
});

describe('monitoring', () => {
  it('is read with the shipped thresholds until others are set, which nobody sets over another’s', async () => {
    const read = await get('/v1/risk/monitoring', auditor);
    expect(read.status, read.text).toBe(200);
    expect(read.body).toMatchObject({
      thresholds: { version: 0, thresholds: DEFAULT_THRESHOLDS },
      strategies: [],
      alerts: [],
    });
    const path = '/v1/risk/monitoring/thresholds';
    const next = {
      after: 0,
      thresholds: { ...DEFAULT_THRESHOLDS, outcomePoints: 5 },
      reason: 'TIGHTER',
    };
    expect((await post(path, officer, next)).status).toBe(403);
    expect((await post(path, approver, next)).body).toMatchObject({ version: 1 });
    expect(codeOf(await post(path, approver, next))).toEqual([409, 'THRESHOLDS_CHANGED']);
    const loose = { ...next, after: 1, thresholds: { ...DEFAULT_THRESHOLDS, stabilityIndex: 99 } };
    expect((await post(path, approver, loose)).status).toBe(422);
    expect((await get('/v1/risk/monitoring', officer)).body['thresholds']).toMatchObject({
      version: 1,
      thresholds: { outcomePoints: 5 },
    });
  });
});
