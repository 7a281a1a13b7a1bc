/** Sample calls of the queries of bad loans: closes of day, acts, contacts, metrics. */
import * as bookClose from '../../../db/queries/book-close.ts';
import * as contacts from '../../../db/queries/contacts.ts';
import * as loanActs from '../../../db/queries/loan-acts.ts';
import * as metrics from '../../../db/queries/reads/metrics.ts';
import { TIERS } from '../../../domain/classification.ts';
import { fen } from '../../../domain/money.ts';
import type { Samples } from '../recorder.ts';
import { ID } from './values.ts';

const DAY = '2026-01-31';
const BEFORE = '2025-12-31';
const COHORTS = { from: '2025-01-01', to: '2026-01-01', on: DAY };
const AGREEMENT = { loans: 1, principalFen: fen(100), ledgerPrincipalFen: fen(100), differing: 0 };
const FLOORS = [
  { name: 'NORMAL', fromDays: 0 },
  { name: 'LOSS', fromDays: 361 },
];
const BUCKETS = [
  { name: 'C', fromDays: 0 },
  { name: 'M1', fromDays: 1 },
];

export const BOOK_CLOSE: Samples = {
  closeStandings: ({ tx }) =>
    bookClose.closeStandings(tx, {
      day: DAY,
      graceDays: 0,
      tiers: TIERS,
      dpdFloors: FLOORS,
      rescheduledFloor: 'SPECIAL_MENTION',
      observedAfter: '2025-01-31',
    }),
  takeMonthEnd: ({ tx }) =>
    bookClose.takeMonthEnd(tx, { day: DAY, graceDays: 0, before: BEFORE, buckets: BUCKETS }),
  agreementNow: ({ tx, answer }) => {
    answer(AGREEMENT);
    return bookClose.agreementNow(tx);
  },
  agreementAt: ({ tx, answer }) => {
    answer(AGREEMENT);
    return bookClose.agreementAt(tx, DAY);
  },
  storeClose: ({ tx }) =>
    bookClose.storeClose(tx, { ...AGREEMENT, day: DAY, monthEnd: true, buckets: BUCKETS }),
  readClose: ({ tx }) => bookClose.readClose(tx, DAY),
  lockCloses: ({ tx }) => bookClose.lockCloses(tx),
};

export const LOAN_ACTS: Samples = {
  isWrittenOff: ({ tx }) => loanActs.isWrittenOff(tx, ID),
  proposeLoanAct: ({ tx }) =>
    loanActs.proposeLoanAct(tx, {
      id: ID,
      loanId: ID,
      kind: 'LIFT',
      event: null,
      toTier: 'NORMAL',
      reason: 'R1',
      by: 's',
    }),
  listLoanActs: ({ tx }) => loanActs.listLoanActs(tx, ID),
  lockLoanAct: ({ tx }) => loanActs.lockLoanAct(tx, ID),
  decideLoanAct: ({ tx }) => loanActs.decideLoanAct(tx, { id: ID, state: 'APPROVED', by: 's' }),
  approvedLoanActs: ({ tx }) => loanActs.approvedLoanActs(tx, 10),
  endLoanAct: ({ tx }) => loanActs.endLoanAct(tx, ID, null),
  readStanding: ({ tx }) => loanActs.readStanding(tx, ID, DAY),
  writeTier: ({ tx }) =>
    loanActs.writeTier(tx, { loanId: ID, from: 'LOSS', to: 'NORMAL', actId: ID, on: DAY }),
  bookedBalances: ({ tx }) => loanActs.bookedBalances(tx, ID),
  markWrittenOff: ({ tx }) =>
    loanActs.markWrittenOff(tx, { loanId: ID, on: DAY, totalFen: fen(2), principalFen: fen(1) }),
  listClassChanges: ({ tx }) => loanActs.listClassChanges(tx, ID),
};

export const CONTACTS: Samples = {
  lockBorrower: ({ tx, answer }) => {
    answer({ personId: ID });
    return contacts.lockBorrower(tx, ID);
  },
  contactHistory: ({ tx }) => contacts.contactHistory(tx, ID, 10),
  openStops: ({ tx }) => contacts.openStops(tx, ID, ID),
  beginContact: ({ tx }) =>
    contacts.beginContact(tx, {
      id: ID,
      loanId: ID,
      channel: 'CALL',
      target: 'DEBTOR',
      line: 'MOBILE',
      purpose: 'COLLECT',
      people: 1,
      recorded: true,
      nightConsent: false,
      by: 's',
      at: new Date('2026-01-31T04:00:00Z'),
    }),
  readContact: ({ tx }) => contacts.readContact(tx, ID),
  tellContact: ({ tx }) => contacts.tellContact(tx, { id: ID, outcome: 'REACHED', by: 's' }),
  listContacts: ({ tx }) => contacts.listContacts(tx, ID, 10),
  stopContacts: ({ tx }) =>
    contacts.stopContacts(tx, { id: ID, loanId: ID, cause: 'DISPUTED', reason: 'R1', by: 's' }),
  readStop: ({ tx }) => contacts.readStop(tx, ID),
  liftStop: ({ tx }) => contacts.liftStop(tx, { id: ID, reason: 'R1', by: 's' }),
  listStops: ({ tx }) => contacts.listStops(tx, ID),
};

export const METRICS: Samples = {
  metricsAgreement: ({ tx, answer }) => {
    answer({ taken: true });
    return metrics.metricsAgreement(tx, DAY);
  },
  newestMonthEnd: ({ tx }) => metrics.newestMonthEnd(tx, DAY),
  bucketsAt: ({ tx }) => metrics.bucketsAt(tx, DAY),
  totalsBeyond: ({ tx }) => metrics.totalsBeyond(tx, DAY, [-1, 0, 30]),
  totalsByBucket: ({ tx }) => metrics.totalsByBucket(tx, DAY),
  totalsByTier: ({ tx }) => metrics.totalsByTier(tx, DAY),
  rollFlows: ({ tx }) => metrics.rollFlows(tx, DAY, BEFORE),
  vintageCells: ({ tx }) => metrics.vintageCells(tx, COHORTS),
  firstPaymentCells: ({ tx }) => metrics.firstPaymentCells(tx, COHORTS, [1, 30]),
  lossFigures: ({ tx, answer }) => {
    answer({ writtenOffFen: 0, recoveredFen: 0, openingFen: 0 });
    return metrics.lossFigures(tx, DAY, BEFORE);
  },
  disbursementDays: ({ tx }) => metrics.disbursementDays(tx, { from: BEFORE, to: DAY }),
  disbursementAgreement: ({ tx, answer }) => {
    answer({ ledgerFen: 0, loansFen: 0 });
    return metrics.disbursementAgreement(tx);
  },
};
