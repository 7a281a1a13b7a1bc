/** What people are asked about after a day was reconciled: one case per difference, under a key that finds it again. */
import type { Fen } from './money.ts';
import type { Matched, Movement, OurSource, Reconciliation, StatementLine } from './reconcile.ts';

export interface Difference {
  readonly kind: 'OURS_ONLY' | 'THEIRS_ONLY' | 'AMOUNT_DIFFERS';
  /** The same difference found again has the same key. */
  readonly key: string;
  readonly why: string;
  readonly source: OurSource | null;
  readonly id: string | null;
  readonly ourFen: Fen | null;
  readonly theirFen: Fen | null;
  readonly bankReference: string | null;
  readonly requestNo: string | null;
  readonly loanReference: string | null;
}

const keyOf = ({ source, id, flow }: Movement): string => `${source}:${id}:${flow}`;

function oursOnly(movement: Movement): Difference {
  return {
    kind: 'OURS_ONLY',
    key: keyOf(movement),
    why: 'NOT_IN_STATEMENT',
    source: movement.source,
    id: movement.id,
    ourFen: movement.amountFen,
    theirFen: null,
    bankReference: movement.bankReference,
    requestNo: movement.requestNo,
    loanReference: null,
  };
}

function amountDiffers({ movement, line }: Matched): Difference {
  return {
    ...oursOnly(movement),
    kind: 'AMOUNT_DIFFERS',
    why: 'AMOUNT',
    theirFen: line.amountFen,
    bankReference: line.bankReference,
    loanReference: line.loanReference,
  };
}

function theirsOnly(line: StatementLine, why: string, nth: number): Difference {
  return {
    kind: 'THEIRS_ONLY',
    key: `${line.flow}:${line.bankReference}:${nth}`,
    why,
    source: null,
    id: null,
    ourFen: null,
    theirFen: line.amountFen,
    bankReference: line.bankReference,
    requestNo: line.requestNo,
    loanReference: line.loanReference,
  };
}

/**
 * The differences of a day. While the day is not over its file may still grow, so that what it does not hold yet is no
 * difference; what it holds and we have not, or have otherwise, is one at once.
 */
export function differencesOf(result: Reconciliation, final: boolean): readonly Difference[] {
  const seen = new Map<string, number>();
  const theirs = result.theirsOnly.map(({ line, why }) => {
    const of = `${line.flow}:${line.bankReference}`;
    const nth = (seen.get(of) ?? 0) + 1;
    seen.set(of, nth);
    return theirsOnly(line, why, nth);
  });
  return [
    ...(final ? result.oursOnly.map(oursOnly) : []),
    ...result.amountDiffers.map(amountDiffers),
    ...theirs,
  ];
}
