/** Advances and payments as the tests of annual rates write them: a date and an amount in yuan. */
import type { DatedAmount } from '../../domain/annualised-rate.ts';
import { annualPercentageRate, type AprBasis, type AprInput } from '../../domain/apr.ts';
import { addDays, addMonthsClamped } from '../../domain/calendar.ts';
import { fen } from '../../domain/money.ts';
import type { UnitPeriod } from '../../domain/unit-periods.ts';

export type Flow = readonly [date: string, yuan: number];
export const dated = (flows: readonly Flow[]): readonly DatedAmount[] =>
  flows.map(([date, yuan]) => ({ date, amountFen: fen(Math.round(yuan * 100)) }));

export const monthly = (n: number, yuan: number, first: string, every = 1): readonly Flow[] =>
  Array.from({ length: n }, (_, i) => [addMonthsClamped(first, i * every), yuan]);
export const weekly = (n: number, yuan: number, first: string, every = 1): readonly Flow[] =>
  Array.from({ length: n }, (_, i) => [addDays(first, 7 * every * i), yuan]);
export const onFirstAnd16th = (n: number, yuan: number, first: string): readonly Flow[] =>
  Array.from({ length: n }, (_, i) => {
    const month = addMonthsClamped(first, Math.floor(i / 2));
    return [i % 2 === 0 ? month : addDays(month, 15), yuan];
  });

export function apr(
  advances: readonly Flow[],
  payments: readonly Flow[],
  basis: AprBasis = 'UNIT_PERIOD',
  unit?: UnitPeriod,
) {
  const input: AprInput = {
    advances: dated(advances),
    payments: dated(payments),
    basis,
    ...(unit === undefined ? {} : { unit }),
  };
  return annualPercentageRate(input);
}

export function annual(...args: Parameters<typeof apr>): string {
  const result = apr(...args);
  return result.ok ? result.apr.annualRate : result.reason;
}
