/** A rehearsal's cast follows from its seed, and its tables say what was lived. */
import { expect, test } from 'vitest';
import { fen } from '../../domain/money.ts';
import { BEHAVIOURS, castRehearsal } from '../../tools/rehearse/cast.ts';
import { progressLine, trialBalanceTable } from '../../tools/rehearse/tables.ts';

const ASKED = { loans: 50, months: 12, mix: BEHAVIOURS, seed: 'a' };

test('the same seed casts the same borrowers, another one others, and no two are the same person', () => {
  const cast = castRehearsal(ASKED);
  expect(castRehearsal(ASKED)).toEqual(cast);
  expect(castRehearsal({ ...ASKED, seed: 'b' })).not.toEqual(cast);
  expect(new Set(cast.map(({ persona, variant }) => `${persona}/${variant}`)).size).toBe(50);
});

test('every behaviour has its equal share and keeps to its habits', () => {
  const cast = castRehearsal(ASKED);
  for (const behaviour of BEHAVIOURS) {
    const those = cast.filter((one) => one.behaviour === behaviour);
    expect(those).toHaveLength(10);
    for (const { habits } of those) {
      const pays = habits.map(({ paysAfterDays }) => paysAfterDays !== null);
      if (behaviour === 'good' || behaviour === 'fraud') expect(pays).not.toContain(true);
      // Who defaults never pays again after the first instalment that is left out.
      if (behaviour === 'default') expect(pays.lastIndexOf(true)).toBeLessThan(pays.indexOf(false));
      if (behaviour === 'prepay') expect(habits.filter(({ settles }) => settles)).toHaveLength(1);
    }
  }
});

test('a trial balance shows turnover, balance and equal sums in yuan', () => {
  const row = { nameZh: '', kind: 'ASSET', normalSide: 'DEBIT' } as const;
  const table = trialBalanceTable([
    { ...row, code: '1002', nameEn: 'Cash at bank', debitFen: fen(0), creditFen: fen(123_456) },
    { ...row, code: '1303', nameEn: 'Loan principal', debitFen: fen(123_456), creditFen: fen(0) },
  ]);
  expect(table.split('\n').at(-1)).toMatch(/sum\s+1,234\.56\s+1,234\.56\s+0\.00$/);
});

test('a progress bar never divides by nothing', () => {
  expect(progressLine('months', 0, 0, 0)).toContain('0/0 (0.0/s)');
  expect(progressLine('months', 5, 10, 5)).toContain('5/10 (1.0/s, 5 s left)');
});
