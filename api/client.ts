/**
 * The typed client for integrators: one method per act, the answers typed by the same schemas the server checks.
 * Uses nothing but `fetch`.
 */
import type { z } from '@hono/zod-openapi';
import type { ProblemDetails } from './problem-response.ts';
import type * as applications from './schemas/applications.ts';
import type { standingSchema } from './schemas/common.ts';
import type * as money from './schemas/money.ts';
import type * as pages from './schemas/pages.ts';
import type * as papers from './schemas/papers.ts';
import type { prefillAnswer } from './schemas/prefill.ts';
import type * as recordings from './schemas/recordings.ts';
import type * as fraud from './schemas/fraud.ts';
import type * as lists from './schemas/lists.ts';
import type * as reviews from './schemas/reviews.ts';
import type * as trail from './schemas/trail.ts';

type In<T extends z.ZodType> = z.input<T>;
type Out<T extends z.ZodType> = z.output<T>;

export type Standing = Out<typeof standingSchema>;
export type Prefill = Out<typeof prefillAnswer>;
export type Application = Out<typeof applications.applicationView>;

/** An answer, or the problem the server states. Network failures are thrown by `fetch`. */
export type Answer<T> =
  | { readonly ok: true; readonly status: number; readonly data: T; readonly replayed: boolean }
  | { readonly ok: false; readonly status: number; readonly problem: ProblemDetails };

export interface ClientOptions {
  readonly baseUrl: string;
  /** A bearer token, or what gives a fresh one before each request. */
  readonly token: string | (() => string | Promise<string>);
  /** Language of texts; the server's default is Chinese. */
  readonly language?: 'zh-CN' | 'en';
  readonly fetch?: typeof fetch;
  /** Makes the Idempotency-Key of an act that was given none; a retry must be given the first one's key. */
  readonly newKey?: () => string;
}

export interface ActOptions {
  readonly idempotencyKey?: string;
}

export interface PageOptions {
  readonly cursor?: string;
  readonly limit?: number;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

type Query = Readonly<Record<string, string | number | undefined>>;

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A problem as the server states it; something between us and it may answer in another form. */
async function problemIn(response: Response): Promise<ProblemDetails> {
  const type = response.headers.get('Content-Type') ?? '';
  if (type.startsWith('application/problem+json')) return (await response.json()) as ProblemDetails;
  await response.arrayBuffer();
  const { status } = response;
  return { type: 'about:blank', title: response.statusText, status, instance: '', code: 'UNKNOWN' };
}

function createWire(options: ClientOptions) {
  const send = options.fetch ?? fetch;
  const newKey = options.newKey ?? (() => crypto.randomUUID());
  const request = async (sent: Sent): Promise<Response> => {
    const token = typeof options.token === 'string' ? options.token : await options.token();
    return await send(new URL(sent.path, options.baseUrl), {
      method: sent.method,
      headers: {
        Accept: 'application/json, application/pdf, application/problem+json',
        Authorization: `Bearer ${token}`,
        ...(options.language === undefined ? {} : { 'Accept-Language': options.language }),
        ...sent.headers,
      },
      ...(sent.body === undefined ? {} : { body: sent.body }),
    });
  };
  const answer = async <T>(
    sent: Sent,
    read: (response: Response) => Promise<T>,
  ): Promise<Answer<T>> => {
    const response = await request(sent);
    const { ok, status } = response;
    if (!ok) return { ok, status, problem: await problemIn(response) };
    const replayed = response.headers.get('Idempotency-Replayed') === 'true';
    return { ok, status, replayed, data: await read(response) };
  };
  // The server's answers are made from the schemas these types come from.
  const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;
  return {
    get<T>(path: string, query: Query = {}) {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) {
        if (value !== undefined) search.set(name, String(value));
      }
      const full = search.size === 0 ? path : `${path}?${search.toString()}`;
      return answer<T>({ method: 'GET', path: full }, json);
    },
    act<T>(path: string, body: unknown, given: ActOptions = {}) {
      const headers = { ...JSON_TYPE, 'Idempotency-Key': given.idempotencyKey ?? newKey() };
      return answer<T>({ method: 'POST', path, headers, body: JSON.stringify(body) }, json);
    },
    send<T>(path: string, bytes: Uint8Array, mediaType: string, given: ActOptions = {}) {
      const key = given.idempotencyKey ?? newKey();
      const headers = { 'Content-Type': mediaType, 'Idempotency-Key': key };
      return answer<T>({ method: 'POST', path, headers, body: new Uint8Array(bytes) }, json);
    },
    patch<T>(path: string, body: unknown) {
      const sent = { method: 'PATCH', path, headers: JSON_TYPE, body: JSON.stringify(body) };
      return answer<T>(sent, json);
    },
    replace<T>(path: string, body: unknown) {
      const sent = { method: 'PUT', path, headers: JSON_TYPE, body: JSON.stringify(body) };
      return answer<T>(sent, json);
    },
    remove: <T>(path: string) => answer<T>({ method: 'DELETE', path }, json),
    put<T>(path: string, bytes: Uint8Array, headers: Record<string, string>) {
      return answer<T>({ method: 'PUT', path, headers, body: new Uint8Array(bytes) }, json);
    },
    bytes: (path: string) =>
      answer(
        { method: 'GET', path },
        async (response) => new Uint8Array(await response.arrayBuffer()),
      ),
  };
}

type Wire = ReturnType<typeof createWire>;

const at = (kind: string, id: string, more = ''): string =>
  `/v1/${kind}/${encodeURIComponent(id)}${more}`;

function applicationCalls(wire: Wire) {
  const one = (id: string, more = '') => at('applications', id, more);
  return {
    create: (body: In<typeof applications.newApplication>, o?: ActOptions) =>
      wire.act<Application>('/v1/applications', body, o),
    list: (page: PageOptions & { externalId?: string } = {}) =>
      wire.get<Out<typeof applications.applicationPage>>('/v1/applications', { ...page }),
    get: (id: string) => wire.get<Application>(one(id)),
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
    offer: (id: string) => wire.get<Out<typeof papers.offerView>>(one(id, '/offer')),
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

function paperCalls(wire: Wire) {
  type Authorisation = Out<typeof papers.authorisationView>;
  type Recording = Out<typeof recordings.recordingView>;
  return {
    authorisations: {
      create: (body: In<typeof papers.newAuthorisation>, o?: ActOptions) =>
        wire.act<Authorisation>('/v1/authorisations', body, o),
      get: (id: string) => wire.get<Authorisation>(at('authorisations', id)),
      agree: (id: string, body: In<typeof papers.agreement>, o?: ActOptions) =>
        wire.act<Authorisation>(at('authorisations', id, '/agree'), body, o),
      withdraw: (id: string, o?: ActOptions) =>
        wire.act<Authorisation>(at('authorisations', id, '/withdraw'), {}, o),
    },
    offers: {
      get: (id: string) => wire.get<Out<typeof papers.offerView>>(at('offers', id)),
      accept: (id: string, o?: ActOptions) =>
        wire.act<Standing>(at('offers', id, '/accept'), {}, o),
      decline: (id: string, o?: ActOptions) =>
        wire.act<Standing>(at('offers', id, '/decline'), {}, o),
    },
    contracts: {
      get: (id: string) => wire.get<Out<typeof papers.contractView>>(at('contracts', id)),
      pdf: (id: string) => wire.bytes(at('contracts', id, '/pdf')),
      sign: (id: string, body: In<typeof papers.signing>, o?: ActOptions) =>
        wire.act<Standing>(at('contracts', id, '/sign'), body, o),
      openRecording: (
        id: string,
        body: In<typeof recordings.recordingOpening> = {},
        o?: ActOptions,
      ) => wire.act<Recording>(at('contracts', id, '/recordings'), body, o),
    },
    recordings: {
      get: (id: string) => wire.get<Recording>(at('recordings', id)),
      /** `sm3` is the digest of `bytes`, 64 hexadecimal digits; times from the start of the segment, in milliseconds. */
      putChunk: (
        id: string,
        number: number,
        bytes: Uint8Array,
        sm3: string,
        times?: { readonly fromMs: number; readonly toMs: number },
      ) =>
        wire.put<Out<typeof recordings.chunkSaved>>(
          at('recordings', id, `/chunks/${number}`),
          bytes,
          {
            'Content-Type': 'application/octet-stream',
            'X-Chunk-SM3': sm3,
            ...(times === undefined
              ? {}
              : {
                  'X-Chunk-From-Ms': String(times.fromMs),
                  'X-Chunk-To-Ms': String(times.toMs),
                }),
          },
        ),
      interrupt: (id: string, body: In<typeof recordings.segmentOpening>, o?: ActOptions) =>
        wire.act<Recording>(at('recordings', id, '/segments'), body, o),
      complete: (id: string, body: In<typeof recordings.completion>, o?: ActOptions) =>
        wire.act<Recording>(at('recordings', id, '/complete'), body, o),
      attend: (id: string, body: In<typeof recordings.attendance>, o?: ActOptions) =>
        wire.act<Recording>(at('recordings', id, '/attend'), body, o),
      waiting: () => wire.get<Out<typeof recordings.recordingQueue>>('/v1/recordings'),
      review: (id: string, body: In<typeof recordings.recordingVerdict>, o?: ActOptions) =>
        wire.act<Recording>(at('recordings', id, '/review'), body, o),
    },
  };
}

function staffCalls(wire: Wire) {
  type PayoutPage = Out<typeof money.payoutPage>;
  type CasePage = Out<typeof reviews.operatorCasePage>;
  const review = (id: string, more = '') => at('reviews', id, more);
  return {
    reviews: {
      list: (
        query: PageOptions & { state?: string; assignee?: 'me'; applicationId?: string } = {},
      ) => wire.get<Out<typeof reviews.reviewPage>>('/v1/reviews', { ...query }),
      get: (id: string) => wire.get<Out<typeof reviews.reviewCase>>(review(id)),
      claim: (id: string, o?: ActOptions) => wire.act<Standing>(review(id, '/claim'), {}, o),
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
      propose: (id: string, body: In<typeof money.payoutResolution>, o?: ActOptions) =>
        wire.act<Standing>(at('payouts', id, '/propose'), body, o),
      approve: (id: string, body: In<typeof money.payoutResolution>, o?: ActOptions) =>
        wire.act<Standing>(at('payouts', id, '/approve'), body, o),
    },
    operatorCases: {
      list: (query: PageOptions & { state?: string; applicationId?: string } = {}) =>
        wire.get<CasePage>('/v1/operator-cases', { ...query }),
      propose: (id: string, body: In<typeof reviews.caseResolution>, o?: ActOptions) =>
        wire.act<Standing>(at('operator-cases', id, '/propose'), body, o),
      approve: (id: string, body: In<typeof reviews.caseResolution>, o?: ActOptions) =>
        wire.act<Standing>(at('operator-cases', id, '/approve'), body, o),
    },
  };
}

function loanCalls(wire: Wire) {
  return {
    list: (page: PageOptions = {}) =>
      wire.get<Out<typeof money.loanPageView>>('/v1/loans', { ...page }),
    get: (id: string) => wire.get<Out<typeof money.loanView>>(at('loans', id)),
  };
}

/** A client of the API at `baseUrl`, acting as the token's subject. */
export function createClient(options: ClientOptions) {
  const wire = createWire(options);
  return {
    applications: applicationCalls(wire),
    ...paperCalls(wire),
    loans: loanCalls(wire),
    decisions: {
      get: (id: string) => wire.get<Out<typeof reviews.decisionView>>(at('decisions', id)),
    },
    ...listCalls(wire),
    ...staffCalls(wire),
  };
}

export type XindaiClient = ReturnType<typeof createClient>;
