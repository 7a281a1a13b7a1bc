/** The check right before the money: each thing that does not hold stops it, and what is unknown does not hold. */
import { describe, expect, it } from 'vitest';
import { NO_EARLIER_NOTES, preflight, type PreflightFacts } from '../../domain/preflight.ts';

const good: PreflightFacts = {
  consent: 'AGREED',
  sanctioned: false,
  standingListHits: 0,
  blacklisted: false,
  exposureFen: 100_000_00,
  amountFen: 100_000_00,
  ownFen: 100_000_00,
  earlier: NO_EARLIER_NOTES,
  borrowerDied: false,
  limitFen: 200_000_00,
  withinRateCap: true,
  contract: {
    state: 'SIGNED',
    signedBy: ['APPLICANT', 'LENDER'],
    stamped: ['BEFORE', 'AFTER'],
    disclosureAccepted: true,
    recordingNeeded: true,
    recordingComplete: true,
    conditionsOpen: false,
  },
  payment: { payee: 'NONE', selfPaidFen: 200_000_00, selfPayLimitFen: 300_000_00 },
  account: 'OWN_AND_OPEN',
  bureauAgeDays: 30,
  bureauMaxDays: 30,
};
const contract = (over: Partial<PreflightFacts['contract']>) => ({
  contract: { ...good.contract, ...over },
});

const payment = (over: Partial<PreflightFacts['payment']>) => ({
  payment: { ...good.payment, ...over },
});

describe('a payout', () => {
  it('passes when everything holds, at the very limits', () => {
    expect(preflight(good)).toEqual([]);
    const unrecorded = { recordingNeeded: false, recordingComplete: false };
    expect(preflight({ ...good, ...contract(unrecorded) })).toEqual([]);
  });

  it.each([
    ['SANCTIONED', { sanctioned: true }],
    ['LIST_HIT_STANDS', { standingListHits: 1 }],
    ['BLACKLISTED', { blacklisted: true }],
    ['AUTHORISATION_NOT_IN_FORCE', { consent: 'WITHDRAWN' }],
    ['AUTHORISATION_NOT_IN_FORCE', { consent: 'EXPIRED' }],
    ['AUTHORISATION_NOT_IN_FORCE', { consent: 'MISSING' }],
    ['EXPOSURE_ABOVE_LIMIT', { exposureFen: 100_000_01 }],
    ['EXPOSURE_ABOVE_LIMIT', { exposureFen: Number.NaN }],
    ['RATE_ABOVE_CAP', { withinRateCap: false }],
    ['RATE_ABOVE_CAP', { withinRateCap: null }],
    ['CONTRACT_EVIDENCE_INCOMPLETE', contract({ state: 'READY' })],
    ['CONTRACT_EVIDENCE_INCOMPLETE', contract({ state: null })],
    ['CONTRACT_EVIDENCE_INCOMPLETE', contract({ signedBy: ['LENDER'] })],
    ['CONTRACT_EVIDENCE_INCOMPLETE', contract({ signedBy: ['APPLICANT'] })],
    ['CONTRACT_EVIDENCE_INCOMPLETE', contract({ stamped: ['BEFORE'] })],
    ['CONTRACT_EVIDENCE_INCOMPLETE', contract({ disclosureAccepted: false })],
    ['CONTRACT_EVIDENCE_INCOMPLETE', contract({ recordingComplete: false })],
    ['CONDITION_OPEN', contract({ conditionsOpen: true })],
    ['ACCOUNT_NOT_OWN', { account: 'OTHER_HOLDER' }],
    ['ACCOUNT_NOT_OWN', { account: 'NO_RECORD' }],
    ['ACCOUNT_NOT_OPEN', { account: 'CLOSED' }],
    ['ENTRUSTED_PAYMENT_NEEDED', payment({ selfPaidFen: 200_000_01 })],
    ['ENTRUSTED_PAYMENT_NEEDED', payment({ selfPaidFen: Number.NaN })],
    ['ENTRUSTED_PAYMENT_NEEDED', payment({ payee: 'BORROWER', selfPaidFen: 0 })],
    ['EXPOSURE_ABOVE_LIMIT', { ownFen: 100_000_01 }],
    ['BORROWER_DIED', { borrowerDied: true }],
    ['EARLIER_NOTE_OVERDUE', { earlier: { ...NO_EARLIER_NOTES, overdue: true } }],
    ['EARLIER_NOTE_WRITTEN_OFF', { earlier: { ...NO_EARLIER_NOTES, writtenOff: true } }],
    ['EARLIER_NOTE_GIVEN_BACK', { earlier: { ...NO_EARLIER_NOTES, givenBack: true } }],
    ['EARLIER_NOTE_RETURNED', { earlier: { ...NO_EARLIER_NOTES, returned: true } }],
    ['BUREAU_REPORT_TOO_OLD', { bureauAgeDays: 31 }],
    ['BUREAU_REPORT_TOO_OLD', { bureauAgeDays: null }],
    ['BUREAU_REPORT_TOO_OLD', { bureauAgeDays: -1 }],
  ] as const)('is held back as %s when %o', (code, over) => {
    expect(preflight({ ...good, ...over })).toEqual([code]);
  });

  it('tells everything that does not hold, sanctions first', () => {
    const over = { sanctioned: true, bureauAgeDays: null, consent: 'MISSING' } as const;
    expect(preflight({ ...good, ...over })).toEqual([
      'SANCTIONED',
      'AUTHORISATION_NOT_IN_FORCE',
      'BUREAU_REPORT_TOO_OLD',
    ]);
  });
});
