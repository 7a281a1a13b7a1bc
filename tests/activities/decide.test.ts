/** Missing evidence never approves: a clean person is approved, and without any one piece of evidence is not. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pullBaihang, pullPboc } from '../../activities/bureau/pull.ts';
import { concludeBureau } from '../../activities/bureau/conclude.ts';
import { screenRegistries } from '../../activities/bureau/screen.ts';
import { decideApplication } from '../../activities/decide/decide.ts';
import { assessFraud } from '../../activities/fraud/assess.ts';
import { scoreApplication } from '../../activities/score/score.ts';
import { readDecisionRecord } from '../../db/queries/decide.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { recordVerification } from '../../db/queries/verifications.ts';
import { businessDate } from '../../platform/clock.ts';
import type { IdentityPage } from '../../domain/apply.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { fen } from '../../domain/money.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { application, syntheticId } from '../domain/samples.ts';
import { admitted, consent, finalCode, openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

const EVIDENCE = [
  'TWO_FACTOR',
  'MOBILE',
  'BANK_CARD',
  'FACE',
  'PBOC',
  'BAIHANG',
  'REGISTRY',
] as const;
type Evidence = (typeof EVIDENCE)[number];

let people = 0;
let strategies = 0;

/** Somebody else each time, so that nobody's numbers are shared and no report is reused. */
function somebody() {
  people += 1;
  const tail = String(people).padStart(3, '0');
  const identity: Partial<IdentityPage> = {
    idNumber: syntheticId('1990-06-15', tail),
    mobile: `13800000${tail}`,
  };
  return application({
    identity,
    work: { monthlyIncomeFen: fen(30_000_00), monthlyDebtServiceFen: fen(1_000_00) },
    loan: { amountFen: fen(20_000_00), bankReservedMobile: `13800000${tail}` },
  });
}

async function verify(applicationId: string, missing: ReadonlySet<Evidence>): Promise<void> {
  for (const kind of ['TWO_FACTOR', 'MOBILE', 'BANK_CARD', 'FACE'] as const) {
    if (missing.has(kind)) continue;
    await recordVerification(place.deps.db, {
      applicationId,
      evidenceVersion: 4,
      kind,
      outcome: 'MATCH',
      detail: kind === 'FACE' ? { score: 96, live: true } : {},
      requestNo: `${kind}-${applicationId}`,
    });
  }
}

/** Lives an application from its bureaus to the eve of its decision, without the evidence that is missing. */
async function toDecide(missing: ReadonlySet<Evidence>): Promise<string> {
  const { deps } = place;
  const one = await admitted(deps, 'BUREAU', somebody());
  const applicationId = one.id;
  const step = { applicationId, round: 1 };
  await consent(deps, one);
  await verify(applicationId, missing);
  if (!missing.has('PBOC')) await pullPboc(deps, step);
  if (!missing.has('BAIHANG')) await pullBaihang(deps, step);
  if (!missing.has('REGISTRY')) await screenRegistries(deps, step);
  const gap = (bureau: 'PBOC' | 'BAIHANG') => (missing.has(bureau) ? 'UNREACHABLE' : null);
  const gaps = { PBOC: gap('PBOC'), BAIHANG: gap('BAIHANG') };
  let placed = await concludeBureau(deps, { ...step, expectedVersion: 0, gaps });
  placed = await assessFraud(deps, { ...step, expectedVersion: placed.version });
  await scoreApplication(deps, {
    ...step,
    expectedVersion: placed.version,
    today: businessDate(new Date()),
  });
  return applicationId;
}

async function decide(applicationId: string) {
  const input = { applicationId, round: 1, expectedVersion: 3, at: new Date().toISOString() };
  return await decideApplication(place.deps, input);
}

async function decisionOf(applicationId: string) {
  return await place.deps.db
    .selectFrom('decisions')
    .select(['outcome', 'reasons', 'gaps', 'evidence_version', 'versions', 'trace'])
    .where('application_id', '=', applicationId)
    .execute();
}

describe('the decision', () => {
  it('approves a clean person on whole evidence, once, and pins what it ran on', async () => {
    const id = await toDecide(new Set());
    const first = await decide(id);
    expect(first).toMatchObject({ outcome: 'APPROVE', stage: 'OFFER' });
    expect(await decide(id)).toEqual(first);
    const decisions = await decisionOf(id);
    expect(decisions).toMatchObject([
      { outcome: 'APPROVE', gaps: [], evidence_version: 4, versions: { strategy: { version: 2 } } },
    ]);
  });

  it.each(EVIDENCE)(
    'does not approve without %s, states the gap and opens a task for a person',
    async (piece) => {
      const id = await toDecide(new Set([piece]));
      expect(await decide(id)).toMatchObject({ outcome: 'REFER', stage: 'REVIEW' });
      const [decision] = await decisionOf(id);
      expect(decision?.gaps.length).toBeGreaterThan(0);
      const tasks = await place.deps.db
        .selectFrom('review_tasks')
        .select(['level', 'state'])
        .where('application_id', '=', id)
        .execute();
      expect(tasks).toMatchObject([{ level: 1, state: 'OPEN' }]);
    },
  );

  it('approves on no smaller evidence, whichever pieces are missing together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray([...EVIDENCE], { minLength: 1 }), async (missing) => {
        const { outcome } = await decide(await toDecide(new Set(missing)));
        expect(outcome).not.toBe('APPROVE');
      }),
      { numRuns: 25 },
    );
  });

  it('leaves a sealed record whose digest is stored, and no value of the person in clear', async () => {
    const id = await toDecide(new Set());
    await decide(id);
    const [decision] = await decisionOf(id);
    expect(JSON.stringify(decision?.trace)).not.toMatch(/values|3000000/);
    const { db, vault } = place.deps;
    const record = await readDecisionRecord(db, await vault.of(db, id), id, 1);
    expect(record?.recordSm3).toBe(sm3Hex(record?.text ?? ''));
    const content: unknown = JSON.parse(record?.text ?? 'null');
    expect(content).toMatchObject({
      versions: {
        strategy: 'PERSONAL_STANDARD@2',
        scorecard: 'PERSONAL_EXPERT@1',
        model: 'EXPERT',
        arm: null,
      },
      outcome: 'APPROVE',
    });
    expect(canonicalJson(content)).toBe(record?.text);
    const change = db.updateTable('decisions').set({ outcome: 'DECLINE' });
    await expect(change.where('application_id', '=', id).execute()).rejects.toThrow(/append-only/);
  });

  it.each([
    ['that nobody can read', { format: 3 }],
    ['that is no object', 'a strategy'],
    ['made for another scorecard', { ...STRATEGY_V2, scorecard: 'OTHER@1' }],
    [
      'of ten thousand rules',
      { ...STRATEGY_V2, knockouts: Array.from({ length: 10_000 }, () => STRATEGY_V2.knockouts[0]) },
    ],
  ])('goes to people by a strategy %s, and the story goes on', async (_, document) => {
    const id = await toDecide(new Set());
    strategies += 1;
    const version = 100 + strategies;
    await publishRulebook(place.deps.db, {
      kind: 'STRATEGY',
      code: 'PERSONAL_STANDARD',
      version,
      document,
      documentSm3: 'x',
      // Never in force for anybody else: only this loan pins it.
      effectiveFrom: new Date('2999-01-01'),
    });
    const { pinned } = await place.deps.db
      .selectFrom('applications')
      .select('pinned')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await place.deps.db
      .updateTable('applications')
      .set({
        pinned: JSON.stringify({ ...pinned, strategy: { code: 'PERSONAL_STANDARD', version } }),
      })
      .where('id', '=', id)
      .execute();
    expect(await decide(id)).toMatchObject({ outcome: 'REFER', stage: 'REVIEW' });
    const [decision] = await decisionOf(id);
    expect(decision?.reasons).toContain('GAP_STRATEGY');
  });

  it('is not taken at all without a score', async () => {
    const { id } = await admitted(place.deps, 'DECIDE', somebody());
    const input = { applicationId: id, round: 1, expectedVersion: 0, at: new Date().toISOString() };
    expect(await finalCode(decideApplication(place.deps, input))).toBe('SCORE_MISSING');
    expect(await decisionOf(id)).toEqual([]);
  });
});
