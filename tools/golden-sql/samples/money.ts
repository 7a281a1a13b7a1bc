/** Sample calls of the queries of the disburse and service chapters. */
import * as disburse from '../../../db/queries/disburse.ts';
import * as service from '../../../db/queries/service.ts';
import * as tranches from '../../../db/queries/tranches.ts';
import { buildOffer } from './offer.ts';
import type { Samples } from '../recorder.ts';
import { AMOUNT, AT, BYTES, ID } from './values.ts';

export const DISBURSE: Samples = {
  createPayout: ({ tx }) =>
    disburse.createPayout(tx, {
      id: ID,
      applicationId: ID,
      contractId: ID,
      attempt: 1,
      requestNo: 'r',
      amountFen: AMOUNT,
      sealedAccount: BYTES,
      state: 'READY',
      retry: null,
    }),
  readPayout: ({ tx }) => disburse.readPayout(tx, ID),
  hasPayoutOfAnotherContract: ({ tx }) => disburse.hasPayoutOfAnotherContract(tx, ID, ID),
  latestPayout: ({ tx }) => disburse.latestPayout(tx, ID),
  lockPayout: ({ tx }) => disburse.lockPayout(tx, ID, ID),
  releasersOf: ({ tx }) => disburse.releasersOf(tx, ID, ID, 1),
  markFirstRelease: ({ tx }) =>
    disburse.markFirstRelease(tx, ID, { subject: 's', at: new Date(0) }),
  markReleased: ({ tx }) => disburse.markReleased(tx, ID, 's', 1),
  markSent: ({ tx }) => disburse.markSent(tx, ID),
  'settlePayout (final)': ({ tx }) =>
    disburse.settlePayout(tx, ID, { state: 'PAID', bankReference: 'b', failureCode: null }),
  'settlePayout (not final)': ({ tx }) =>
    disburse.settlePayout(tx, ID, { state: 'UNKNOWN', bankReference: null, failureCode: 'f' }),
  cancelReadyPayouts: ({ tx }) => disburse.cancelReadyPayouts(tx, ID),
  readProposal: ({ tx }) => disburse.readProposal(tx, ID),
  propose: ({ tx }) =>
    disburse.propose(tx, { payoutId: ID, action: 'RETRY', by: 's', reason: 'r' }),
  approve: ({ tx }) => disburse.approve(tx, ID, 's', AT),
};

const TRANCHE = { contractId: ID, number: 2 };

export const TRANCHES: Samples = {
  planTranches: ({ tx }) =>
    tranches.planTranches(tx, { applicationId: ID, contractId: ID }, [
      { number: 2, principalFen: AMOUNT, advancedFen: AMOUNT, earliestOn: '2026-02-05' },
    ]),
  readTranches: ({ tx }) => tranches.readTranches(tx, ID),
  moveTranche: ({ tx }) => tranches.moveTranche(tx, TRANCHE, 'PAID'),
  giveUpTranches: ({ tx }) =>
    tranches.giveUpTranches(tx, ID, [2], { by: 's', as: 'BORROWER', reason: 'R', at: AT }),
  cancelReadyPayout: ({ tx }) => tranches.cancelReadyPayout(tx, ID),
  readLeft: ({ tx, answer }) => {
    answer({ openNotes: 1, settledNotes: 0, openTranches: 1 });
    return tranches.readLeft(tx, ID);
  },
  readPlan: ({ tx }) => tranches.readPlan(tx, ID),
};

export const SERVICE: Samples = {
  storeLoan: ({ tx, answer }) => {
    answer({ id: ID });
    return service.storeLoan(
      tx,
      {
        id: ID,
        applicationId: ID,
        payoutId: ID,
        number: 'n',
        principalFen: AMOUNT,
        annualRate: '12',
        termMonths: 2,
        method: 'EQUAL_INSTALMENT',
        disbursedOn: '2026-01-05',
      },
      buildOffer().schedule,
    );
  },
  paidPayout: ({ tx }) => service.paidPayout(tx, ID),
  lockLoan: ({ tx }) => service.lockLoan(tx, ID),
  readInstalments: ({ tx }) => service.readInstalments(tx, ID),
  storeRepayment: ({ tx }) =>
    service.storeRepayment(tx, {
      noticeId: 'n',
      loanId: ID,
      bankReference: 'b',
      amountFen: AMOUNT,
      allocations: [],
      unallocatedFen: AMOUNT,
      receivedOn: '2026-02-05',
      valueOn: '2026-02-03',
    }),
  'writeLoanState (late)': ({ tx }) => service.writeLoanState(tx, ID, 'OVERDUE', 3),
  'writeLoanState (settled)': ({ tx }) => service.writeLoanState(tx, ID, 'SETTLED', 0),
  readBankNotice: ({ tx }) => service.readBankNotice(tx, 'n'),
};
