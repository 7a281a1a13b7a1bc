/** The desk under random interleavings of people, clocks and changes: its invariants hold after every act. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StageSpec } from '../../domain/approval-matrix.ts';
import { DECIDING_ROLES } from '../../domain/authority.ts';
import { atDesk } from '../../domain/desk.ts';
import {
  type DeskAct,
  type DeskPerson,
  isLive,
  openReview,
  type Review,
  stageOf,
  type Terms,
} from '../../domain/desk-review.ts';

/** The issue asks for 2,000 interleavings a run. */
const RUNS = 2_000;
const LEAST = 1_000_00;
const MOST = 80_000_00;
const IDLE_MS = 1_000;

const stages = fc.array(
  fc
    .record({
      name: fc.constant('stage'),
      roles: fc.subarray([...DECIDING_ROLES], { minLength: 1 }),
      seats: fc.integer({ min: 1, max: 3 }),
      quorum: fc.integer({ min: 1, max: 3 }),
    })
    .map((spec): StageSpec => ({ ...spec, quorum: Math.min(spec.quorum, spec.seats) })),
  { minLength: 1, maxLength: 3 },
);

const person: fc.Arbitrary<DeskPerson> = fc
  .record({
    subject: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5', 'p6'),
    role: fc.constantFrom(...DECIDING_ROLES, 'finance-maker', 'operations'),
    onBehalfOf: fc.option(fc.constantFrom('p1', 'p2', 'p3'), { nil: null, freq: 5 }),
    limitFen: fc.constantFrom(20_000_00, 80_000_00),
    conflicted: fc.constant(false),
  })
  // Nobody lends authority to themselves.
  .map((one) => (one.onBehalfOf === one.subject ? { ...one, onBehalfOf: null } : one));
const anybody = fc.oneof(
  { arbitrary: person, weight: 5 },
  { arbitrary: person.map((one) => ({ ...one, conflicted: true })), weight: 1 },
);
const place = fc.record({
  stage: fc.integer({ min: 1, max: 3 }),
  seat: fc.integer({ min: 1, max: 3 }),
});
const terms: fc.Arbitrary<Terms> = fc.record({
  amountFen: fc.constantFrom(LEAST - 1, LEAST, 20_000_00, 50_000_00, MOST, MOST + 1, 1.5),
  termMonths: fc.constantFrom(12, 12, 12, 24),
  annualRate: fc.constantFrom('14.40', '14.40', '14.40', '18.00'),
});
const at = fc.integer({ min: 0, max: 10_000 });
const version = fc.constantFrom(1, 1, 1, 2, 3);
const reasons = fc.constantFrom(['REVIEW_POSITIVE'], ['REVIEW_POSITIVE'], []);

const act: fc.Arbitrary<DeskAct> = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant('CLAIM' as const), place, by: anybody, at }),
    weight: 8,
  },
  fc.record({
    kind: fc.constantFrom('RELEASE' as const, 'TOUCH' as const),
    place,
    by: anybody,
    at,
  }),
  fc.record({
    kind: fc.constant('STEAL' as const),
    place,
    by: anybody,
    at,
    reason: fc.constantFrom('ill', ''),
  }),
  fc.record({ kind: fc.constant('ASSIGN' as const), place, to: anybody, at }),
  fc.record({ kind: fc.constant('LAPSE' as const), at, idleMs: fc.constant(IDLE_MS) }),
  {
    arbitrary: fc.record({
      kind: fc.constant('DECIDE' as const),
      place,
      by: anybody,
      at,
      verdict: fc.constantFrom('APPROVE' as const, 'APPROVE' as const, 'DECLINE' as const),
      terms: fc.option(terms, { nil: null, freq: 10 }),
      evidenceVersion: version,
      reasons,
    }),
    weight: 12,
  },
  fc.record({
    kind: fc.constant('REQUEST_MORE' as const),
    place,
    by: anybody,
    at,
    evidenceVersion: version,
    reasons,
  }),
  fc.record({
    kind: fc.constant('SUPPLY' as const),
    evidenceVersion: version,
    inputsChanged: fc.boolean(),
  }),
);
/** What ends a review from outside, rarely, so that most interleavings get far. */
const rare: fc.Arbitrary<DeskAct> = fc.oneof(
  fc.record({ kind: fc.constant('AMEND' as const), evidenceVersion: version }),
  fc.constant({ kind: 'CANCEL' as const }),
  fc.record({
    kind: fc.constant('RETURN' as const),
    place,
    by: anybody,
    at,
    evidenceVersion: version,
    reasons,
  }),
);
/** An aimed act is turned on a live task as it stands; one that is not shoots past, as stale screens do. */
interface Step {
  readonly act: DeskAct;
  readonly aim: number | null;
}
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    act: fc.oneof({ arbitrary: act, weight: 60 }, { arbitrary: rare, weight: 1 }),
    aim: fc.option(fc.nat(2), { nil: null, freq: 4 }),
  }),
  { minLength: 5, maxLength: 60, size: 'max' },
);

function aimed(review: Review, { act: raw, aim }: Step): DeskAct {
  const live = review.seats.filter(isLive);
  const seat = aim === null ? undefined : live[aim % Math.max(1, live.length)];
  if (seat === undefined || !('place' in raw)) return raw;
  if (raw.kind === 'ASSIGN') return { ...raw, place: seat };
  const by = raw.kind === 'CLAIM' || raw.kind === 'STEAL' ? raw.by : held(raw.by, seat.assignee);
  if (raw.kind !== 'DECIDE') return { ...raw, place: seat, by };
  const chosen = review.proposal === null ? raw.terms : { ...review.proposal };
  return {
    ...raw,
    place: seat,
    by,
    terms: raw.terms === null ? null : chosen,
    evidenceVersion: review.evidenceVersion,
  };
}

/** The person who holds the task, with the role and the limit that were drawn. */
function held(by: DeskPerson, assignee: string | null): DeskPerson {
  return { ...by, subject: assignee ?? by.subject, onBehalfOf: null };
}

function peopleBehind(review: Review): readonly string[] {
  return review.ballots.flatMap((b) =>
    b.onBehalfOf === null ? [b.subject] : [b.subject, b.onBehalfOf],
  );
}

function approvalsOf(review: Review, stage: number): number {
  return review.ballots.filter((b) => b.stage === stage && b.verdict === 'APPROVE').length;
}

function assertSound(review: Review): void {
  const behind = peopleBehind(review);
  expect(new Set(behind).size, 'nobody votes twice, nor through another').toBe(behind.length);
  const places = review.ballots.map((b) => `${String(b.stage)}.${String(b.seat)}`);
  expect(new Set(places).size, 'one vote a seat').toBe(places.length);
  const live = review.seats.filter(isLive);
  expect(
    live.every((seat) => seat.stage === stageOf(review)),
    'only the present stage is worked on',
  ).toBe(true);
  for (const seat of live)
    expect(seat.assignee !== null, 'a claimed seat has a holder and no other').toBe(
      seat.state === 'CLAIMED',
    );
  for (let stage = 1; stage < stageOf(review); stage += 1)
    expect(approvalsOf(review, stage), 'a stage is left by its quorum').toBeGreaterThanOrEqual(
      review.stages[stage - 1]?.quorum ?? Infinity,
    );
  if (review.end === null) {
    expect(live.length, 'a review that goes on has an open task').toBeGreaterThan(0);
    return;
  }
  expect(live, 'nothing stays open after the end').toEqual([]);
  if (review.end !== 'APPROVED') return;
  review.stages.forEach((spec, i) => {
    expect(approvalsOf(review, i + 1)).toBeGreaterThanOrEqual(spec.quorum);
  });
  const amounts = review.ballots.flatMap((b) => (b.terms === null ? [] : [b.terms.amountFen]));
  expect(review.proposal?.amountFen, 'nobody is lent more than every approver agreed to').toBe(
    Math.min(...amounts),
  );
}

/** Checks what a vote that was taken may have been. */
function assertAllowed(before: Review, done: DeskAct): void {
  if (done.kind !== 'DECIDE') return;
  const { by } = done;
  expect(by.conflicted, 'nobody decides in a conflict').toBe(false);
  expect(before.stages[done.place.stage - 1]?.roles).toContain(by.role);
  expect(done.evidenceVersion).toBe(before.evidenceVersion);
  expect(done.reasons).not.toEqual([]);
  expect(before.waiting).toBe(false);
  const final = done.place.stage === before.stages.length;
  if (final && done.verdict === 'APPROVE')
    expect(done.terms?.amountFen).toBeLessThanOrEqual(by.limitFen);
}

test(`in ${String(RUNS)} random interleavings one seat has one vote, no quorum is passed by, no authority exceeded, and nothing happens after an end`, () => {
  const ends = new Map<string, number>();
  let taken = 0;
  fc.assert(
    fc.property(stages, steps, (specs, sequence) => {
      let review = openReview(specs, 1, LEAST, MOST);
      for (const step of sequence) {
        const next = aimed(review, step);
        const answer = atDesk(review, next);
        if (review.end !== null) expect(answer).toEqual({ ok: false, refusal: 'ENDED' });
        if (!answer.ok) continue;
        taken += 1;
        assertAllowed(review, next);
        review = answer.review;
        assertSound(review);
      }
      const end = review.end ?? 'OPEN';
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }),
    { numRuns: RUNS },
  );
  // The interleavings reach every ending, so that the invariants are seen at work and not only on idle desks.
  for (const end of ['APPROVED', 'DECLINED', 'RETURNED', 'CANCELLED', 'OPEN'])
    expect(ends.get(end) ?? 0, end).toBeGreaterThan(0);
  expect(taken).toBeGreaterThan(RUNS);
});

/** People nobody has met yet, who fit every stage. */
function freshPerson(role: string, n: number): DeskPerson {
  return {
    subject: `fresh${String(n)}`,
    role,
    onBehalfOf: null,
    limitFen: MOST,
    conflicted: false,
  };
}

test('from wherever a review stands, people who have not acted yet can bring it to an end', () => {
  fc.assert(
    fc.property(stages, steps, (specs, sequence) => {
      let review = openReview(specs, 1, LEAST, MOST);
      const go = (next: DeskAct): void => {
        const answer = atDesk(review, next);
        expect(answer.ok, JSON.stringify({ next, answer })).toBe(true);
        if (answer.ok) review = answer.review;
      };
      for (const step of sequence) {
        const answer = atDesk(review, aimed(review, step));
        if (answer.ok) review = answer.review;
      }
      if (review.waiting)
        go({ kind: 'SUPPLY', evidenceVersion: review.evidenceVersion, inputsChanged: false });
      if (review.end === null) go({ kind: 'LAPSE', at: 1_000_000, idleMs: IDLE_MS });
      for (let n = 0; review.end === null && n < 20; n += 1) {
        const open = review.seats.find((seat) => seat.state === 'OPEN');
        if (open === undefined) throw new Error('no open seat');
        const by = freshPerson(review.stages[open.stage - 1]?.roles[0] ?? '', n);
        const proposal = review.proposal ?? {
          amountFen: LEAST,
          termMonths: 12,
          annualRate: '14.40',
        };
        const seated = { place: open, by, at: 1_000_000 };
        go({ kind: 'CLAIM', ...seated });
        go({
          kind: 'DECIDE',
          ...seated,
          verdict: 'APPROVE',
          terms: proposal,
          evidenceVersion: review.evidenceVersion,
          reasons: ['REVIEW_POSITIVE'],
        });
      }
      expect(review.end).not.toBeNull();
    }),
    { numRuns: 500 },
  );
});
