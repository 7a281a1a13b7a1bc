/** Sample calls of the queries that keep the record: journey, outbox, rules, idempotency, operator cases. */
import * as idempotency from '../../../db/queries/idempotency.ts';
import * as journey from '../../../db/queries/journey.ts';
import * as operations from '../../../db/queries/operations.ts';
import * as outbox from '../../../db/queries/outbox.ts';
import * as outside from '../../../db/queries/outside-requests.ts';
import * as rulebooks from '../../../db/queries/rulebooks.ts';
import { SYSTEM } from '../../../domain/journey.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID } from './values.ts';

const MOVE: journey.Move = {
  applicationId: ID,
  from: 'VERIFY',
  to: 'BUREAU',
  actor: SYSTEM,
  reason: 'VERIFIED',
  cause: 'c',
};

export const JOURNEY: Samples = {
  'advance (done)': ({ tx, answer }) => {
    answer({ stage: 'VERIFY', version: 1, event_number: null, event_from: null });
    return journey.advance(tx, MOVE);
  },
  'advance (refused)': ({ tx, answer }) => {
    answer({ stage: 'REVIEW', version: 1, event_number: null, event_from: null });
    return journey.advance(tx, MOVE);
  },
  readMove: ({ tx }) => journey.readMove(tx, ID, 'c'),
  setPending: ({ tx }) => journey.setPending(tx, ID, 'REVIEW'),
  readTimeline: ({ tx }) => journey.readTimeline(tx, ID),
};

const ACT = { actor: 's', key: 'k', requestSm3: 'h' };

export const IDEMPOTENCY: Samples = {
  beginAct: ({ tx, cipher }) =>
    idempotency.beginAct(tx, cipher, ACT, 30, () => ({
      status: 200,
      contentType: 'application/json',
      language: null,
      body: '',
    })),
  finishAct: ({ tx, cipher }) =>
    idempotency.finishAct(tx, cipher, ACT, AT, {
      status: 200,
      contentType: 'application/json',
      language: null,
      body: '',
    }),
  releaseAct: ({ tx }) => idempotency.releaseAct(tx, ACT, AT),
  nonceSeen: ({ tx }) => idempotency.nonceSeen(tx, 'c', 'n'),
  forgetBefore: ({ tx }) => idempotency.forgetBefore(tx, { nonces: AT, acts: AT }),
  recordNotice: ({ tx, cipher }) =>
    idempotency.recordNotice(tx, cipher, {
      noticeId: 'n',
      kind: 'k',
      workflowId: null,
      body: {},
    }),
  'settleNotice (forwarded)': ({ tx }) =>
    idempotency.settleNotice(tx, 'n', { state: 'FORWARDED', workflowId: 'w' }),
  'settleNotice (unmatched)': ({ tx }) => idempotency.settleNotice(tx, 'n', { state: 'UNMATCHED' }),
};

export const OPERATIONS: Samples = {
  openCase: ({ tx, answer }) => {
    answer({ id: ID });
    return operations.openCase(tx, {
      applicationId: ID,
      step: 's',
      failureCode: 'f',
      cause: 'c',
    });
  },
  openCaseBeside: ({ tx }) =>
    operations.openCaseBeside(tx, {
      applicationId: ID,
      step: 's',
      failureCode: 'f',
      cause: 'c',
    }),
  lockCase: ({ tx }) => operations.lockCase(tx, ID, ID),
  proposeCase: ({ tx }) =>
    operations.proposeCase(tx, { caseId: ID, action: 'RETRY', by: 's', reason: 'r' }),
  approveCase: ({ tx }) => operations.approveCase(tx, ID, 's', AT),
  hasOpenCase: ({ tx }) => operations.hasOpenCase(tx, ID),
  closeCases: ({ tx }) => operations.closeCases(tx, ID, 's'),
};

export const OUTBOX: Samples = {
  oweNotice: ({ tx }) => outbox.oweNotice(tx, 't', ID, {}),
  oweHouseNotice: ({ tx }) => outbox.oweHouseNotice(tx, 'risk.alert', { kind: 'K' }),
  oweCode: ({ tx }) => outbox.oweCode(tx, ID, '', null),
  takeDue: ({ tx }) => outbox.takeDue(tx, 20, 60),
  markDelivered: ({ tx }) => outbox.markDelivered(tx, [ID, ID]),
  putOff: ({ tx }) => outbox.putOff(tx, ID, { code: 'c', delaySeconds: 30, giveUp: false }),
  'putOff (given up)': ({ tx }) =>
    outbox.putOff(tx, ID, { code: 'c', delaySeconds: 30, giveUp: true }),
};

const REQUEST = {
  requestNo: 'r',
  applicationId: ID,
  step: 's',
  service: 'pboc',
  operation: 'report',
};

export const OUTSIDE_REQUESTS: Samples = {
  beginOutsideRequest: ({ tx, answer }) => {
    answer({
      request_no: 'r',
      application_id: ID,
      step: 's',
      service: 'pboc',
      operation: 'report',
      state: 'PENDING',
      sends: 1,
    });
    return outside.beginOutsideRequest(tx, REQUEST);
  },
  settleOutsideRequest: ({ tx }) =>
    outside.settleOutsideRequest(tx, 'r', { code: '0000', charged: true, sealedAnswer: BYTES }),
  noteOutsideFailure: ({ tx }) => outside.noteOutsideFailure(tx, 'r', 'f'),
  readOutsideRequest: ({ tx }) => outside.readOutsideRequest(tx, 'r'),
};

export const RULEBOOKS: Samples = {
  publishRulebook: ({ tx }) =>
    rulebooks.publishRulebook(tx, {
      kind: 'PRODUCT',
      code: 'c',
      version: 1,
      document: {},
      documentSm3: 'h',
      effectiveFrom: AT,
    }),
  newestRulebooks: ({ tx }) => rulebooks.newestRulebooks(tx, 'c'),
  listVersions: ({ tx }) => rulebooks.listVersions(tx, 'STRATEGY', 'c'),
  readVersion: ({ tx }) => rulebooks.readVersion(tx, { kind: 'PRODUCT', code: 'c', version: 1 }),
  rulebookInForce: ({ tx }) => rulebooks.rulebookInForce(tx, 'TEMPLATE', 'CONTRACT'),
  readRulebook: ({ tx }) => rulebooks.readRulebook(tx, { kind: 'PRODUCT', code: 'c', version: 1 }),
};
