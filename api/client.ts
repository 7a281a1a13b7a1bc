/**
 * The typed client for integrators: one method per act, the answers typed by the same schemas the server checks.
 * Uses nothing but `fetch`.
 */
import { deskCalls, operationsCalls } from './client-desk.ts';
import { financeCalls } from './client-finance.ts';
import { paperCalls, recordingCalls } from './client-papers.ts';
import {
  type ActOptions,
  at,
  type ClientOptions,
  createWire,
  type In,
  type Out,
  type PageOptions,
  type Standing,
  type Wire,
} from './client-wire.ts';
import type * as applications from './schemas/applications.ts';
import type * as bureauDesk from './schemas/bureau-desk.ts';
import type * as deskTasks from './schemas/desk-tasks.ts';
import type * as fraud from './schemas/fraud.ts';
import type * as issuedPapers from './schemas/issued-papers.ts';
import type * as lists from './schemas/lists.ts';
import type * as money from './schemas/money.ts';
import type * as servicing from './schemas/servicing.ts';
import type * as pages from './schemas/pages.ts';
import type * as papers from './schemas/papers.ts';
import type { prefillAnswer } from './schemas/prefill.ts';
import type * as reviews from './schemas/reviews.ts';
import type * as trail from './schemas/trail.ts';

export type { ActOptions, Answer, ClientOptions, PageOptions, Standing } from './client-wire.ts';

export type Prefill = Out<typeof prefillAnswer>;
export type Application = Out<typeof applications.applicationView>;
function applicationCalls(wire: Wire) {
  const one = (id: string, more = '') => at('applications', id, more);
  return {
    create: (body: In<typeof applications.newApplication>, o?: ActOptions) =>
      wire.act<Application>('/v1/applications', body, o),
    list: (page: PageOptions & { externalId?: string } = {}) =>
      wire.get<Out<typeof applications.applicationPage>>('/v1/applications', { ...page }),
    get: (id: string) => wire.get<Application>(one(id)),
    askDeclineNotice: (id: string, o?: ActOptions) =>
      wire.act<Out<typeof issuedPapers.issuedPaperView>>(one(id, '/decline-notice'), {}, o),
    declineNoticePdf: (id: string) => wire.bytes(one(id, '/decline-notice/pdf')),
    timeline: (id: string) => wire.get<Out<typeof applications.timeline>>(one(id, '/timeline')),
    saveIdentity: (id: string, page: In<typeof pages.identityPage>) =>
      wire.patch<Out<typeof applications.pageSaved>>(one(id, '/pages/1'), page),
    saveWork: (id: string, page: In<typeof pages.workPage>) =>
      wire.patch<Out<typeof applications.pageSaved>>(one(id, '/pages/2'), page),
    saveLoan: (id: string, page: In<typeof pages.loanPageBody>) =>
      wire.patch<Out<typeof applications.pageSaved>>(one(id, '/pages/3'), page),
    saveTrail: (id: string, part: In<typeof trail.trailPart>) =>
      wire.replace<Out<typeof trail.trailKept>>(one(id, '/trail'), part),
    uploadFace: (id: string, image: Uint8Array, mediaType: 'image/jpeg' | 'image/png') =>
      wire.put<Out<typeof applications.faceSaved>>(one(id, '/face'), image, {
        'Content-Type': mediaType,
      }),
    /** Reads one side of an identity card; the proposals are nobody's statement yet. */
    readIdCard: (
      id: string,
      side: 'FRONT' | 'BACK',
      image: Uint8Array,
      mediaType: 'image/jpeg' | 'image/png',
      o?: ActOptions,
    ) => wire.send<Prefill>(one(id, `/id-card?side=${side}`), image, mediaType, o),
    readLicence: (
      id: string,
      image: Uint8Array,
      mediaType: 'image/jpeg' | 'image/png',
      o?: ActOptions,
    ) => wire.send<Prefill>(one(id, '/business-licence'), image, mediaType, o),
    submit: (id: string, body: In<typeof applications.submission>, o?: ActOptions) =>
      wire.act<Standing>(one(id, '/submit'), body, o),
    withdraw: (id: string, body: In<typeof applications.withdrawal>, o?: ActOptions) =>
      wire.act<Standing>(one(id, '/withdraw'), body, o),
    supply: (id: string, body: In<typeof applications.supplement>, o?: ActOptions) =>
      wire.act<Standing>(one(id, '/information'), body, o),
    tranches: (id: string) => wire.get<Out<typeof money.trancheList>>(one(id, '/tranches')),
    giveUpTranches: (id: string, body: In<typeof money.tranchesGivenUp>, o?: ActOptions) =>
      wire.act<Standing>(one(id, '/tranches/give-up'), body, o),
    offer: (id: string) => wire.get<Out<typeof papers.offerView>>(one(id, '/offer')),
  };
}

function bureauCalls(wire: Wire) {
  return {
    bureauQueries: {
      list: (filter: In<typeof bureauDesk.registerFilter> = {}) =>
        wire.get<Out<typeof bureauDesk.bureauQueries>>('/v1/bureau-queries', { ...filter }),
      proposals: () =>
        wire.get<Out<typeof bureauDesk.bureauQueryRequests>>('/v1/bureau-queries/proposals'),
      weeklyReports: () =>
        wire.get<Out<typeof bureauDesk.weeklyReports>>('/v1/bureau-queries/weekly-reports'),
      propose: (body: In<typeof bureauDesk.newBureauQuery>, o?: ActOptions) =>
        wire.act<Out<typeof bureauDesk.bureauQueryRequest>>('/v1/bureau-queries', body, o),
      approve: (id: string, o?: ActOptions) =>
        wire.act<Out<typeof bureauDesk.bureauQueryRequest>>(
          at('bureau-queries', id, '/approve'),
          {},
          o,
        ),
    },
    objections: {
      raise: (body: In<typeof bureauDesk.newObjection>, o?: ActOptions) =>
        wire.act<Out<typeof bureauDesk.objectionBrief>>('/v1/objections', body, o),
      list: () => wire.get<Out<typeof bureauDesk.objections>>('/v1/objections'),
      get: (id: string) => wire.get<Out<typeof bureauDesk.objectionView>>(at('objections', id)),
      claim: (id: string, o?: ActOptions) =>
        wire.act<Out<typeof deskTasks.deskTaskView>>(at('objections', id, '/claim'), {}, o),
      release: (id: string, o?: ActOptions) =>
        wire.act<Out<typeof deskTasks.deskTaskView>>(at('objections', id, '/release'), {}, o),
      steal: (id: string, body: In<typeof deskTasks.takeover>, o?: ActOptions) =>
        wire.act<Out<typeof deskTasks.deskTaskView>>(at('objections', id, '/steal'), body, o),
      answer: (id: string, body: In<typeof bureauDesk.objectionAnswer>, o?: ActOptions) =>
        wire.act<Out<typeof bureauDesk.objectionBrief>>(at('objections', id, '/answer'), body, o),
    },
  };
}

function listCalls(wire: Wire) {
  type Kind = Out<typeof lists.listKind>;
  type Proposal = Out<typeof lists.listProposal>;
  const entries = (kind: Kind) => `/v1/lists/${kind}/entries`;
  return {
    fraud: {
      get: (applicationId: string) =>
        wire.get<Out<typeof fraud.fraudView>>(at('applications', applicationId, '/fraud')),
    },
    lists: {
      entries: (kind: Kind, page: PageOptions = {}) =>
        wire.get<Out<typeof lists.listEntries>>(entries(kind), { ...page }),
      propose: (kind: Kind, entry: In<typeof lists.newListEntry>, o?: ActOptions) =>
        wire.act<Out<typeof lists.listEntry>>(entries(kind), entry, o),
      proposeEnd: (kind: Kind, id: string, reason: string) =>
        wire.remove<Proposal>(
          `${entries(kind)}/${encodeURIComponent(id)}?reason=${encodeURIComponent(reason)}`,
        ),
      proposals: () => wire.get<Out<typeof lists.listProposals>>('/v1/list-proposals'),
      decide: (id: string, body: In<typeof lists.listDecision>, o?: ActOptions) =>
        wire.act<Proposal>(at('list-proposals', id, '/decide'), body, o),
      hits: () => wire.get<Out<typeof lists.listHits>>('/v1/list-hits'),
      dispose: (id: string, body: In<typeof lists.newDisposition>, o?: ActOptions) =>
        wire.act<Proposal>(at('list-hits', id, '/propose'), body, o),
    },
  };
}

function staffCalls(wire: Wire) {
  type PayoutPage = Out<typeof money.payoutPage>;
  const review = (id: string, more = '') => at('reviews', id, more);
  return {
    reviews: {
      list: (query: Partial<Out<typeof reviews.reviewQuery>> = {}) =>
        wire.get<Out<typeof reviews.reviewPage>>('/v1/reviews', { ...query }),
      get: (id: string) => wire.get<Out<typeof reviews.reviewCase>>(review(id)),
      claim: (id: string, body: In<typeof reviews.taskTaken> = {}, o?: ActOptions) =>
        wire.act<Standing>(review(id, '/claim'), body, o),
      release: (id: string, body: In<typeof reviews.taskTaken> = {}, o?: ActOptions) =>
        wire.act<Standing>(review(id, '/release'), body, o),
      steal: (id: string, body: In<typeof reviews.taskStolen>, o?: ActOptions) =>
        wire.act<Standing>(review(id, '/steal'), body, o),
      decide: (id: string, body: In<typeof reviews.reviewDecision>, o?: ActOptions) =>
        wire.act<Standing>(review(id, '/decide'), body, o),
      requestMore: (id: string, body: In<typeof reviews.moreRequested>, o?: ActOptions) =>
        wire.act<Standing>(review(id, '/request-more'), body, o),
      returnTo: (id: string, body: In<typeof reviews.reviewReturn>, o?: ActOptions) =>
        wire.act<Standing>(review(id, '/return'), body, o),
    },
    payouts: {
      list: (query: PageOptions & { state?: string; applicationId?: string } = {}) =>
        wire.get<PayoutPage>('/v1/payouts', { ...query }),
      release: (id: string, o?: ActOptions) =>
        wire.act<Standing>(at('payouts', id, '/release'), {}, o),
      confirm: (id: string, o?: ActOptions) =>
        wire.act<Standing>(at('payouts', id, '/confirm'), {}, o),
      propose: (id: string, body: In<typeof money.payoutResolution>, o?: ActOptions) =>
        wire.act<Standing>(at('payouts', id, '/propose'), body, o),
      approve: (id: string, body: In<typeof money.payoutResolution>, o?: ActOptions) =>
        wire.act<Standing>(at('payouts', id, '/approve'), body, o),
    },
  };
}

/** What a quote is asked for, as its query says it. */
export interface QuoteOptions {
  readonly on: string;
  readonly kind?: 'DUE' | 'SETTLE' | 'PARTIAL' | 'COOLING_OFF';
  readonly amountFen?: number;
  readonly choice?: 'LOWER_PAYMENT' | 'SHORTER_TERM';
  readonly paymentFen?: number;
}

function loanCalls(wire: Wire) {
  return {
    list: (page: PageOptions = {}) =>
      wire.get<Out<typeof money.loanPageView>>('/v1/loans', { ...page }),
    get: (id: string) => wire.get<Out<typeof money.loanView>>(at('loans', id)),
    quote: (id: string, asked: QuoteOptions) =>
      wire.get<Out<typeof servicing.quoteView>>(at('loans', id, '/quote'), { ...asked }),
    prepay: (id: string, body: In<typeof servicing.prepaymentRequest>, o?: ActOptions) =>
      wire.act<Standing>(at('loans', id, '/prepayments'), body, o),
    servicing: (id: string) =>
      wire.get<Out<typeof servicing.servicingView>>(at('loans', id, '/servicing')),
    reschedule: (id: string, body: In<typeof servicing.rescheduleRequest>, o?: ActOptions) =>
      wire.act<Standing>(at('loans', id, '/reschedules'), body, o),
    decideReschedule: (id: string, body: In<typeof servicing.rescheduleDecision>, o?: ActOptions) =>
      wire.act<Standing>(at('loans', id, '/reschedules/decide'), body, o),
    refund: (id: string, body: In<typeof servicing.refundRequest>, o?: ActOptions) =>
      wire.act<Standing>(at('loans', id, '/refunds'), body, o),
    decideRefund: (id: string, body: In<typeof servicing.refundDecision>, o?: ActOptions) =>
      wire.act<Standing>(at('loans', id, '/refunds/decide'), body, o),
    unmatched: () => wire.get<Out<typeof servicing.unmatchedView>>('/v1/unmatched-money'),
    askSettlementCertificate: (id: string, o?: ActOptions) =>
      wire.act<Out<typeof issuedPapers.issuedPaperView>>(
        at('loans', id, '/settlement-certificate'),
        {},
        o,
      ),
    settlementCertificatePdf: (id: string) =>
      wire.bytes(at('loans', id, '/settlement-certificate/pdf')),
  };
}

/** A client of the API at `baseUrl`, acting as the token's subject. */
export function createClient(options: ClientOptions) {
  const wire = createWire(options);
  return {
    applications: applicationCalls(wire),
    ...paperCalls(wire),
    ...recordingCalls(wire),
    loans: loanCalls(wire),
    decisions: {
      get: (id: string) => wire.get<Out<typeof reviews.decisionView>>(at('decisions', id)),
    },
    ...listCalls(wire),
    ...bureauCalls(wire),
    ...staffCalls(wire),
    ...operationsCalls(wire),
    ...financeCalls(wire),
    ...deskCalls(wire),
  };
}

export type XindaiClient = ReturnType<typeof createClient>;
