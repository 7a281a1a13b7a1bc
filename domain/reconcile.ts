/** Reconciliation: the bank's statement of a day against our record of money, each line and each movement in exactly one place. */
import type { PayoutState } from './disburse.ts';
import { type Fen, fen } from './money.ts';

/** What a line or a movement is about. `OTHER` is the bank's own business and never matches anything of ours. */
export type FlowKind = 'PAID_OUT' | 'REVERSED' | 'RETURNED' | 'RECEIVED' | 'OTHER';

/** Where a movement stands on our record. */
export type OurSource = 'PAYOUT' | 'REFUND' | 'REPAYMENT' | 'UNMATCHED';

/** Money as our record has it. */
export interface Movement {
  readonly source: OurSource;
  /** Id of the payout, or number of the order or notice. */
  readonly id: string;
  readonly flow: FlowKind;
  readonly requestNo: string | null;
  readonly bankReference: string | null;
  readonly amountFen: Fen;
  /** False while our record does not know whether the money moved: a line answers that, and no line answers nothing. */
  readonly certain: boolean;
}

/** One line of a statement. The counterparty's account is left out: it is personal, and nothing is matched by it. */
export interface StatementLine {
  readonly number: number;
  readonly flow: FlowKind;
  /** True while the bank has set the money aside and not yet passed it on. */
  readonly pending: boolean;
  readonly direction: 'IN' | 'OUT';
  readonly amountFen: Fen;
  readonly bankReference: string;
  readonly requestNo: string | null;
  readonly loanReference: string | null;
}

export type StatementFault = 'COLUMNS' | 'LINE_NUMBER' | 'DIRECTION' | 'AMOUNT' | 'REFERENCE';

const FLOW_OF_REASON: Readonly<Record<string, FlowKind>> = {
  TRANSFER: 'PAID_OUT',
  TRANSFER_PENDING: 'PAID_OUT',
  SETTLE_REFUSED: 'REVERSED',
  RETURN: 'RETURNED',
  REPAYMENT: 'RECEIVED',
  DEBIT: 'RECEIVED',
};

const COLUMNS = 9;
const REFERENCE = /^[\x21-\x2b\x2d-\x7e]{1,128}$/;
const WHOLE = /^[1-9][0-9]{0,15}$/;

function readLine(text: string, number: number): StatementLine | StatementFault {
  const cells = text.split(',');
  const [at, , reason, direction, amount, bankReference, requestNo, loanReference] = cells;
  if (cells.length !== COLUMNS) return 'COLUMNS';
  if (at !== String(number)) return 'LINE_NUMBER';
  if (direction !== 'IN' && direction !== 'OUT') return 'DIRECTION';
  const whole = WHOLE.test(amount ?? '') ? Number(amount) : 0;
  if (whole <= 0 || !Number.isSafeInteger(whole)) return 'AMOUNT';
  if (!REFERENCE.test(bankReference ?? '')) return 'REFERENCE';
  return {
    number,
    flow: FLOW_OF_REASON[reason ?? ''] ?? 'OTHER',
    pending: reason === 'TRANSFER_PENDING',
    direction,
    amountFen: fen(whole),
    bankReference: bankReference ?? '',
    requestNo: requestNo === '' ? null : (requestNo ?? null),
    loanReference: loanReference === '' ? null : (loanReference ?? null),
  };
}

export type ReadStatement =
  | { readonly ok: true; readonly lines: readonly StatementLine[] }
  | { readonly ok: false; readonly fault: StatementFault; readonly line: number };

/**
 * Reads the lines of a statement (`line,postedAt,reason,direction,amountFen,bankReference,requestNo,loanReference,
 * counterparty`). One line that cannot be read makes the whole file unreadable: a part of a day reconciles with nothing.
 */
export function readStatement(texts: readonly string[]): ReadStatement {
  const lines: StatementLine[] = [];
  for (const [at, text] of texts.entries()) {
    const line = readLine(text, at + 1);
    if (typeof line === 'string') return { ok: false, fault: line, line: at + 1 };
    lines.push(line);
  }
  return { ok: true, lines };
}

export interface Matched {
  readonly movement: Movement;
  readonly line: StatementLine;
}

/** Every line of the statement and every movement is in exactly one of the lists. */
export interface Reconciliation {
  readonly matched: readonly Matched[];
  readonly amountDiffers: readonly Matched[];
  /** Money that our record has and the statement has not. */
  readonly oursOnly: readonly Movement[];
  /** Lines for which our record has nothing; a second line of one payment is `DUPLICATE`. */
  readonly theirsOnly: readonly {
    readonly line: StatementLine;
    readonly why: 'UNKNOWN' | 'DUPLICATE';
  }[];
  /** Movements that our record was not certain of, and of which the statement says nothing. */
  readonly unsettled: readonly Movement[];
}

const DIRECTION: Readonly<Record<FlowKind, 'IN' | 'OUT' | null>> = {
  PAID_OUT: 'OUT',
  REVERSED: 'IN',
  RETURNED: 'IN',
  RECEIVED: 'IN',
  OTHER: null,
};

/** Same payment: by our request number where both have one, else by the bank's reference; never by the amount. */
function isSame(movement: Movement, line: StatementLine): boolean {
  if (movement.flow !== line.flow || line.flow === 'OTHER') return false;
  if (DIRECTION[line.flow] !== line.direction) return false;
  if (movement.requestNo !== null && line.requestNo !== null)
    return movement.requestNo === line.requestNo;
  return movement.bankReference !== null && movement.bankReference === line.bankReference;
}

const keysOf = (flow: FlowKind, requestNo: string | null, bankReference: string | null) => [
  ...(requestNo === null ? [] : [`${flow}|no|${requestNo}`]),
  ...(bankReference === null ? [] : [`${flow}|ref|${bankReference}`]),
];

/** Lines by everything they can be found under. */
function indexOf(lines: readonly StatementLine[]): ReadonlyMap<string, StatementLine[]> {
  const index = new Map<string, StatementLine[]>();
  for (const line of lines)
    for (const key of keysOf(line.flow, line.requestNo, line.bankReference)) {
      const found = index.get(key);
      if (found === undefined) index.set(key, [line]);
      else found.push(line);
    }
  return index;
}

/**
 * Reconciles a day. Of several lines of one payment the one with the right amount is taken, else the first. An amount alone
 * never makes a match: two borrowers pay the same instalment on the same day.
 */
export function reconcile(
  movements: readonly Movement[],
  lines: readonly StatementLine[],
): Reconciliation {
  const index = indexOf(lines);
  const taken = new Map<StatementLine, Movement>();
  const matched: Matched[] = [];
  const amountDiffers: Matched[] = [];
  const oursOnly: Movement[] = [];
  const unsettled: Movement[] = [];
  for (const movement of movements) {
    const open = keysOf(movement.flow, movement.requestNo, movement.bankReference)
      .flatMap((key) => index.get(key) ?? [])
      .filter((line) => !taken.has(line) && isSame(movement, line));
    const line = open.find(({ amountFen }) => amountFen === movement.amountFen) ?? open[0];
    if (line === undefined) {
      (movement.certain ? oursOnly : unsettled).push(movement);
      continue;
    }
    taken.set(line, movement);
    (line.amountFen === movement.amountFen ? matched : amountDiffers).push({ movement, line });
  }
  const known = [...taken.values()];
  const theirsOnly = lines
    .filter((line) => !taken.has(line))
    .map((line) => ({
      line,
      why: known.some((movement) => isSame(movement, line))
        ? ('DUPLICATE' as const)
        : ('UNKNOWN' as const),
    }));
  return { matched, amountDiffers, oursOnly, theirsOnly, unsettled };
}

/** A payout as far as a statement can speak of it. */
export interface StatedPayout {
  readonly id: string;
  readonly state: PayoutState;
  readonly requestNo: string;
  readonly bankReference: string | null;
  readonly amountFen: Fen;
  /** Whether the statement of another day holds that the money of this payout came back. */
  readonly cameBackElsewhere: boolean;
}

/**
 * What the bank's books may hold of a payout. One that was never sent has nothing there: a line that names it is theirs
 * alone. A refused one has nothing either, unless the money that was set aside for it came back, in this statement or in that of another day.
 */
export function movementsOfPayout(
  payout: StatedPayout,
  lines: readonly StatementLine[],
): readonly Movement[] {
  const { id, requestNo, bankReference, amountFen, state } = payout;
  const of = (flow: FlowKind, certain: boolean): Movement => {
    return { source: 'PAYOUT', id, flow, requestNo, bankReference, amountFen, certain };
  };
  switch (state) {
    case 'PAID':
      return [of('PAID_OUT', true), of('RETURNED', false)];
    case 'RETURNED':
      return [of('PAID_OUT', true), of('RETURNED', true)];
    case 'SENT':
    case 'ACCEPTED':
    case 'UNKNOWN':
      return [of('PAID_OUT', false), of('REVERSED', false)];
    case 'REFUSED': {
      const cameBack = (flow: FlowKind) =>
        lines.some((line) => line.flow === flow && line.requestNo === requestNo);
      const back = (['REVERSED', 'RETURNED'] as const).filter(cameBack);
      return back.length === 0 && !payout.cameBackElsewhere
        ? []
        : [of('PAID_OUT', false), ...back.map((flow) => of(flow, false))];
    }
    case 'READY':
    case 'RELEASED':
    case 'STOPPED':
    case 'CANCELLED':
      return [];
  }
}
