/**
 * How many full explained decisions one core makes a second, beside general rule engines that only evaluate the same
 * rules. All take turns in short rounds, so that a busy machine disturbs all alike; the median round counts.
 */
import { compileStrategy, type DecisionInput } from '../../../domain/decide.ts';
import { decisionInputText, decisionRecord } from '../../../domain/decision-record.ts';
import { fen } from '../../../domain/money.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import { percentile } from '../in-flight.ts';
import { type Result, result } from '../results.ts';
import { ENGINES } from './engines.ts';
import { BOOK, drawPeople, PAIRS } from './material.ts';

/** Rounds of every piece, and how long one lasts. */
const ROUNDS = 7;
const ROUND_MS = 400;
/** Pieces between two looks at the clock. */
const BATCH = 50;

type Step = (at: number) => unknown;

async function roundOf(step: Step, ms: number): Promise<number> {
  const started = performance.now();
  let done = 0;
  let used = 0;
  while (used < ms) {
    for (let n = 0; n < BATCH; n += 1) {
      const pending = step(done + n);
      if (pending instanceof Promise) await pending;
    }
    done += BATCH;
    used = performance.now() - started;
  }
  return (done * 1000) / used;
}

async function perSecond(steps: Readonly<Record<string, Step>>): Promise<Map<string, number>> {
  const rates = new Map(Object.keys(steps).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, step] of Object.entries(steps)) {
      const rate = await roundOf(step, ROUND_MS);
      // The first round only warms up.
      if (round > 0) rates.get(name)?.push(rate);
    }
  }
  return new Map([...rates].map(([name, all]) => [name, percentile(all, 0.5)]));
}

/** Lets every engine judge the same people: a comparison of engines that disagree would say nothing. */
async function assertAgreement(inputs: readonly DecisionInput[]): Promise<void> {
  for (const { variables } of inputs.slice(0, 200)) {
    const answers = await Promise.all(
      Object.values(ENGINES).map(async (judge) => await judge(variables)),
    );
    const texts = new Set(answers.map((answer) => JSON.stringify(answer)));
    if (texts.size !== 1) throw new Error(`the engines disagree: ${[...texts].join(' / ')}`);
  }
}

export async function measureDecisions(say: (line: string) => void): Promise<readonly Result[]> {
  const request = { amountFen: fen(30_000_00), termMonths: 12, wantsPerson: false };
  const inputs = drawPeople(1000).map((variables) => ({ variables, gaps: [], request }));
  const inputAt = (n: number): DecisionInput => {
    const input = inputs[n % inputs.length];
    if (input === undefined) throw new RangeError('There are people.');
    return input;
  };
  await assertAgreement(inputs);
  const decide = compileStrategy(BOOK);
  const outcomes = inputs.map((input) => decide(input).outcome);
  const share = (outcome: string) => outcomes.filter((one) => one === outcome).length / 10;
  say(
    `${PAIRS.length} rules, ${BOOK.scorecard.dimensions.length} dimensions; of 1000 people ` +
      `${share('APPROVE')} % approved, ${share('DECLINE')} % declined, ${share('REFER')} % referred`,
  );
  const versions = { policy: 'HOUSE@1', model: 'EXPERT', arm: null };
  const recorded = (n: number) => {
    const input = inputAt(n);
    const decision = decide(input);
    const inputSm3 = sm3Hex(decisionInputText(input));
    return sm3Hex(
      decisionRecord({ decision, input, inputSm3, policyDate: '2026-11-24', versions }),
    );
  };
  const rates = await perSecond({
    full: (n) => decide(inputAt(n)),
    recorded,
    ...Object.fromEntries(
      Object.entries(ENGINES).map(([name, judge]) => [
        name,
        (n: number) => judge(inputAt(n).variables),
      ]),
    ),
  });
  const rate = (name: string) => rates.get(name) ?? 0;
  const full = rate('full');
  return [
    result('risk: full explained decisions, one core', full, 'decisions/s'),
    result('risk: the same with record and digests', rate('recorded'), 'decisions/s'),
    ...Object.keys(ENGINES).map((name) =>
      result(
        `risk: full decisions beside ${name} on the rules alone`,
        full,
        'decisions/s',
        rate(name),
      ),
    ),
  ];
}
