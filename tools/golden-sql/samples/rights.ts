/** Sample calls of the queries of persons' rights and of retention. */
import * as retention from '../../../db/queries/retention.ts';
import * as rights from '../../../db/queries/rights.ts';
import type { Samples } from '../recorder.ts';
import { AT, ID } from './values.ts';

export const RIGHTS: Samples = {
  keepRightsRequest: ({ tx }) =>
    rights.keepRightsRequest(tx, {
      id: ID,
      applicationId: ID,
      ownerSubject: 's',
      kind: 'EXPORT',
      items: ['NAME'],
      dueOn: '2026-01-01',
      receivedAt: AT,
      sealedWords: null,
    }),
  readRightsRequest: ({ tx }) => rights.readRightsRequest(tx, ID),
  lockRightsRequest: ({ tx }) => rights.lockRightsRequest(tx, ID),
  listRightsRequests: ({ tx }) => rights.listRightsRequests(tx, 's', 10),
  proposeAnswer: ({ tx }) =>
    rights.proposeAnswer(tx, ID, 's', {
      outcome: 'DONE',
      reason: 'GRANTED',
      sealedAnswer: null,
    }),
  approveAnswer: ({ tx }) => rights.approveAnswer(tx, ID, 't', AT),
  answerByHouse: ({ tx }) => rights.answerByHouse(tx, ID, AT),
  markRightsClock: ({ tx }) => rights.markRightsClock(tx, ID, 'overdue_at', AT),
  markConcluded: ({ tx }) => rights.markConcluded(tx, ID, AT),
  markHeld: ({ tx }) => rights.markHeld(tx, ID),
  readHeldFacts: ({ tx }) => rights.readHeldFacts(tx, ID),
  readConsents: ({ tx }) => rights.readConsents(tx, ID),
  listOwnedApplications: ({ tx }) =>
    rights.listOwnedApplications(tx, 's', { at: '2026-01-01 00:00:00+00', id: ID }, 10),
  readHeldRecords: ({ tx }) => rights.readHeldRecords(tx, ID),
};

export const RETENTION: Samples = {
  endedPersons: ({ tx }) => retention.endedPersons(tx, { after: null, endedBefore: AT, most: 10 }),
  dropReports: ({ tx }) => retention.dropReports(tx, { withoutLoan: AT, withLoan: AT }),
};
