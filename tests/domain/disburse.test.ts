/** Who releases a payout, and who says what follows one that did not reach the borrower. */
import { describe, expect, it } from 'vitest';
import { admitRelease, mayResolve, PAYOUT_STATES, releasesNeeded } from '../../domain/disburse.ts';

describe('the release of a payout', () => {
  const maker = { subject: 'fin-1', role: 'finance-maker' };
  const checker = { subject: 'fin-2', role: 'finance-checker' };
  const first = {
    state: 'READY',
    actor: maker,
    applicantSubject: 'app-1',
    approvedBy: ['sen-1'],
    releasedBefore: [],
    needed: 2,
    firstReleasedBy: null,
  } as const;
  const second = { ...first, actor: checker, firstReleasedBy: 'fin-1' } as const;
  const refused = (reason: string) => ({ ok: false, reason });

  it('is a maker and then a checker, and one maker alone only where policy asks for one', () => {
    expect(admitRelease(first)).toEqual({ ok: true, next: 'AWAIT_CHECKER' });
    expect(admitRelease(second)).toEqual({ ok: true, next: 'RELEASED' });
    expect(admitRelease({ ...first, needed: 1 })).toEqual({ ok: true, next: 'RELEASED' });
    expect(releasesNeeded(1, 0)).toBe(2);
    expect(releasesNeeded(50_000, 50_000)).toBe(1);
    expect(releasesNeeded(50_001, 50_000)).toBe(2);
  });
  it('is not begun by a checker, not ended by a maker, and neither by another role', () => {
    expect(admitRelease({ ...first, actor: checker })).toEqual(refused('NOT_RELEASED'));
    expect(admitRelease({ ...second, actor: { ...maker, subject: 'fin-3' } })).toEqual(
      refused('RELEASED_ALREADY'),
    );
    expect(admitRelease({ ...first, needed: 1, actor: checker })).toEqual(refused('ROLE'));
    for (const step of [first, second])
      expect(admitRelease({ ...step, actor: { subject: 'fin-9', role: 'operations' } })).toEqual(
        refused('ROLE'),
      );
  });
  it('is never of the approver, the borrower or one person twice, in either step', () => {
    for (const step of [first, second]) {
      const { subject } = step.actor;
      expect(admitRelease({ ...step, approvedBy: [subject] })).toEqual(refused('SAME_PERSON'));
      expect(admitRelease({ ...step, releasedBefore: [subject] })).toEqual(refused('SAME_PERSON'));
      expect(admitRelease({ ...step, applicantSubject: subject })).toEqual(refused('OWN_LOAN'));
    }
    const both = { ...checker, subject: 'fin-1' };
    expect(admitRelease({ ...second, actor: both })).toEqual(refused('SAME_PERSON'));
  });
  it('is of a payout that waits and of no other', () => {
    for (const state of PAYOUT_STATES.filter((one) => one !== 'READY'))
      expect(admitRelease({ ...first, state })).toEqual(refused('STATE'));
  });
});

describe('what follows a payout', () => {
  it('people say what follows only where no money is with the borrower', () => {
    expect(PAYOUT_STATES.filter(mayResolve)).toEqual(['REFUSED', 'STOPPED', 'RETURNED']);
  });
});
