/** Reconciliation: whatever the bank and we have written, every line and every movement is in one place, and sums are kept. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PAYOUT_STATES } from '../../domain/disburse.ts';
import { fen } from '../../domain/money.ts';
import {
  type Movement,
  movementsOfPayout,
  readStatement,
  reconcile,
  type StatementLine,
} from '../../domain/reconcile.ts';
import { differencesOf } from '../../domain/reconcile-cases.ts';

const line = (over: Partial<StatementLine> = {}): StatementLine => ({
  number: 1,
  flow: 'PAID_OUT',
  pending: false,
  direction: 'OUT',
  amountFen: fen(100),
  bankReference: 'BK1',
  requestNo: 'XD1',
  loanReference: null,
  ...over,
});
const paid: Movement = {
  source: 'PAYOUT',
  id: 'p1',
  flow: 'PAID_OUT',
  requestNo: 'XD1',
  bankReference: 'BK1',
  amountFen: fen(100),
  certain: true,
};

const flows = fc.constantFrom('PAID_OUT', 'REVERSED', 'RETURNED', 'RECEIVED', 'OTHER');
const number = fc.option(fc.constantFrom('XD1', 'XD2', 'XD3'));
const reference = fc.constantFrom('BK1', 'BK2', 'BK3');
const amount = fc.integer({ min: 1, max: 3 }).map((n) => fen(n));
const anyLine = fc.record({
  number: fc.constant(1),
  flow: flows,
  pending: fc.boolean(),
  direction: fc.constantFrom('IN', 'OUT'),
  amountFen: amount,
  bankReference: reference,
  requestNo: number,
  loanReference: fc.constant(null),
});
const anyMovement = fc.record({
  source: fc.constantFrom('PAYOUT', 'REFUND', 'REPAYMENT', 'UNMATCHED'),
  id: fc.constantFrom('a', 'b', 'c'),
  flow: flows,
  requestNo: number,
  bankReference: fc.option(reference),
  amountFen: amount,
  certain: fc.boolean(),
});

const sum = (amounts: readonly { readonly amountFen: number }[]) =>
  amounts.reduce((total, { amountFen }) => total + amountFen, 0);

describe('any statement beside any record', () => {
  it('has every line and every movement in exactly one place, and no fen is lost or made', () => {
    fc.assert(
      fc.property(fc.array(anyMovement), fc.array(anyLine), (movements, given) => {
        const lines = given.map((one, at) => ({ ...one, number: at + 1 }));
        const { matched, amountDiffers, oursOnly, theirsOnly, unsettled } = reconcile(
          movements,
          lines,
        );
        const pairs = [...matched, ...amountDiffers];
        const theirs = [...pairs.map((p) => p.line), ...theirsOnly.map((t) => t.line)];
        const ours = [...pairs.map((p) => p.movement), ...oursOnly, ...unsettled];
        expect(theirs.map((one) => one.number).toSorted((a, b) => a - b)).toEqual(
          lines.map((one) => one.number),
        );
        expect(new Set(ours).size).toBe(movements.length);
        expect(ours).toHaveLength(movements.length);
        expect(sum(theirs)).toBe(sum(lines));
        expect(sum(ours)).toBe(sum(movements));
        for (const pair of matched) expect(pair.line.amountFen).toBe(pair.movement.amountFen);
        for (const pair of amountDiffers)
          expect(pair.line.amountFen).not.toBe(pair.movement.amountFen);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a payment', () => {
  it('is found by our number, or by the bank’s where one has none, and never by its amount', () => {
    expect(reconcile([paid], [line()]).matched).toHaveLength(1);
    expect(reconcile([paid], [line({ requestNo: null })]).matched).toHaveLength(1);
    const other = line({ requestNo: 'XD2', bankReference: 'BK1' });
    expect(reconcile([paid], [other])).toMatchObject({ matched: [], oursOnly: [paid] });
    const same = line({ requestNo: null, bankReference: 'BK9' });
    expect(reconcile([paid], [same])).toMatchObject({ matched: [], oursOnly: [paid] });
  });

  it('that stands twice matches once, by the right amount, and the other line is a duplicate', () => {
    const wrong = line({ number: 1, amountFen: fen(99) });
    const right = line({ number: 2 });
    const { matched, theirsOnly, amountDiffers } = reconcile([paid], [wrong, right]);
    expect(matched).toEqual([{ movement: paid, line: right }]);
    expect(theirsOnly).toEqual([{ line: wrong, why: 'DUPLICATE' }]);
    expect(amountDiffers).toEqual([]);
  });

  it('with another amount is neither matched nor missing', () => {
    const result = reconcile([paid], [line({ amountFen: fen(101) })]);
    expect(result).toMatchObject({ matched: [], oursOnly: [], theirsOnly: [] });
    expect(differencesOf(result, true)).toMatchObject([
      { kind: 'AMOUNT_DIFFERS', ourFen: 100, theirFen: 101, id: 'p1' },
    ]);
  });

  it('of ours that a day not yet over does not hold is no difference yet', () => {
    const result = reconcile([paid], []);
    expect(differencesOf(result, false)).toEqual([]);
    expect(differencesOf(result, true)).toMatchObject([{ kind: 'OURS_ONLY', id: 'p1' }]);
  });

  it('has keys that tell two lines of one reference apart', () => {
    const result = reconcile([], [line({ number: 1 }), line({ number: 2 })]);
    const keys = differencesOf(result, true).map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
  });
});

describe('what the bank’s books may hold of a payout', () => {
  const of = (
    state: (typeof PAYOUT_STATES)[number],
    lines: readonly StatementLine[] = [],
    cameBackElsewhere = false,
  ) =>
    movementsOfPayout(
      {
        id: 'p1',
        state,
        requestNo: 'XD1',
        bankReference: null,
        amountFen: fen(100),
        cameBackElsewhere,
      },
      lines,
    ).map(({ flow, certain }) => `${flow}${certain ? '' : '?'}`);

  it.each([
    ['READY', []],
    ['RELEASED', []],
    ['STOPPED', []],
    ['CANCELLED', []],
    ['SENT', ['PAID_OUT?', 'REVERSED?']],
    ['ACCEPTED', ['PAID_OUT?', 'REVERSED?']],
    ['UNKNOWN', ['PAID_OUT?', 'REVERSED?']],
    ['PAID', ['PAID_OUT', 'RETURNED?']],
    ['RETURNED', ['PAID_OUT', 'RETURNED']],
    ['REFUSED', []],
  ] as const)('%s: %o', (state, flowsOf) => {
    expect(of(state)).toEqual(flowsOf);
  });

  it('that we hold for refused is money of theirs alone, unless it came back in the same file or that of another day', () => {
    const out = line();
    const back = line({ number: 2, flow: 'REVERSED', direction: 'IN' });
    expect(of('REFUSED', [out])).toEqual([]);
    expect(of('REFUSED', [out, back])).toEqual(['PAID_OUT?', 'REVERSED?']);
    expect(of('REFUSED', [back])).toEqual(['PAID_OUT?', 'REVERSED?']);
    expect(of('REFUSED', [out], true)).toEqual(['PAID_OUT?']);
  });
});

describe('a statement', () => {
  const good = '1,2026-11-24T01:00:00.000Z,TRANSFER,OUT,100,BK1,XD1,,6222021234567890128';
  it('is read line by line, without the account of anybody', () => {
    const read = readStatement([good]);
    expect(read).toEqual({ ok: true, lines: [line()] });
    expect(JSON.stringify(read)).not.toContain('6222021234567890128');
  });
  it.each([
    ['COLUMNS', `${good},more`],
    ['LINE_NUMBER', good.replace(/^1/, '2')],
    ['DIRECTION', good.replace('OUT', 'UP')],
    ['AMOUNT', good.replace(',100,', ',0,')],
    ['AMOUNT', good.replace(',100,', ',-5,')],
    ['AMOUNT', good.replace(',100,', ',1.5,')],
    ['AMOUNT', good.replace(',100,', ',9007199254740993,')],
    ['REFERENCE', good.replace('BK1', '')],
  ] as const)('with a fault in its %s is not read in part', (fault, text) => {
    expect(readStatement([text])).toMatchObject({ ok: false, fault, line: 1 });
  });
});
