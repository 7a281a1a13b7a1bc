/** Who borrows in a rehearsal and how each of them will behave, drawn from a seed. */
import { drawing } from '../playhouse/drawing.ts';

export const BEHAVIOURS = ['good', 'late', 'default', 'prepay', 'fraud'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** What a borrower does in one month of the loan, after the due date has come. */
export interface Habit {
  /** Days after the due date on which what is owed is paid by transfer; null to leave it, or to the debit. */
  readonly paysAfterDays: number | null;
  /** The loan is settled early, some days after this due date. */
  readonly settles: boolean;
}

/** One borrower: a person of the sandbox, and what they do month by month. */
export interface Borrower {
  readonly behaviour: Behaviour;
  readonly persona: string;
  readonly variant: number;
  /** By month, from the first due date. */
  readonly habits: readonly Habit[];
}

export interface CastInput {
  readonly loans: number;
  readonly months: number;
  readonly mix: readonly Behaviour[];
  readonly seed: string;
}

const NOTHING: Habit = { paysAfterDays: null, settles: false };
const paying = (paysAfterDays: number): Habit => ({ paysAfterDays, settles: false });

/** People whose card the debits find covered. */
const COVERED = ['straight-approval', 'straight-small', 'straight-civil-servant'] as const;
/** A person whose debits the bank refuses: money comes by transfer or not at all. */
const BOUNCING = 'repayment-bounces';
/** Whom the checks at the door do not let in. */
const IMPOSTOR = 'identity-mismatch';

type Draw = () => number;
const upTo = (draw: Draw, most: number): number => Math.floor(draw() * most);

/** A month in four is left out, and made up for with the next one. */
function lateHabit(draw: Draw): Habit {
  return draw() < 0.25 ? NOTHING : paying(1 + upTo(draw, 26));
}

function habitsOf(behaviour: Behaviour, months: number, draw: Draw): readonly Habit[] {
  const turn = 1 + upTo(draw, 4);
  return Array.from({ length: months }, (_, at): Habit => {
    if (behaviour === 'late') return lateHabit(draw);
    if (behaviour === 'default') return at < turn ? paying(0) : NOTHING;
    if (behaviour === 'prepay' && at === turn) return { paysAfterDays: null, settles: true };
    return NOTHING;
  });
}

function personaOf(behaviour: Behaviour, at: number): string {
  if (behaviour === 'late' || behaviour === 'default') return BOUNCING;
  if (behaviour === 'fraud') return at % 2 === 0 ? IMPOSTOR : BOUNCING;
  if (behaviour === 'prepay') return 'straight-approval';
  return COVERED[at % COVERED.length] ?? COVERED[0];
}

/**
 * The borrowers of one rehearsal. Of the fraudulent, every second is stopped by the checks; the others never pay anything. The
 * good pay by debit from their card.
 */
export function castRehearsal({ loans, months, mix, seed }: CastInput): readonly Borrower[] {
  const draw = drawing(seed);
  return Array.from({ length: loans }, (_, at) => {
    const behaviour = mix[at % mix.length] ?? 'good';
    const round = Math.floor(at / mix.length);
    return {
      behaviour,
      persona: personaOf(behaviour, round),
      variant: 500 + at,
      habits: habitsOf(behaviour, months, draw),
    };
  });
}
