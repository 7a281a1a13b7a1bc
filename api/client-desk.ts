/** The typed client's calls to the operations desk and the review desk beside its tasks. */
import {
  type ActOptions,
  at,
  type In,
  type Out,
  type PageOptions,
  type Standing,
  type Wire,
} from './client-wire.ts';
import type * as collection from './schemas/collection.ts';
import type * as desk from './schemas/desk.ts';
import type * as deskTasks from './schemas/desk-tasks.ts';
import type * as operations from './schemas/operations.ts';
import type * as reviews from './schemas/reviews.ts';

/** Parked loans, one and many, the desk's tasks that are no review, and contacts with borrowers who are late. */
export function operationsCalls(wire: Wire) {
  type CasePage = Out<typeof reviews.operatorCasePage>;
  type DeskTask = Out<typeof deskTasks.deskTaskView>;
  type BulkRetry = Out<typeof operations.bulkRetryView>;
  return {
    operatorCases: {
      list: (query: PageOptions & { state?: string; applicationId?: string } = {}) =>
        wire.get<CasePage>('/v1/operator-cases', { ...query }),
      propose: (id: string, body: In<typeof reviews.caseResolution>, o?: ActOptions) =>
        wire.act<Standing>(at('operator-cases', id, '/propose'), body, o),
      approve: (id: string, body: In<typeof reviews.caseResolution>, o?: ActOptions) =>
        wire.act<Standing>(at('operator-cases', id, '/approve'), body, o),
      corrections: (id: string) =>
        wire.get<Out<typeof operations.correctionList>>(at('operator-cases', id, '/corrections')),
      correct: (id: string, body: In<typeof operations.correctionRequest>, o?: ActOptions) =>
        wire.act<Out<typeof operations.correctionList>>(
          at('operator-cases', id, '/corrections'),
          body,
          o,
        ),
    },
    deskTasks: {
      claim: (id: string, o?: ActOptions) =>
        wire.act<DeskTask>(at('desk-tasks', id, '/claim'), {}, o),
      release: (id: string, o?: ActOptions) =>
        wire.act<DeskTask>(at('desk-tasks', id, '/release'), {}, o),
      steal: (id: string, body: In<typeof deskTasks.takeover>, o?: ActOptions) =>
        wire.act<DeskTask>(at('desk-tasks', id, '/steal'), body, o),
      record: (id: string, body: In<typeof deskTasks.collectionAct>, o?: ActOptions) =>
        wire.act<DeskTask>(at('desk-tasks', id, '/acts'), body, o),
    },
    contacts: {
      begin: (loanId: string, body: In<typeof collection.contactRequest>, o?: ActOptions) =>
        wire.act<Out<typeof collection.contactBegun>>(at('loans', loanId, '/contacts'), body, o),
      tell: (id: string, body: In<typeof collection.contactTold>, o?: ActOptions) =>
        wire.act<Out<typeof collection.contactOutcomeView>>(
          at('contacts', id, '/outcome'),
          body,
          o,
        ),
    },
    operations: {
      failures: (query: In<typeof operations.failureFilter> = {}) =>
        wire.get<Out<typeof operations.failureList>>('/v1/operations/failures', { ...query }),
      retryMany: (body: In<typeof operations.bulkRetryRequest>, o?: ActOptions) =>
        wire.act<BulkRetry>('/v1/operations/bulk-retries', body, o),
      retries: () => wire.get<Out<typeof operations.bulkRetryList>>('/v1/operations/bulk-retries'),
      retry: (id: string) => wire.get<BulkRetry>(at('operations/bulk-retries', id)),
      approveRetry: (id: string, o?: ActOptions) =>
        wire.act<BulkRetry>(at('operations/bulk-retries', id, '/approve'), {}, o),
      rejectRetry: (id: string, o?: ActOptions) =>
        wire.act<BulkRetry>(at('operations/bulk-retries', id, '/reject'), {}, o),
    },
  };
}

/** The review desk beside its tasks: who must approve, who may, conditions, and approvals undone. */
export function deskCalls(wire: Wire) {
  type Lent = Out<typeof desk.delegations>;
  return {
    desk: {
      simulate: (body: In<typeof desk.simulation>, o?: ActOptions) =>
        wire.act<Out<typeof desk.simulated>>('/v1/approval-matrix/simulate', body, o),
      people: () => wire.get<Out<typeof desk.deskPeople>>('/v1/desk-people'),
      arrive: (body: In<typeof desk.presence>, o?: ActOptions) =>
        wire.act<Out<typeof desk.deskPeople>>('/v1/desk-people/presence', body, o),
      leave: (body: In<typeof desk.absence>, o?: ActOptions) =>
        wire.act<Out<typeof desk.deskPeople>>('/v1/desk-people/absence', body, o),
      lend: (body: In<typeof desk.newDelegation>, o?: ActOptions) =>
        wire.act<Lent>('/v1/delegations', body, o),
      decideLent: (id: string, body: In<typeof desk.secondDecision>, o?: ActOptions) =>
        wire.act<Lent>(at('delegations', id, '/decide'), body, o),
      declare: (body: In<typeof desk.newConflict>, o?: ActOptions) =>
        wire.act<Out<typeof desk.conflicts>>('/v1/conflicts', body, o),
      ties: (query: In<typeof desk.conflictQuery> = {}) =>
        wire.get<Out<typeof desk.conflicts>>('/v1/conflicts', { ...query }),
      proposeTieEnd: (id: string, body: In<typeof desk.conflictEnd>, o?: ActOptions) =>
        wire.act<Out<typeof desk.conflicts>>(at('conflicts', id, '/end'), body, o),
      tieEnds: () => wire.get<Out<typeof desk.conflictEnds>>('/v1/conflict-endings'),
      decideTieEnd: (id: string, body: In<typeof desk.secondDecision>, o?: ActOptions) =>
        wire.act<Out<typeof desk.conflictEnds>>(at('conflict-endings', id, '/decide'), body, o),
      corrections: (applicationId: string) =>
        wire.get<Out<typeof operations.amendmentList>>(
          at('applications', applicationId, '/corrections'),
        ),
      correct: (
        applicationId: string,
        body: In<typeof operations.amendmentRequest>,
        o?: ActOptions,
      ) =>
        wire.act<Out<typeof operations.amendmentList>>(
          at('applications', applicationId, '/corrections'),
          body,
          o,
        ),
      askCorrection: (
        applicationId: string,
        body: In<typeof operations.amendmentRequest>,
        o?: ActOptions,
      ) =>
        wire.act<Out<typeof operations.amendmentList>>(
          at('applications', applicationId, '/correction-requests'),
          body,
          o,
        ),
      undo: (applicationId: string, body: In<typeof desk.undoStep>, o?: ActOptions) =>
        wire.act<Standing>(at('applications', applicationId, '/undo-approval'), body, o),
    },
    conditions: {
      list: (applicationId: string) =>
        wire.get<Out<typeof desk.loanConditions>>(at('applications', applicationId, '/conditions')),
      answer: (id: string, body: In<typeof desk.conditionAnswer>, o?: ActOptions) =>
        wire.act<Standing>(at('conditions', id, '/answer'), body, o),
      resolve: (id: string, body: In<typeof desk.conditionStep>, o?: ActOptions) =>
        wire.act<Standing>(at('conditions', id, '/resolve'), body, o),
    },
  };
}
