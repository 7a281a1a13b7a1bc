/** Random interleavings of what people, clocks and strangers try on one application in review, drawn by fast-check. */
import * as fc from 'fast-check';
import { fen } from '../../../domain/money.ts';

/** Somebody who may try something: a token's subject and role, perhaps in another's name. */
export interface Person {
  readonly subject: string;
  readonly role: string;
  readonly onBehalfOf?: string;
}

/** The applicant in a chair of the lender's; the subject is the loan's own. */
export const SELF: Person = { subject: 'SELF', role: 'senior-reviewer' };

/** Whose own limit, by two people's change, is less than their role's. */
export const LOW = { subject: 'senior-low', limitFen: fen(15_000_00) } as const;
/** Who has lent authority to whom, up to what. */
export const LENT = { from: 'senior-chen', to: 'reviewer-li', limitFen: fen(30_000_00) } as const;

export const PEOPLE: readonly Person[] = [
  { subject: 'reviewer-li', role: 'reviewer' },
  { subject: 'reviewer-wang', role: 'reviewer' },
  { subject: 'senior-zhao', role: 'senior-reviewer' },
  { subject: LENT.from, role: 'senior-reviewer' },
  { subject: LOW.subject, role: 'senior-reviewer' },
  { subject: 'risk-sun', role: 'risk-officer' },
  { subject: 'risk-he', role: 'risk-officer' },
  // The same person in another chair, one who borrows authority, one without any, and the applicant.
  { subject: 'senior-zhao', role: 'risk-officer' },
  { subject: LENT.to, role: 'reviewer', onBehalfOf: LENT.from },
  { subject: 'finance-qian', role: 'finance-maker' },
  SELF,
];

/** A person of the list, or whoever holds the task at that moment; where nobody does, the person claims it first. */
export interface Who {
  readonly person: number;
  readonly holder: boolean;
}

/** What is tried. `task` counts through the tasks of the round, or of all rounds where `past` is drawn. */
export type Try =
  | { readonly kind: 'CLAIM' | 'RELEASE' | 'STEAL'; readonly who: Who; readonly task: Task }
  | {
      readonly kind: 'VOTE';
      readonly who: Who;
      readonly task: Task;
      readonly verdict: 'APPROVE' | 'DECLINE';
      readonly amount: 'PROPOSED' | 'LESS' | 'MORE' | 'OTHER_TERM';
      readonly stale: boolean;
    }
  | {
      readonly kind: 'ASK' | 'RETURN';
      readonly who: Who;
      readonly task: Task;
      readonly stale: boolean;
    }
  | { readonly kind: 'SUPPLY'; readonly changed: boolean }
  | { readonly kind: 'WITHDRAW' }
  | { readonly kind: 'CLOCK'; readonly step: 'REMINDER' | 'TERM' }
  | {
      readonly kind: 'UNSEALED';
      readonly act: 'claimReview' | 'decideReview' | 'returnTo' | 'withdraw';
      readonly task: Task;
    }
  /** A vote under the API's own seal on the task of another loan. */
  | { readonly kind: 'FOREIGN' };

export interface Task {
  readonly n: number;
  readonly past: boolean;
}

/** Tries that are made at once, group after group. */
export type Script = readonly (readonly Try[])[];

const person = fc.nat(PEOPLE.length - 1);
const who: fc.Arbitrary<Who> = fc.record({ person, holder: fc.constant(false) });
const holder: fc.Arbitrary<Who> = fc.record({
  person,
  holder: fc.constantFrom(true, true, true, true, true, false),
});
const task: fc.Arbitrary<Task> = fc.record({
  n: fc.nat(2),
  past: fc.constantFrom(false, false, false, false, false, false, false, true),
});
const stale = fc.constantFrom(false, false, false, false, true);

const attempt: fc.Arbitrary<Try> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('CLAIM' as const), who, task }), weight: 5 },
  { arbitrary: fc.record({ kind: fc.constant('RELEASE' as const), who: holder, task }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('STEAL' as const), who, task }), weight: 2 },
  {
    arbitrary: fc.record({
      kind: fc.constant('VOTE' as const),
      who: holder,
      task,
      verdict: fc.constantFrom('APPROVE', 'APPROVE', 'APPROVE', 'APPROVE', 'DECLINE'),
      amount: fc.constantFrom('PROPOSED', 'PROPOSED', 'PROPOSED', 'LESS', 'MORE', 'OTHER_TERM'),
      stale,
    }),
    weight: 9,
  },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('ASK' as const, 'ASK' as const, 'ASK' as const, 'RETURN' as const),
      who: holder,
      task,
      stale,
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('SUPPLY' as const),
      changed: fc.constantFrom(false, false, true),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('CLOCK' as const),
      step: fc.constantFrom('REMINDER' as const, 'TERM' as const),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('UNSEALED' as const),
      act: fc.constantFrom(
        'claimReview' as const,
        'decideReview' as const,
        'returnTo' as const,
        'withdraw' as const,
      ),
      task,
    }),
    weight: 1,
  },
  { arbitrary: fc.constant<Try>({ kind: 'FOREIGN' }), weight: 1 },
);

/** Withdrawals are rare, so that most interleavings get far. */
const withRare = fc.oneof(
  { arbitrary: attempt, weight: 100 },
  { arbitrary: fc.constant<Try>({ kind: 'WITHDRAW' }), weight: 1 },
);

/** Two moves of one clock at once supersede each other, which is the test's doing and not the desk's. */
const oneClock = (group: readonly Try[]): boolean =>
  group.filter(({ kind }) => kind === 'CLOCK').length < 2;

export const script: fc.Arbitrary<Script> = fc.array(
  fc.oneof(
    { arbitrary: fc.array(withRare, { minLength: 1, maxLength: 1 }), weight: 3 },
    {
      arbitrary: fc.array(withRare, { minLength: 2, maxLength: 3, size: 'max' }).filter(oneClock),
      weight: 1,
    },
  ),
  { minLength: 4, maxLength: 12, size: 'max' },
);
