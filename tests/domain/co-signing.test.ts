/** Several people sign one contract: whoever acts in whatever order, turns come one by one and every answer stands. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerParty,
  coSignerFault,
  expireParties,
  inviteNext,
  isSigningComplete,
  isSigningOver,
  type Party,
} from '../../domain/co-signing.ts';
import { syntheticId } from './samples.ts';

const DAY = '2026-11-24';
const waiting = (count: number): readonly Party[] =>
  Array.from({ length: count }, (_, position) => ({ position, state: 'WAITING' }));

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'INVITE' } as const) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('SIGN' as const), position: fc.nat({ max: 5 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('DECLINE' as const), position: fc.nat({ max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'EXPIRE' } as const) },
);

describe('turns', () => {
  it('come one by one in the order of the positions, and no answer changes, whatever comes when', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 40 }),
        (count, steps) => {
          let parties = waiting(count);
          for (const one of steps) {
            const before = parties;
            if (one.kind === 'INVITE') parties = inviteNext(parties);
            else if (one.kind === 'EXPIRE') parties = expireParties(parties);
            else {
              const outcome = answerParty(parties, one.position, one.kind);
              const invited = before.find(({ position }) => position === one.position);
              expect(outcome.ok).toBe(invited?.state === 'INVITED');
              if (outcome.ok) parties = outcome.parties;
            }
            const final = ['SIGNED', 'DECLINED', 'EXPIRED'];
            for (const [at, { state }] of before.entries())
              if (final.includes(state)) expect(parties[at]?.state).toBe(state);
            const states = parties.map(({ state }) => state);
            expect(states.filter((state) => state === 'INVITED').length).toBeLessThanOrEqual(1);
            const firstOpen = states.findIndex((state) => state !== 'SIGNED');
            if (firstOpen >= 0) expect(states.slice(firstOpen)).not.toContain('SIGNED');
            if (isSigningOver(parties)) expect(states).not.toContain('INVITED');
            expect(isSigningComplete(parties)).toBe(firstOpen < 0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('say why somebody cannot answer: not yet, no more, or again', () => {
    const invited = inviteNext(waiting(2));
    expect(answerParty(invited, 1, 'SIGN')).toEqual({ ok: false, refusal: 'NOT_YOUR_TURN' });
    const signed = answerParty(invited, 0, 'SIGN');
    if (!signed.ok) throw new Error('whose turn it is signs');
    expect(answerParty(signed.parties, 0, 'DECLINE')).toEqual({
      ok: false,
      refusal: 'PARTY_ANSWERED',
    });
    const over = expireParties(signed.parties);
    expect(answerParty(over, 1, 'SIGN')).toEqual({ ok: false, refusal: 'SIGNING_OVER' });
  });
});

describe('who may be named', () => {
  const person = (at: number, over: object = {}) => ({
    name: '王五',
    idNumber: syntheticId(`1980010${at + 1}`),
    mobile: `1380000000${at}`,
    ...over,
  });
  const applicant = { idNumber: syntheticId('19850505'), mobile: '13900000000' };
  const fault = (...persons: ReturnType<typeof person>[]) =>
    coSignerFault(persons, applicant, DAY)?.fault ?? null;

  it('are adults with numbers of their own, four at most, and not the applicant', () => {
    expect(fault()).toBeNull();
    expect(fault(person(0), person(1), person(2), person(3))).toBeNull();
    expect(fault(...[0, 1, 2, 3, 4].map((at) => person(at)))).toBe('TOO_MANY');
    expect(fault(person(0, { idNumber: '110105194912310020' }))).toBe('ID_NUMBER_INVALID');
    expect(fault(person(0, { mobile: '12345' }))).toBe('MOBILE_INVALID');
    expect(fault(person(0, { idNumber: syntheticId('20081125') }))).toBe('UNDERAGE');
    expect(fault(person(0, { idNumber: syntheticId('20081124') }))).toBeNull();
    expect(fault(person(0, { mobile: applicant.mobile }))).toBe('IS_APPLICANT');
    expect(fault(person(0, { idNumber: applicant.idNumber }))).toBe('IS_APPLICANT');
    expect(fault(person(0), person(1, { mobile: person(0).mobile }))).toBe('TWICE');
  });
});
