/** Sample calls of the queries of servicing: accounts, acts of people and orders to the bank. */
import * as bankOrders from '../../../db/queries/bank-orders.ts';
import * as lateMoney from '../../../db/queries/late-money.ts';
import * as servicing from '../../../db/queries/servicing.ts';
import * as acts from '../../../db/queries/servicing-acts.ts';
import type { Samples } from '../recorder.ts';
import { AMOUNT, ID } from './values.ts';

const PARTS = { feeFen: AMOUNT, penaltyFen: AMOUNT, interestFen: AMOUNT, principalFen: AMOUNT };
const DAY = '2026-02-05';

const instalment = (number: number) => ({
  number,
  dueDate: DAY,
  payableUntil: DAY,
  accruedOn: null,
  principalFenDays: 0,
  interestFenDays: 0,
  due: PARTS,
  paid: PARTS,
});

export const SERVICING: Samples = {
  readAccountRow: ({ tx }) => servicing.readAccountRow(tx, ID),
  writeAccount: ({ tx }) =>
    servicing.writeAccount(tx, ID, { servicedTo: DAY, unappliedFen: AMOUNT }),
  writeCharged: ({ tx }) => servicing.writeCharged(tx, ID, [instalment(1), instalment(2)]),
  storeVersion: ({ tx }) =>
    servicing.storeVersion(tx, {
      loanId: ID,
      version: 2,
      reason: 'PREPAID',
      effectiveOn: DAY,
      cause: 'c',
      lines: [
        { number: 1, dueDate: DAY, principalFen: AMOUNT, interestFen: AMOUNT, feeFen: AMOUNT },
      ],
    }),
  replaceInstalments: ({ tx }) => servicing.replaceInstalments(tx, ID, 2, [instalment(1)]),
  storeAccruals: ({ tx }) =>
    servicing.storeAccruals(tx, ID, '12', [
      {
        number: 1,
        from: DAY,
        until: '2026-02-06',
        principalFen: AMOUNT,
        interestFen: AMOUNT,
        chargedFen: AMOUNT,
      },
    ]),
  writeSettledReason: ({ tx }) => servicing.writeSettledReason(tx, ID, 'PAID'),
  listVersions: ({ tx }) => servicing.listVersions(tx, ID),
};

export const SERVICING_ACTS: Samples = {
  openPrepayment: ({ tx }) => acts.openPrepayment(tx, ID),
  prepaymentByCause: ({ tx }) => acts.prepaymentByCause(tx, 'c'),
  storePrepayment: ({ tx }) =>
    acts.storePrepayment(tx, {
      id: ID,
      loanId: ID,
      kind: 'PARTIAL',
      amountFen: AMOUNT,
      choice: 'SHORTER_TERM',
      askedBy: 's',
      cause: 'c',
      askedOn: DAY,
      validUntil: DAY,
    }),
  closePrepayment: ({ tx }) => acts.closePrepayment(tx, ID, 'DONE', 2),
  lockReschedule: ({ tx }) => acts.lockReschedule(tx, ID, ID),
  listReschedules: ({ tx }) => acts.listReschedules(tx, ID),
  proposeReschedule: ({ tx }) =>
    acts.proposeReschedule(tx, {
      id: ID,
      loanId: ID,
      kind: 'DEFER',
      months: 2,
      reason: 'R',
      proposedBy: 's',
      cause: 'c',
    }),
  decideReschedule: ({ tx }) =>
    acts.decideReschedule(tx, ID, { state: 'APPLIED', by: 's', version: 2 }),
};

export const BANK_ORDERS: Samples = {
  storeOrder: ({ tx }) =>
    bankOrders.storeOrder(tx, {
      requestNo: 'r',
      loanId: ID,
      kind: 'DEBIT',
      step: 'debit:1:1',
      amountFen: AMOUNT,
      orderedOn: DAY,
      state: 'READY',
      reason: null,
      proposedBy: null,
    }),
  readOrder: ({ tx }) => bankOrders.readOrder(tx, 'r'),
  lockOrder: ({ tx }) => bankOrders.lockOrder(tx, 'r'),
  listOrders: ({ tx }) => bankOrders.listOrders(tx, ID),
  markOrderSent: ({ tx }) => bankOrders.markOrderSent(tx, 'r'),
  'settleOrder (final)': ({ tx }) =>
    bankOrders.settleOrder(tx, 'r', { state: 'PAID', bankReference: 'b', failureCode: null }),
  'settleOrder (not final)': ({ tx }) =>
    bankOrders.settleOrder(tx, 'r', { state: 'UNKNOWN', bankReference: null, failureCode: null }),
  decideOrder: ({ tx }) => bankOrders.decideOrder(tx, 'r', { state: 'READY', by: 's' }),
  findOrder: ({ tx }) => bankOrders.findOrder(tx, 'r'),
  storeUnmatched: ({ tx }) =>
    bankOrders.storeUnmatched(tx, {
      noticeId: 'n',
      loanId: ID,
      cause: 'LOAN_CLOSED',
      amountFen: AMOUNT,
      bankReference: 'b',
    }),
  listUnmatched: ({ tx }) => bankOrders.listUnmatched(tx),
};

export const LATE_MONEY: Samples = {
  lastEventDay: ({ tx }) => lateMoney.lastEventDay(tx, ID),
  storeRecounts: ({ tx }) =>
    lateMoney.storeRecounts(tx, ID, 'n', [
      { number: 1, from: DAY, until: '2026-02-09', takenBackFen: AMOUNT },
    ]),
};
