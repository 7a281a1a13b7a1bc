/** Lesson 12: validators declared `async` are silently accepted by the SDK, and every update passes. */
import { describe, expect, test } from 'vitest';
import { sourcesIn } from '../house/sources.ts';
import { validatorsOf } from './async-validators.ts';

describe('lesson 12: validators', () => {
  test('every update of the workflows has a validator that answers at once', () => {
    const sources = sourcesIn(['workflows']);
    const found = sources.map(validatorsOf);
    expect(found.flatMap((one) => one.async)).toEqual([]);
    // One for all that people say to a story, one for the withdrawal, whose answer waits for the ending, one for what
    // they say to a loan in service, one for a payout that came back, and one for the later payouts of a contract.
    expect(found.reduce((sum, one) => sum + one.count, 0)).toBe(5);
  });

  test('no update is handled past the places that set validators', () => {
    const setting = sourcesIn(['workflows']).flatMap(({ path, text }) =>
      [...text.matchAll(/setHandler\(\s*(\w+)/g)].map((match) => `${path} ${match[1]}`),
    );
    // Signals and a query beside them: what was said lies in the database, which is asked.
    expect(setting.sort()).toEqual([
      'workflows/bureau-objection.ts objectionDecided',
      'workflows/chapters/decided-cases.ts caseDecided',
      'workflows/chapters/disburse.ts payoutNotice',
      'workflows/chapters/withdraw.ts withdraw',
      'workflows/decision-review.ts reviewDecided',
      'workflows/drawdowns.ts message',
      'workflows/drawdowns.ts payoutNotice',
      'workflows/dual-recording.ts recordingMoved',
      'workflows/loan-origination.ts standing',
      'workflows/loan-servicing.ts message',
      'workflows/loan-servicing.ts repaymentNotice',
      'workflows/payout-return.ts payoutNotice',
      'workflows/payout-return.ts resolvePayout',
      'workflows/people.ts message',
      'workflows/person-rights.ts rightsAnswered',
    ]);
  });

  test.each([
    ['written in place', `setHandler(say, handle, { validator: async () => { throw no; } });`],
    ['an async method', `setHandler(say, handle, { async validator() { throw no; } });`],
    ['a named constant', `const check = async () => { throw no; };\nset({ validator: check });`],
    ['a bare name', `const validator = async () => { throw no; };\nset({ validator });`],
    ['a named function', `async function check() { throw no; }\nset({ validator: check });`],
  ])('a planted async validator is found: %s', (_how, text) => {
    expect(validatorsOf({ path: 'planted.ts', text }).async).toHaveLength(1);
  });

  test('a validator that answers at once is not taken for an async one', () => {
    const text = `const check = () => { throw no; };\nset({ validator: check });`;
    expect(validatorsOf({ path: 'planted.ts', text })).toEqual({ count: 1, async: [] });
  });
});
