/** Sample calls of the queries of the bureau desk and of objections. */
import * as desk from '../../../db/queries/bureau-desk.ts';
import * as objections from '../../../db/queries/objections.ts';
import { ZERO_FEN } from '../../../domain/money.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID } from './values.ts';

const QUERY: desk.RegisteredQuery = {
  id: ID,
  operator: {
    kind: 'STORY',
    subject: 's',
    role: null,
    from: null,
    approvedBy: null,
    requestId: null,
    offHours: false,
  },
  bureau: 'PBOC',
  operation: 'report',
  purpose: '02',
  applicationId: ID,
  applicantId: ID,
  authorisation: { id: ID, sm3: 'd' },
};

export const BUREAU_DESK: Samples = {
  registerQuery: ({ tx }) =>
    desk.registerQuery(tx, QUERY, {
      result: 'ANSWERED',
      requestNo: 'r',
      requestSm3: 'd',
      responseSm3: 'd',
      charged: true,
      costFen: ZERO_FEN,
    }),
  registerRefusal: ({ tx }) => desk.registerRefusal(tx, QUERY, 'AUTHORISATION_MISSING'),
  countQueries: ({ tx }) =>
    desk.countQueries(tx, { bureau: 'PBOC', operator: 's', dayBegan: AT, most: 10 }),
  listQueries: ({ tx }) =>
    desk.listQueries(tx, { applicationId: ID, operator: 's', before: AT, most: 10 }),
  proposeQuery: ({ tx }) =>
    desk.proposeQuery(tx, {
      id: ID,
      applicationId: ID,
      bureau: 'PBOC',
      purpose: '01',
      reason: 'POST_LOAN_REVIEW',
      offHours: false,
      by: 's',
      role: 'risk-officer',
      from: null,
      at: AT,
    }),
  readQueryRequest: ({ tx }) => desk.readQueryRequest(tx, ID),
  listQueryRequests: ({ tx }) => desk.listQueryRequests(tx, 10),
  approveQuery: ({ tx }) =>
    desk.approveQuery(tx, { id: ID, by: 't', role: 'risk-approver', at: AT }),
  settleQuery: ({ tx }) => desk.settleQuery(tx, ID, { state: 'ANSWERED' }),
  hasRunningLoan: ({ tx }) => desk.hasRunningLoan(tx, ID),
  queriesWithFate: ({ tx }) => desk.queriesWithFate(tx, { from: AT, until: AT }),
  keepWeeklyReport: ({ tx }) =>
    desk.keepWeeklyReport(tx, { weekOf: '2026-01-05', figures: {}, items: [] }),
  listWeeklyReports: ({ tx }) => desk.listWeeklyReports(tx, 10),
};

export const OBJECTIONS: Samples = {
  keepObjection: ({ tx, cipher }) =>
    objections.keepObjection(tx, cipher, {
      id: ID,
      applicationId: ID,
      applicantId: ID,
      ownerSubject: 's',
      bureau: 'PBOC',
      item: 'ACCOUNT',
      claim: { reference: 'a', statement: 't' },
      receivedAt: AT,
      dueOn: '2026-01-25',
    }),
  readObjection: ({ tx }) => objections.readObjection(tx, ID),
  lockObjection: ({ tx }) => objections.lockObjection(tx, ID),
  listObjections: ({ tx }) => objections.listObjections(tx, 's', 10),
  openClaim: ({ cipher }) => objections.openClaim(cipher, { id: ID, sealed_claim: BYTES }),
  openAnswer: ({ cipher }) => objections.openAnswer(cipher, { id: ID, sealed_answer: BYTES }),
  openDisputes: ({ tx, cipher }) => objections.openDisputes(tx, cipher, ID),
  countCorrections: ({ tx }) => objections.countCorrections(tx, ID, 'PBOC'),
  markObjection: ({ tx }) => objections.markObjection(tx, ID, AT),
  beginVerifying: ({ tx }) => objections.beginVerifying(tx, ID, 'r'),
  decideObjection: ({ tx, cipher }) =>
    objections.decideObjection(tx, cipher, {
      id: ID,
      outcome: 'UPHELD',
      answer: 'a',
      by: 's',
      at: AT,
    }),
  markObjectionClock: ({ tx }) => objections.markObjectionClock(tx, ID, 'reminded_at', AT),
  replyObjection: ({ tx }) => objections.replyObjection(tx, ID),
};
