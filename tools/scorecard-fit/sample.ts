/**
 * A made-up labelled sample whose true weights are known: what each variable adds to the log odds of a good loan. It
 * shows the commands and proves that the fit finds what is there. No person stands behind a row.
 */
import type { VariableName, VariableValue } from '../../domain/variables.ts';
import { normal, type Random, seeded } from './random.ts';

interface Made {
  readonly value: VariableValue;
  /** Log odds of good that the value adds. */
  readonly adds: number;
}

type Maker = (random: Random) => Made;

interface Step {
  readonly share: number;
  readonly adds: number;
  readonly value: (random: Random) => VariableValue;
}

const between = (low: number, high: number) => (random: Random) =>
  low + Math.floor(random() * (high - low));

/** One of the steps, by their shares, which add up to 1. */
function steps(...all: readonly Step[]): Maker {
  return (random) => {
    let rest = random();
    for (const { share, adds, value } of all) {
      rest -= share;
      if (rest < 0) return { value: value(random), adds };
    }
    const last = all.at(-1);
    return { value: last?.value(random) ?? null, adds: last?.adds ?? 0 };
  };
}

const is = (value: VariableValue) => () => value;

/** Every variable of the sample with its steps: share of loans, log odds of good it adds, and the values. */
export const TRUE_STEPS: Readonly<Partial<Record<VariableName, readonly Step[]>>> = {
  maxOverdue24m: [
    { share: 0.72, adds: 0.5, value: is(0) },
    { share: 0.15, adds: -0.3, value: is(1) },
    { share: 0.13, adds: -1.4, value: between(2, 5) },
  ],
  cardUtilisation: [
    { share: 0.12, adds: 0, value: is(-1) },
    { share: 0.4, adds: 0.4, value: between(0, 40) },
    { share: 0.33, adds: 0, value: between(40, 80) },
    { share: 0.15, adds: -0.8, value: between(80, 101) },
  ],
  queryInstitutions3m: [
    { share: 0.5, adds: 0.4, value: between(0, 2) },
    { share: 0.35, adds: -0.1, value: between(2, 5) },
    { share: 0.15, adds: -0.9, value: between(5, 12) },
  ],
  monthlyIncomeFen: [
    { share: 0.3, adds: -0.5, value: between(250_000, 600_000) },
    { share: 0.5, adds: 0.1, value: between(600_000, 1_500_000) },
    { share: 0.2, adds: 0.5, value: between(1_500_000, 4_000_000) },
  ],
  employment: [
    { share: 0.12, adds: 0.6, value: is('CIVIL_SERVANT') },
    { share: 0.58, adds: 0.1, value: is('EMPLOYED') },
    { share: 0.18, adds: -0.3, value: is('SELF_EMPLOYED') },
    { share: 0.12, adds: -0.7, value: is('FREELANCE') },
  ],
  debtRatioAfterPercent: [
    { share: 0.45, adds: 0.4, value: between(5, 40) },
    { share: 0.35, adds: -0.1, value: between(40, 60) },
    { share: 0.2, adds: -0.7, value: between(60, 95) },
  ],
  baihangScore: [
    { share: 0.25, adds: -0.1, value: is(null) },
    { share: 0.25, adds: -0.5, value: between(350, 550) },
    { share: 0.5, adds: 0.3, value: between(550, 850) },
  ],
  housing: [
    { share: 0.45, adds: 0.2, value: is('OWNED') },
    { share: 0.25, adds: 0.1, value: is('MORTGAGED') },
    { share: 0.3, adds: -0.3, value: is('RENTED') },
  ],
};

/** The intercept: log odds of good of a loan to which nothing is added. */
export const TRUE_INTERCEPT = 2.2;

/** A near twin of the queries of three months: the selection should leave one of the two out. */
function twinOfQueries(value: VariableValue, random: Random): VariableValue {
  return typeof value === 'number' ? value + Math.floor(random() * 2) : null;
}

/**
 * The sample as CSV: the variables above, a near twin (`queryInstitutions6m`), one that says nothing (`contactCount`)
 * and the target `bad`. Equal numbers give equal bytes.
 */
export function sampleCsv(rows: number, seed: number): string {
  const random = seeded(seed);
  const makers = Object.entries(TRUE_STEPS).map(
    ([name, all]) => [name, steps(...(all ?? []))] as const,
  );
  const header = [...makers.map(([name]) => name), 'queryInstitutions6m', 'contactCount', 'bad'];
  const lines = Array.from({ length: rows }, () => {
    const made = makers.map(([name, make]) => ({ name, ...make(random) }));
    const queries = made.find(({ name }) => name === 'queryInstitutions3m')?.value ?? null;
    const twin = twinOfQueries(queries, random);
    const contacts = Math.max(1, Math.round(2 + normal(random)));
    const odds = made.reduce((sum, { adds }) => sum + adds, TRUE_INTERCEPT);
    const bad = random() > 1 / (1 + Math.exp(-odds)) ? 1 : 0;
    return [...made.map(({ value }) => value), twin, contacts, bad]
      .map((value) => (value === null ? '' : String(value)))
      .join(',');
  });
  return `${[header.join(','), ...lines].join('\n')}\n`;
}
