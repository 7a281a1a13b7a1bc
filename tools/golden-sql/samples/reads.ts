/** Sample calls of the reads that the API shows. */
import * as applications from '../../../db/queries/reads/applications.ts';
import * as money from '../../../db/queries/reads/money.ts';
import * as papers from '../../../db/queries/reads/papers.ts';
import * as reviews from '../../../db/queries/reads/reviews.ts';
import * as unmask from '../../../db/queries/unmask.ts';
import type { Samples } from '../recorder.ts';
import { AFTER, BYTES, ID } from './values.ts';

export const APPLICATIONS: Samples = {
  'listApplications (first page)': ({ tx }) =>
    applications.listApplications(tx, { owner: 's', externalId: undefined }, null, 20),
  'listApplications (by external id, next page)': ({ tx }) =>
    applications.listApplications(tx, { owner: 's', externalId: 'e' }, AFTER, 20),
  readBelongings: ({ tx, answer }) => {
    answer({});
    return applications.readBelongings(tx, ID);
  },
  lockApplication: ({ tx }) => applications.lockApplication(tx, ID),
};

export const MONEY: Samples = {
  'listLoans (first page)': ({ tx }) => money.listLoans(tx, 's', null, 20),
  'listLoans (next page)': ({ tx }) => money.listLoans(tx, 's', AFTER, 20),
  readLoan: ({ tx }) => money.readLoan(tx, ID),
  readLoanLedger: ({ tx }) => money.readLoanLedger(tx, ID),
  'listPayouts (everything)': ({ tx }) =>
    money.listPayouts(tx, { state: undefined, applicationId: undefined }, null, 20),
  'listPayouts (narrowed, next page)': ({ tx }) =>
    money.listPayouts(tx, { state: 'READY', applicationId: ID }, AFTER, 20),
  readPayout: ({ tx }) => money.readPayout(tx, ID),
  findPayoutByRequestNo: ({ tx }) => money.findPayoutByRequestNo(tx, 'r'),
  findLoanByNumber: ({ tx }) => money.findLoanByNumber(tx, 'n'),
};

export const PAPERS: Samples = {
  readOffer: ({ tx }) => papers.readOffer(tx, ID),
  readOfferOf: ({ tx }) => papers.readOfferOf(tx, ID),
  readContract: ({ tx }) => papers.readContract(tx, ID),
  sealedPaperOf: ({ tx }) => papers.sealedPaperOf(tx, ID),
  readContractProof: ({ tx }) => papers.readContractProof(tx, ID),
};

export const REVIEWS: Samples = {
  readDecision: ({ tx }) => reviews.readDecision(tx, ID),
  readLatestDecision: ({ tx }) => reviews.readLatestDecision(tx, ID),
  readInformationRequest: ({ tx }) => reviews.readInformationRequest(tx, ID),
  readRequestedItems: ({ tx, answer }) => {
    answer({ sealed_items: BYTES });
    return reviews.readRequestedItems(tx, ID);
  },
  'listOperatorCases (everything)': ({ tx }) =>
    reviews.listOperatorCases(tx, { states: ['OPEN'], applicationId: undefined }, null, 20),
  'listOperatorCases (narrowed, next page)': ({ tx }) =>
    reviews.listOperatorCases(tx, { states: ['OPEN'], applicationId: ID }, AFTER, 20),
  readOperatorCase: ({ tx }) => reviews.readOperatorCase(tx, ID),
};

export const UNMASK: Samples = {
  keepUnmaskGrant: ({ tx }) =>
    unmask.keepUnmaskGrant(tx, {
      id: ID,
      applicationId: ID,
      subject: 's',
      role: 'compliance',
      fields: ['mobile'],
      purpose: 'COMPLAINT',
      grantedAt: new Date(0),
      expiresAt: new Date(1),
    }),
  liveUnmasking: ({ tx }) =>
    unmask.liveUnmasking(tx, {
      applicationId: ID,
      subject: 's',
      role: 'compliance',
      now: new Date(0),
    }),
  holdsTask: ({ tx }) => unmask.holdsTask(tx, ID, 's'),
};
