/** What lies under the seal of an act: who, where, when, and every member of what was said. */
import { describe, expect, it } from 'vitest';
import {
  ACT_FIELDS,
  type ActName,
  actText,
  CLOCKS_DIFFER_MS,
  sealAge,
  SEAL_STANDS_MS,
} from '../../domain/acts.ts';
import type { UpdateDefinition } from '@temporalio/common';
import type * as messages from '../../workflows/messages.ts';

type InputOf<D> = D extends UpdateDefinition<unknown, [infer I]> ? I : never;
type Every = {
  [N in ActName]: Record<
    Exclude<keyof InputOf<(typeof messages)[N]>, keyof messages.PersonSays>,
    true
  >;
};
/** Fails to compile when an update gains a member that is not sealed. */
const EVERY: Every = ACT_FIELDS;

const FRAME = {
  applicationId: 'a-1',
  actor: { kind: 'human', subject: 'li', role: 'reviewer' },
  key: 'k-1',
  issuedAt: '2026-11-24T08:00:00.000Z',
} as const;
const names = Object.keys(EVERY).filter((name): name is ActName => name in EVERY);
const inputOf = (name: ActName) =>
  Object.fromEntries(Object.keys(EVERY[name]).map((member) => [member, `some ${member}`]));

describe('the text under the seal', () => {
  it.each(names)('of %s differs with every member of what was said', (name) => {
    const input = inputOf(name);
    const text = actText(name, FRAME, input);
    for (const member of Object.keys(input)) {
      expect(actText(name, FRAME, { ...input, [member]: 'other' })).not.toBe(text);
      expect(actText(name, FRAME, { ...input, [member]: undefined })).not.toBe(text);
    }
  });

  it.each([
    ['application', { applicationId: 'a-2' }],
    ['key', { key: 'k-2' }],
    ['time', { issuedAt: '2026-11-24T08:00:00.001Z' }],
    ['kind of actor', { actor: { ...FRAME.actor, kind: 'system' } }],
    ['person', { actor: { ...FRAME.actor, subject: 'wang' } }],
    ['role', { actor: { ...FRAME.actor, role: 'risk-officer' } }],
  ] as const)('differs with the %s', (_what, change) => {
    const input = inputOf('decideReview');
    expect(actText('decideReview', { ...FRAME, ...change }, input)).not.toBe(
      actText('decideReview', FRAME, input),
    );
  });

  it('is that of one act alone', () => {
    expect(new Set(names.map((name) => actText(name, FRAME, {}))).size).toBe(names.length);
  });

  it('holds nested terms and conditions, in one order whatever the order they come in', () => {
    const terms = { amountFen: 1, termMonths: 12, annualRate: '8' };
    const turned = { annualRate: '8', termMonths: 12, amountFen: 1 };
    const text = actText('decideReview', FRAME, { terms });
    expect(actText('decideReview', FRAME, { terms: turned })).toBe(text);
    expect(actText('decideReview', FRAME, { terms: { ...terms, annualRate: '9' } })).not.toBe(text);
  });

  it('takes no notice of what the workflow adds', () => {
    const input = inputOf('claimReview');
    expect(actText('claimReview', FRAME, { ...input, at: 'later', slaMs: 1 })).toBe(
      actText('claimReview', FRAME, input),
    );
  });
});

describe('the age of a seal', () => {
  const now = Date.parse('2026-11-24T08:00:00Z');
  it.each([
    [0, 'FRESH'],
    [CLOCKS_DIFFER_MS, 'FRESH'],
    [CLOCKS_DIFFER_MS + 1, 'FUTURE'],
    [-SEAL_STANDS_MS, 'FRESH'],
    [-SEAL_STANDS_MS - 1, 'STALE'],
  ] as const)('issued %i ms from now is %s', (from, age) => {
    expect(sealAge(new Date(now + from).toISOString(), now)).toBe(age);
  });

  it('that is no time at all does not stand', () => {
    expect(sealAge('yesterday', now)).toBe('FUTURE');
  });
});
