/** Every event balances whatever its figures, and a loan's books are its schedule and repayments after any history. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCOUNTS, CHART } from '../../domain/ledger-chart.ts';
import {
  balancesOf,
  type BusinessEvent,
  type JournalLine,
  journalOf,
  type LoanBalances,
  reversalOf,
} from '../../domain/ledger.ts';
import { fen, signedFen, subtractFen, sumFen, ZERO_FEN } from '../../domain/money.ts';
import {
  allocateRepayment,
  NO_PARTS,
  type Parts,
  type ServicedInstalment,
} from '../../domain/service.ts';
import { ROOT } from '../house/sources.ts';

const amount = fc.integer({ min: 0, max: 1_000_000_000 }).map(fen);
const parts: fc.Arbitrary<Parts> = fc.record({
  feeFen: amount,
  penaltyFen: amount,
  interestFen: amount,
  principalFen: amount,
});
const disbursement = fc
  .tuple(amount, amount)
  .map(([a, b]) => ({ principalFen: fen(Math.max(a, b)), deductedFeeFen: fen(Math.min(a, b)) }));

/** One arbitrary per kind: a kind that is missing here does not compile. */
const OF_KIND: {
  readonly [K in BusinessEvent['kind']]: fc.Arbitrary<Omit<BusinessEvent & { kind: K }, 'kind'>>;
} = {
  DISBURSED: disbursement,
  DISBURSEMENT_RETURNED: disbursement,
  INTEREST_ACCRUED: fc.record({ interestFen: amount }),
  FEE_CHARGED: fc.record({ feeFen: amount }),
  PENALTY_ACCRUED: fc.record({ penaltyFen: amount }),
  PREPAYMENT_FEE_CHARGED: fc.record({ feeFen: amount }),
  REPAYMENT_RECEIVED: fc.record({ parts, unappliedFen: amount }),
  UNAPPLIED_USED: fc.record({ parts }),
  REPAYMENT_RETURNED: fc.record({ parts, unappliedFen: amount }),
  OVERPAYMENT_REFUNDED: fc.record({ amountFen: amount }),
  INTEREST_WAIVED: fc.record({ interestFen: amount }),
  PENALTY_WAIVED: fc.record({ penaltyFen: amount }),
  FEE_WAIVED: fc.record({ feeFen: amount }),
  PREPAYMENT_FEE_WAIVED: fc.record({ feeFen: amount }),
  COOLING_OFF_UNWOUND: fc.record({ interestFen: amount, feeFen: amount, deductedFeeFen: amount }),
  RESCHEDULED: fc.record({ feeFen: amount, penaltyFen: amount, interestFen: amount }),
  WRITTEN_OFF: fc.record({ parts }),
  RECOVERED: fc.record({ amountFen: amount }),
  RECOVERED_FROM_HELD: fc.record({ amountFen: amount }),
  UNMATCHED_RECEIVED: fc.record({ amountFen: amount }),
  UNMATCHED_RETURNED: fc.record({ amountFen: amount }),
  UNMATCHED_ASSIGNED: fc.record({ amountFen: amount }),
};
const anyEvent = fc.oneof(
  ...Object.entries(OF_KIND).map(([kind, rest]) =>
    // The table above ties the rest to its kind.
    (rest as fc.Arbitrary<object>).map((fields) => ({ kind, ...fields }) as BusinessEvent),
  ),
);

const sum = (lines: readonly JournalLine[]) => sumFen(lines.map(({ amountFen }) => amountFen));

describe('a journal', () => {
  it('adds up to zero, has each account once and no line of zero, whatever the figures', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { lines } = journalOf(event);
        expect(sum(lines)).toBe(0);
        expect(new Set(lines.map(({ account }) => account)).size).toBe(lines.length);
        expect(lines.every(({ amountFen }) => amountFen !== 0)).toBe(true);
        expect(lines.length === 0 || lines.length >= 2).toBe(true);
      }),
    );
  });

  it('has no lines for an event that moves nothing', () => {
    expect(journalOf({ kind: 'INTEREST_ACCRUED', interestFen: ZERO_FEN }).lines).toEqual([]);
    expect(journalOf({ kind: 'WRITTEN_OFF', parts: NO_PARTS }).lines).toEqual([]);
  });

  it('refuses figures that cannot have happened', () => {
    const event = (interestFen: number): BusinessEvent => ({
      kind: 'INTEREST_ACCRUED',
      interestFen: signedFen(interestFen),
    });
    expect(() => journalOf(event(-1))).toThrow(RangeError);
    expect(() =>
      journalOf({ kind: 'DISBURSED', principalFen: fen(100), deductedFeeFen: fen(101) }),
    ).toThrow(RangeError);
    const most = fen(Number.MAX_SAFE_INTEGER);
    expect(() =>
      journalOf({
        kind: 'REPAYMENT_RECEIVED',
        parts: { ...NO_PARTS, interestFen: most },
        unappliedFen: most,
      }),
    ).toThrow(RangeError);
  });

  it('is taken back to the fen by its reversal, and a returned payment by its own event', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { lines } = journalOf(event);
        const reversal = reversalOf(lines);
        expect(reversal.event).toBe('REVERSED');
        expect(
          lines.map(({ amountFen }, i) =>
            sumFen([amountFen, reversal.lines[i]?.amountFen ?? fen(0)]),
          ),
        ).toEqual(lines.map(() => 0));
      }),
    );
    const paid = { parts: { ...NO_PARTS, interestFen: fen(7) }, unappliedFen: fen(3) };
    const there = journalOf({ kind: 'REPAYMENT_RECEIVED', ...paid }).lines;
    const back = journalOf({ kind: 'REPAYMENT_RETURNED', ...paid }).lines;
    expect(back).toEqual(reversalOf(there).lines);
  });
});

describe('the chart of accounts', () => {
  it('has every account that an event may use once, on the side its kind says', () => {
    const codes = CHART.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
    expect([...codes].sort()).toEqual(Object.values(ACCOUNTS).sort());
    for (const { kind, normal } of CHART)
      expect(normal).toBe(kind === 'ASSET' || kind === 'EXPENSE' ? 'DEBIT' : 'CREDIT');
  });
});

/** A loan as the record holds it: its schedule with what is paid, which of it is a claim, and the borrower's own money. */
interface Kept {
  readonly instalments: readonly ServicedInstalment[];
  readonly accrued: ReadonlySet<number>;
  readonly unappliedFen: number;
}

function recorded({ instalments, accrued, unappliedFen }: Kept): LoanBalances {
  const of = (part: keyof Parts) =>
    sumFen(
      instalments.map((i) => {
        const claim = part === 'principalFen' || part === 'penaltyFen' || accrued.has(i.number);
        return subtractFen(claim ? i.due[part] : ZERO_FEN, i.paid[part]);
      }),
    );
  return {
    feeFen: of('feeFen'),
    penaltyFen: of('penaltyFen'),
    interestFen: of('interestFen'),
    principalFen: of('principalFen'),
    unappliedFen: signedFen(unappliedFen),
  };
}

const small = fc.integer({ min: 0, max: 50_000 });
const schedule = fc.array(fc.tuple(small, small, small), { minLength: 1, maxLength: 6 });
const act = fc.oneof(
  fc.record({ what: fc.constant('DUE' as const), number: fc.nat(5) }),
  fc.record({ what: fc.constant('PENALTY' as const), number: fc.nat(5), fen: small }),
  fc.record({ what: fc.constant('PAY' as const), fen: fc.integer({ min: 1, max: 200_000 }) }),
  fc.record({ what: fc.constant('REFUND' as const) }),
);

describe('the books of a loan', () => {
  it('are its schedule and repayments after any history, and no claim is ever negative', () => {
    fc.assert(
      fc.property(schedule, fc.array(act, { maxLength: 25 }), (rows, acts) => {
        const lines: JournalLine[] = [];
        const book = (event: BusinessEvent) => lines.push(...journalOf(event).lines);
        let kept: Kept = {
          instalments: rows.map(([principal, interest, fee], i) => ({
            number: i,
            dueDate: `2026-0${i + 1}-15`,
            due: {
              ...NO_PARTS,
              principalFen: fen(principal),
              interestFen: fen(interest),
              feeFen: fen(fee),
            },
            paid: NO_PARTS,
            payableUntil: `2026-0${i + 1}-15`,
            accruedOn: null,
            principalFenDays: 0,
            interestFenDays: 0,
          })),
          accrued: new Set(),
          unappliedFen: 0,
        };
        const accrue = (numbers: readonly number[]) => {
          const fresh = kept.instalments.filter(
            (i) => numbers.includes(i.number) && !kept.accrued.has(i.number),
          );
          for (const { due } of fresh) {
            book({ kind: 'INTEREST_ACCRUED', interestFen: due.interestFen });
            book({ kind: 'FEE_CHARGED', feeFen: due.feeFen });
          }
          kept = { ...kept, accrued: new Set([...kept.accrued, ...fresh.map((i) => i.number)]) };
        };
        book({
          kind: 'DISBURSED',
          principalFen: sumFen(rows.map(([principal]) => fen(principal))),
          deductedFeeFen: ZERO_FEN,
        });
        for (const one of acts) {
          if (one.what === 'DUE') accrue([one.number]);
          if (one.what === 'PENALTY' && one.number < rows.length) {
            book({ kind: 'PENALTY_ACCRUED', penaltyFen: fen(one.fen) });
            kept = {
              ...kept,
              instalments: kept.instalments.map((i) =>
                i.number === one.number
                  ? { ...i, due: { ...i.due, penaltyFen: fen(i.due.penaltyFen + one.fen) } }
                  : i,
              ),
            };
          }
          if (one.what === 'PAY') {
            const { allocations, instalments, unappliedFen } = allocateRepayment(
              kept.instalments,
              fen(one.fen),
            );
            accrue(allocations.filter((a) => a.interestFen + a.feeFen > 0).map((a) => a.number));
            const paid = (part: keyof Parts) => sumFen(allocations.map((a) => a[part]));
            book({
              kind: 'REPAYMENT_RECEIVED',
              parts: {
                feeFen: paid('feeFen'),
                penaltyFen: paid('penaltyFen'),
                interestFen: paid('interestFen'),
                principalFen: paid('principalFen'),
              },
              unappliedFen,
            });
            kept = { ...kept, instalments, unappliedFen: kept.unappliedFen + unappliedFen };
          }
          if (one.what === 'REFUND') {
            book({ kind: 'OVERPAYMENT_REFUNDED', amountFen: fen(kept.unappliedFen) });
            kept = { ...kept, unappliedFen: 0 };
          }
          const books = balancesOf(lines);
          expect(books).toEqual(recorded(kept));
          expect(Math.min(...Object.values(books))).toBeGreaterThanOrEqual(0);
          expect(sum(lines)).toBe(0);
        }
      }),
    );
  });
});

describe('docs/ledger.md', () => {
  const text = readFileSync(join(ROOT, 'docs/ledger.md'), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

  it('lists the accounts of the chart, and each event with the accounts that it debits and credits', () => {
    const accounts = rows.filter(([, code]) => /^\d+$/.test(code ?? ''));
    expect(accounts.map(([, code, en, zh, kind]) => ({ code, en, zh, kind }))).toEqual(
      CHART.map(({ code, en, zh, kind }) => ({ code, en, zh, kind })),
    );
    const sides = (lines: readonly JournalLine[], side: 1 | -1) =>
      lines
        .filter(({ amountFen }) => Math.sign(amountFen) === side)
        .map(({ account }) => account)
        .sort()
        .join(' ');
    for (const [kind, rest] of Object.entries(OF_KIND)) {
      // Every figure of the event above zero, and the principal above the fee that is kept back.
      const [fields] = fc.sample(
        (rest as fc.Arbitrary<object>).filter((one) => !/:0[,}]/.test(JSON.stringify(one))),
        { numRuns: 1, seed: 5 },
      );
      const { lines } = journalOf({ kind, ...fields } as BusinessEvent);
      const row = rows.find(([, event]) => event === kind);
      expect(row?.slice(3, 5), kind).toEqual([sides(lines, 1), sides(lines, -1)]);
    }
  });
});
