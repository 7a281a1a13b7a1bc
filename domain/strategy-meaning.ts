/** What the parts of a strategy mean together: rules that can never act, ids used twice, cut-offs and limits out of order. */
import { canonicalJson } from './canonical-json.ts';
import { checkUnique } from './document-check.ts';
import type { Expression } from './expression.ts';
import { alwaysHolds, canHold } from './expression-reach.ts';
import { at, type Fault, fault } from './fault.ts';
import { GRADES } from './loan-terms.ts';
import type { Strategy } from './strategy.ts';

interface Place {
  readonly path: string;
  readonly when: Expression;
}

const places = (list: readonly { readonly when: Expression }[], path: string): readonly Place[] =>
  list.map(({ when }, i) => ({ path: at(path, i), when }));

/** Faults of rules that are tried one after the other: what an earlier one settles, a later one never does. */
function reachFaults(rules: readonly Place[]): readonly Fault[] {
  const faults: Fault[] = [];
  const seen = new Map<string, string>();
  let settledBy: string | null = null;
  for (const { path, when } of rules) {
    const text = canonicalJson(when);
    const same = seen.get(text);
    const place = at(path, 'when');
    if (settledBy !== null) {
      faults.push(
        fault(
          path,
          'UNREACHABLE',
          `不可达：${settledBy} 恒成立`,
          `Unreachable: ${settledBy} always holds`,
        ),
      );
    } else if (same !== undefined) {
      faults.push(
        fault(
          place,
          'DUPLICATE_CONDITION',
          `条件与 ${same} 相同`,
          `The condition is that of ${same}`,
        ),
      );
    } else if (!canHold(when)) {
      faults.push(fault(place, 'NEVER_HOLDS', '该条件永远不成立', 'This condition can never hold'));
    } else if (alwaysHolds(when)) settledBy = path;
    seen.set(text, path);
  }
  return faults;
}

function idFaults({ knockouts, referrals, pricing, tests }: Strategy): readonly Fault[] {
  const faults: Fault[] = [];
  const named = (list: readonly { readonly id: string }[], path: string) =>
    list.map(({ id }, i) => [at(at(path, i), 'id'), id] as const);
  checkUnique(faults, [
    ...named(knockouts, 'knockouts'),
    ...named(referrals, 'referrals'),
    ...named(pricing.segments, 'pricing.segments'),
  ]);
  checkUnique(faults, named(tests, 'tests'));
  return faults;
}

function orderFaults({ cutoffs, limits }: Strategy): readonly Fault[] {
  const faults: Fault[] = [];
  if (cutoffs.autoDeclineBelow > cutoffs.autoApproveFrom) {
    faults.push(
      fault(
        'cutoffs',
        'CUTOFFS_OUT_OF_ORDER',
        '自动拒绝线高于自动通过线',
        'Automatic decline reaches above automatic approval',
      ),
    );
  }
  for (const [i, grade] of GRADES.entries()) {
    const better = GRADES[i - 1];
    if (better === undefined) continue;
    for (const name of ['maxFen', 'incomeMonths'] as const) {
      if (limits[grade][name] > limits[better][name])
        faults.push(
          fault(
            `limits.${grade}.${name}`,
            'LIMIT_GROWS',
            '较差等级的额度高于较好等级',
            'A worse grade may not borrow more than a better one',
          ),
        );
    }
  }
  return faults;
}

/** Tests that expect rules which the strategy does not have. */
function testFaults({ knockouts, referrals, pricing, tests }: Strategy): readonly Fault[] {
  const known = new Set([...knockouts, ...referrals, ...pricing.segments].map(({ id }) => id));
  return tests.flatMap((one, i) =>
    one.expect.hits.flatMap((id, j) =>
      known.has(id)
        ? []
        : [
            fault(
              `tests[${i}].expect.hits[${j}]`,
              'UNKNOWN_RULE',
              '没有该规则',
              'There is no such rule',
            ),
          ],
    ),
  );
}

/** What is wrong with a strategy whose shape is sound; empty when it may be proposed. */
export function strategyMeaningFaults(strategy: Strategy): readonly Fault[] {
  return [
    ...idFaults(strategy),
    ...orderFaults(strategy),
    // A knockout declines before a referral is asked, so that referrals come after them.
    ...reachFaults([
      ...places(strategy.knockouts, 'knockouts'),
      ...places(strategy.referrals, 'referrals'),
    ]),
    ...reachFaults(places(strategy.pricing.segments, 'pricing.segments')),
    ...testFaults(strategy),
  ];
}
