/** Runs the test cases inside a strategy: each must come out as its author expects. */
import type { Decider, Decision } from './decide.ts';
import { type Fault, fault } from './fault.ts';
import { fen } from './money.ts';
import type { Strategy, StrategyCase } from './strategy.ts';
import { VARIABLE_CATALOGUE, type Variables } from './variable-catalogue.ts';

// Every name of the catalogue, each without a value.
const NO_EVIDENCE = Object.fromEntries(
  Object.keys(VARIABLE_CATALOGUE).map((name) => [name, null]),
) as Variables;

/** The variables of a case: its own over those of the case it is like, and so on. */
function variablesOf(one: StrategyCase, before: ReadonlyMap<string, Variables>): Variables {
  const base = (one.like === null ? undefined : before.get(one.like)) ?? NO_EVIDENCE;
  return { ...base, ...one.variables };
}

function failuresOf(one: StrategyCase, decision: Decision, path: string): readonly Fault[] {
  const faults: Fault[] = [];
  const failed = (member: string, wanted: string, found: string) =>
    faults.push(
      fault(
        `${path}.expect.${member}`,
        'CASE_FAILED',
        `用例未通过：期望 ${wanted}，实际 ${found}`,
        `The test fails: ${wanted} was expected, ${found} came out`,
      ),
    );
  const { outcome, reasons, hits } = one.expect;
  if (decision.outcome !== outcome) failed('outcome', outcome, decision.outcome);
  for (const reason of reasons)
    if (!decision.reasons.includes(reason))
      failed('reasons', reason, decision.reasons.join(', ') || '–');
  const hit = decision.rulesTrace.filter((t) => t.outcome === 'HIT').map((t) => t.ruleId);
  for (const id of hits) if (!hit.includes(id)) failed('hits', id, hit.join(', ') || '–');
  return faults;
}

/** The faults of the cases that do not come out as expected, with their places; empty when all pass. */
export function runStrategyCases(strategy: Strategy, decide: Decider): readonly Fault[] {
  const before = new Map<string, Variables>();
  return strategy.tests.flatMap((one, i) => {
    const variables = variablesOf(one, before);
    before.set(one.id, variables);
    const { amountFen, termMonths, wantsPerson } = one.request;
    const decision = decide({
      variables,
      gaps: one.gaps,
      request: { amountFen: fen(amountFen), termMonths, wantsPerson },
    });
    return failuresOf(one, decision, `tests[${i}]`);
  });
}
