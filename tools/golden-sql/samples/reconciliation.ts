/** Sample calls of the check before the money, of money that comes back, and of the reconciliation. */
import * as entrusted from '../../../db/queries/entrusted.ts';
import * as returns from '../../../db/queries/payout-returns.ts';
import * as preflight from '../../../db/queries/preflight.ts';
import * as reconciliation from '../../../db/queries/reconciliation.ts';
import * as unmatched from '../../../db/queries/unmatched.ts';
import { fen } from '../../../domain/money.ts';
import type { Samples } from '../recorder.ts';
import { buildOffer } from './offer.ts';
import { AMOUNT, AT, BYTES, ID } from './values.ts';

const DAY = '2026-11-24';
const NAMED = { requestNos: ['r'], bankReferences: ['b'] };
const LINE = {
  number: 1,
  flow: 'PAID_OUT',
  pending: false,
  direction: 'OUT',
  amountFen: AMOUNT,
  bankReference: 'b',
  requestNo: 'r',
  loanReference: null,
} as const;
const COUNTS = {
  matched: 1,
  amountDiffers: 0,
  oursOnly: 0,
  theirsOnly: 0,
  unsettled: 0,
  matchedFen: 1,
};

export const PREFLIGHT: Samples = {
  readContractStanding: ({ tx, answer }) => {
    answer({ overdue: false, written_off: false, given_back: false, returned: false, died: false });
    return preflight.readContractStanding(tx, { applicationId: ID, tranche: 2 }, '2026-02-05');
  },
  readPreflight: ({ tx, answer }) => {
    answer();
    return preflight.readPreflight(tx, ID, ID);
  },
  recordPayoutCheck: ({ tx }) => preflight.recordPayoutCheck(tx, ID, ['SANCTIONED']),
  stopPayout: ({ tx }) => preflight.stopPayout(tx, ID, 'SANCTIONED'),
};

export const ENTRUSTED: Samples = {
  proposePayee: ({ tx }) =>
    entrusted.proposePayee(tx, {
      id: ID,
      applicationId: ID,
      sealedPayee: BYTES,
      evidenceKind: 'INVOICE',
      evidenceSm3: 'd',
      reason: 'R',
      by: 's',
    }),
  lockProposedPayee: ({ tx }) => entrusted.lockProposedPayee(tx, ID),
  'decidePayee (approved)': ({ tx }) =>
    entrusted.decidePayee(tx, ID, { id: ID, state: 'APPROVED', by: 's', at: AT }),
  'decidePayee (rejected)': ({ tx }) =>
    entrusted.decidePayee(tx, ID, { id: ID, state: 'REJECTED', by: 's', at: AT }),
  listPayees: ({ tx }) => entrusted.listPayees(tx, ID),
  payeeOfPayout: ({ tx }) => entrusted.payeeOfPayout(tx, ID),
  writePayee: ({ tx }) => entrusted.writePayee(tx, ID, ID),
  selfPaidWithin: ({ tx }) => entrusted.selfPaidWithin(tx, ID, 30),
};

export const UNMATCHED: Samples = {
  readUnmatchedPayee: ({ tx }) => unmatched.readUnmatchedPayee(tx, 'n'),
  lockUnmatched: ({ tx }) => unmatched.lockUnmatched(tx, 'n'),
  lockUnmatchedByReference: ({ tx }) => unmatched.lockUnmatchedByReference(tx, 'b'),
  isCounted: ({ tx }) => unmatched.isCounted(tx, 'b'),
  'proposeUnmatched (assign)': ({ tx }) =>
    unmatched.proposeUnmatched(tx, 'n', {
      action: 'ASSIGN',
      loanId: ID,
      reason: 'R',
      by: 's',
      at: AT,
    }),
  'proposeUnmatched (refund)': ({ tx }) =>
    unmatched.proposeUnmatched(tx, 'n', {
      action: 'REFUND',
      sealedPayee: BYTES,
      requestNo: 'r',
      reason: 'R',
      by: 's',
      at: AT,
    }),
  approveUnmatched: ({ tx }) => unmatched.approveUnmatched(tx, 'n', { by: 's', at: AT }),
  reopenUnmatched: ({ tx }) => unmatched.reopenUnmatched(tx, 'n', 'LOAN_CLOSED'),
  markUnmatchedSent: ({ tx }) => unmatched.markUnmatchedSent(tx, 'n'),
  'closeUnmatched (assigned)': ({ tx }) => unmatched.closeUnmatched(tx, 'n', null),
  'closeUnmatched (refunded)': ({ tx }) => unmatched.closeUnmatched(tx, 'n', 'b'),
  listUnbooked: ({ tx }) => unmatched.listUnbooked(tx, 10),
  listAgreed: ({ tx }) => unmatched.listAgreed(tx, 10),
};

export const RETURNS: Samples = {
  lockReturnedLoan: ({ tx, answer }) => {
    answer();
    answer();
    return returns.lockReturnedLoan(tx, ID);
  },
  markReturned: ({ tx }) => returns.markReturned(tx, ID, { reference: 'b', reason: 'RETURNED' }),
  stopSchedule: ({ tx }) => returns.stopSchedule(tx, ID),
  restartLoan: ({ tx }) =>
    returns.restartLoan(
      tx,
      { id: ID, scheduleVersion: 1 },
      {
        payoutId: ID,
        disbursedOn: DAY,
        schedule: buildOffer().schedule,
        payableUntil: (dueDate) => dueDate,
      },
    ),
  isStillReturned: ({ tx }) => returns.isStillReturned(tx, ID),
};

export const RECONCILIATION: Samples = {
  lockDay: ({ tx }) => reconciliation.lockDay(tx, DAY),
  payoutsOfDay: ({ tx }) => reconciliation.payoutsOfDay(tx, DAY, NAMED),
  otherMovementsOfDay: ({ tx }) => reconciliation.otherMovementsOfDay(tx, DAY, NAMED),
  storeStatement: ({ tx, answer }) => {
    answer();
    answer({ id: ID });
    return reconciliation.storeStatement(tx, {
      id: ID,
      day: DAY,
      sm3: 's',
      lineCount: 1,
      inFen: fen(0),
      outFen: AMOUNT,
      sealedLines: BYTES,
      final: true,
    });
  },
  otherFinalFiles: ({ tx }) => reconciliation.otherFinalFiles(tx, DAY, 's'),
  storeLines: ({ tx }) =>
    reconciliation.storeLines(tx, ID, [
      { line: LINE, outcome: 'MATCHED', ours: { source: 'PAYOUT', id: ID } },
    ]),
  storeRun: ({ tx }) => reconciliation.storeRun(tx, { day: DAY, statementId: ID, counts: COUNTS }),
  openCases: ({ tx }) =>
    reconciliation.openCases(tx, DAY, [
      {
        kind: 'OURS_ONLY',
        key: 'k',
        why: 'w',
        source: 'PAYOUT',
        id: ID,
        ourFen: AMOUNT,
        theirFen: null,
        bankReference: 'b',
        requestNo: 'r',
        loanReference: null,
      },
    ]),
  closeAnswered: ({ tx }) => reconciliation.closeAnswered(tx, DAY, ['k'], ['PAYOUT:i'], ['r']),
  'listReconciliationCases (everything)': ({ tx }) =>
    reconciliation.listReconciliationCases(tx, { state: undefined, day: undefined }, 10),
  'listReconciliationCases (narrowed)': ({ tx }) =>
    reconciliation.listReconciliationCases(tx, { state: 'OPEN', day: DAY }, 10),
  lockReconciliationCase: ({ tx }) => reconciliation.lockReconciliationCase(tx, ID),
  listReconciliations: ({ tx }) => reconciliation.listReconciliations(tx, 10),
  proposeReconciliation: ({ tx }) =>
    reconciliation.proposeReconciliation(tx, {
      id: ID,
      action: 'ACCEPTED',
      reason: 'R',
      by: 's',
      at: AT,
    }),
  approveReconciliation: ({ tx }) =>
    reconciliation.approveReconciliation(tx, { id: ID, by: 's', at: AT }),
};
