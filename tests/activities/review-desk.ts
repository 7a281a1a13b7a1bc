/** A review desk for tests: applications that were referred, the people who sit there, and what they say. */
import { randomBytes, randomUUID } from 'node:crypto';
import { decideReview, type DecideAct } from '../../activities/decide/vote.ts';
import { claimReview, type ReviewAct } from '../../activities/decide/review.ts';
import { openReviewOf } from '../../activities/decide/open.ts';
import type { Recorded } from '../../activities/outcomes.ts';
import { pinnedOf } from '../../activities/pinned.ts';
import { readDecision, recordDecision } from '../../db/queries/decide.ts';
import { readReview, type StoredReview } from '../../db/queries/desk.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { recordScore } from '../../db/queries/score.ts';
import { type ApprovalMatrix, MATRIX_V1 } from '../../domain/approval-matrix.ts';
import type { ApprovalLevel } from '../../domain/authority.ts';
import type { PersonApplication } from '../../domain/apply.ts';
import type { Actor } from '../../domain/journey.ts';
import { fen } from '../../domain/money.ts';
import { application as form, variablesOf } from '../domain/samples.ts';
import { admitted, type Workplace } from './workplace.ts';

export const AT = '2026-11-24T02:00:00.000Z';
export const SLA_MS = 4 * 3_600_000;

/** A person of the lender in a role. */
export const person = (subject: string, role: string): Actor => ({ kind: 'human', subject, role });
export const LI = person('reviewer-li', 'reviewer');
export const WANG = person('reviewer-wang', 'reviewer');
export const ZHAO = person('senior-zhao', 'senior-reviewer');
export const CHEN = person('senior-chen', 'senior-reviewer');
export const SUN = person('risk-sun', 'risk-officer');

export interface Referred {
  readonly id: string;
  readonly applicantId: string;
}

export interface ReferralGiven {
  readonly amountFen?: number;
  readonly grade?: string;
  readonly gaps?: readonly string[];
  readonly approvals?: readonly ApprovalLevel[];
  readonly filled?: PersonApplication;
  readonly at?: string;
}

/** An application as `decide` leaves it when people must look: scored, decided, with its review open. */
export async function referred(place: Workplace, given: ReferralGiven = {}): Promise<Referred> {
  const { deps } = place;
  const amountFen = fen(given.amountFen ?? 20_000_00);
  const one = await admitted(
    deps,
    'REVIEW',
    given.filled ?? form({ loan: { amountFen, termMonths: 12 } }),
  );
  const pinned = await pinnedOf(deps, deps.db, one.id);
  const { evidence_version: evidenceVersion } = pinned.application;
  const cipher = await deps.vault.of(deps.db, one.id);
  await deps.db.transaction().execute(async (tx) => {
    const weighed = { applicationId: one.id, round: 1, evidenceVersion };
    await recordScore(tx, cipher, {
      ...weighed,
      scorecardCode: 'S',
      scorecardVersion: 1,
      total: 600,
      grade: given.grade ?? 'B',
      complete: true,
      contributions: [],
      variables: variablesOf(),
      variablesSm3: 'h',
    });
    await recordDecision(tx, {
      ...weighed,
      outcome: 'REFER',
      reasons: ['REFER_SCORE'],
      gaps: given.gaps ?? [],
      grade: given.grade ?? 'B',
      amountFen,
      annualRate: '10.80',
      approvals: given.approvals ?? [],
      trace: { rules: [], total: 600 },
      versions: pinned.application.pinned,
      record: null,
    });
    const decision = await readDecision(tx, one.id, 1);
    if (decision === undefined) throw new Error('the decision is lost');
    await openReviewOf(tx, pinned, decision, new Date(given.at ?? AT));
    await tx
      .updateTable('applications')
      .set({ pending: 'REVIEW' })
      .where('id', '=', one.id)
      .execute();
  });
  return one;
}

/** The review as the record has it. */
export async function reviewOf(place: Workplace, id: string, round = 1): Promise<StoredReview> {
  const stored = await readReview(place.deps.db, id, round);
  if (stored === undefined) throw new Error('no review is on the record');
  return stored;
}

export async function taskAt(place: Workplace, id: string, stage = 1, seat = 1): Promise<string> {
  const task = (await reviewOf(place, id)).tasks.get(`${stage}/${seat}`);
  if (task === undefined) throw new Error(`no task at ${stage}/${seat}`);
  return task;
}

export async function act(
  place: Workplace,
  id: string,
  actor: Actor,
  over: { readonly stage?: number; readonly seat?: number; readonly at?: string } = {},
): Promise<ReviewAct> {
  return {
    applicationId: id,
    taskId: await taskAt(place, id, over.stage, over.seat),
    actor,
    cause: randomUUID(),
    at: over.at ?? AT,
  };
}

type Said = Partial<Omit<DecideAct, keyof ReviewAct>> &
  Pick<DecideAct, 'onBehalfOf'> & {
    readonly stage?: number;
    readonly seat?: number;
    readonly at?: string;
    /** Says it without having claimed the task. */
    readonly unclaimed?: boolean;
  };

/** Claims a seat and votes, as one person would. */
export async function vote(
  place: Workplace,
  id: string,
  actor: Actor,
  said: Said = {},
): Promise<Recorded> {
  const { stage, seat, unclaimed, ...rest } = said;
  const where = {
    ...(stage === undefined ? {} : { stage }),
    ...(seat === undefined ? {} : { seat }),
    ...(rest.at === undefined ? {} : { at: rest.at }),
  };
  if (unclaimed !== true) {
    const claimed = await claimReview(place.deps, {
      ...(await act(place, id, actor, where)),
      onBehalfOf: rest.onBehalfOf ?? null,
    });
    if (!claimed.ok) return claimed;
  }
  const { review } = await reviewOf(place, id);
  return await decideReview(place.deps, {
    ...(await act(place, id, actor, where)),
    decision: 'APPROVE',
    reasons: ['REVIEW_POSITIVE'],
    sealedComment: Buffer.from('words').toString('base64'),
    amountFen: fen(review.proposal?.amountFen ?? review.mostFen),
    evidenceVersion: review.evidenceVersion,
    slaMs: SLA_MS,
    ...rest,
  });
}

export const codeOf = (recorded: Recorded): string => (recorded.ok ? 'OK' : recorded.code);

let versions = 1;

/** Puts another matrix into force for the reviews that open from now on. */
export async function publishMatrix(place: Workplace, document: unknown): Promise<number> {
  versions += 1;
  await publishRulebook(place.deps.db, {
    kind: 'MATRIX',
    code: 'HOUSE',
    version: versions,
    document,
    documentSm3: randomBytes(32).toString('hex'),
    // Each is in force from later than the one before it.
    effectiveFrom: new Date(Date.UTC(2026, 0, 2) + versions * 1_000),
  });
  return versions;
}

/** The shipped matrix with other stages for every case. */
export const matrixOf = (stages: ApprovalMatrix['rows'][number]['stages']): ApprovalMatrix => ({
  ...MATRIX_V1,
  rows: [{ id: 'ALL', zh: '全部', en: 'Everything', when: {}, stages }],
});
