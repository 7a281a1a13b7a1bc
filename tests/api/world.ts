/** The API as its tests see it: a real database, an issuer of our own, and a loan that answers as the test says. */
import { randomUUID } from 'node:crypto';
import type { UpdateDefinition } from '@temporalio/common';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createApp } from '../../api/app.ts';
import type { ApiDeps } from '../../api/deps.ts';
import type { LoanMessenger } from '../../api/loan-messenger.ts';
import { ApiProblem } from '../../api/problem-response.ts';
import { createRefusedTokens } from '../../api/refused-tokens.ts';
import { createRequestLimits } from '../../api/request-limits.ts';
import type { App } from '../../api/route.ts';
import { createTokenVerifier } from '../../api/token-verifier.ts';
import { openAreaDatabases } from '../../db/access/pools.ts';
import type { DatabaseOptions, Db } from '../../db/database.ts';
import { publishRulebook } from '../../db/queries/rulebooks.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import { KEY_STORE } from '../../db/queries/keys.ts';
import { createFieldCipher, type FieldCipher } from '../../platform/crypto/field-cipher.ts';
import { NO_CACHE } from '../../platform/cache.ts';
import { createVault } from '../../platform/crypto/vault.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { PersonSays, Standing } from '../../workflows/messages.ts';
import { quietSignIn } from '../trust/sign-in/parts.ts';
import { openTestDatabase } from '../ports/postgres.ts';
import { type Judge, judgeOf } from '../support/conformance.ts';
import { createTestKeyService } from '../support/key-service.ts';

export const ISSUER = 'https://issuer.test';
export const AUDIENCE = 'xindai-test';

/** One message the API sent to a loan. */
export interface Said {
  readonly to: string;
  readonly name: string;
  readonly input: Record<string, unknown>;
}

/** A loan that writes down what it hears and answers as it is told to. */
export interface FakeLoan {
  readonly heard: Said[];
  /** Called for every message; throws to refuse. */
  answer: () => Standing | Promise<Standing>;
  reachable: boolean;
  /** Whether a signalled workflow is there. */
  alive: boolean;
}

export const STANDING: Standing = { stage: 'VERIFY', version: 1, pending: null };

function messengerOf(fake: FakeLoan): LoanMessenger {
  const hear = async (to: string, name: string, input: object): Promise<Standing> => {
    fake.heard.push({ to, name, input: { ...input } });
    return await fake.answer();
  };
  return {
    submit: (applicationId, productCode, input) =>
      hear(`loan/${applicationId}`, 'submit', { ...input, productCode }),
    update: <I extends PersonSays>(
      applicationId: string,
      definition: UpdateDefinition<Standing, [I]>,
      input: I,
    ) => hear(`loan/${applicationId}`, definition.name, input),
    payoutReturned: async (applicationId, payoutId) =>
      void (await hear(`payout-return/${applicationId}`, 'payoutReturn', { payoutId })),
    notifyPayout: async (applicationId, notice) => {
      await hear(`loan/${applicationId}`, 'payoutNotice', notice);
      return fake.alive;
    },
    updateServicing: (definition, input) =>
      hear(`servicing/${input.loanId}`, definition.name, input),
    notifyRepayment: async (loanId, notice) => {
      await hear(`servicing/${loanId}`, 'repaymentNotice', notice);
      return fake.alive;
    },
    reachable: async () => fake.reachable,
  };
}

export interface TokenOptions {
  readonly issuer?: string;
  readonly audience?: string;
  readonly expiresIn?: string;
  readonly claims?: Record<string, unknown>;
}

export interface Call {
  readonly token?: string;
  readonly key?: string | null;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface World {
  readonly app: App;
  readonly db: Db;
  /** How `db` was opened, for pools of another process. */
  readonly database: DatabaseOptions;
  /** Seals as the house did before persons had keys of their own; what it sealed opens still. */
  readonly cipher: FieldCipher;
  readonly deps: ApiDeps;
  readonly loan: FakeLoan;
  readonly objects: Map<string, Buffer>;
  readonly logged: Record<string, unknown>[];
  readonly bank: {
    readonly keyId: string;
    readonly privateKey: string;
    readonly publicKey: string;
  };
  readonly clock: { now: Date };
  token(subject: string, roles: readonly string[], options?: TokenOptions): Promise<string>;
  call(method: string, path: string, call?: Call): Promise<Answer>;
  close(): Promise<void>;
}

async function publishRules(db: Db): Promise<void> {
  const effectiveFrom = new Date('2026-01-01T00:00:00Z');
  const { code, version } = PERSONAL_CREDIT;
  const books = [
    { kind: 'PRODUCT', code, version, document: PERSONAL_CREDIT },
    { kind: 'POLICY', code: 'HOUSE', version: 1, document: POLICY_ROWS },
  ] as const;
  for (const book of books) {
    const documentSm3 = sm3Hex(JSON.stringify(book.document));
    await publishRulebook(db, { ...book, documentSm3, effectiveFrom });
  }
}

async function createIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const verifyToken = createTokenVerifier({
    keys: createLocalJWKSet({ keys: [jwk] }),
    issuer: ISSUER,
    audience: AUDIENCE,
  });
  const token: World['token'] = (subject, roles, options = {}) =>
    new SignJWT({ roles, ...options.claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setSubject(subject)
      .setIssuer(options.issuer ?? ISSUER)
      .setAudience(options.audience ?? AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(options.expiresIn ?? '10m')
      .sign(privateKey);
  return { verifyToken, token };
}

function requestOf(method: string, path: string, call: Call): Request {
  const headers = new Headers(call.headers);
  if (call.token !== undefined) headers.set('Authorization', `Bearer ${call.token}`);
  if (method === 'POST' && call.key !== null) {
    headers.set('Idempotency-Key', call.key ?? randomUUID());
  }
  const body = call.json === undefined ? call.body : JSON.stringify(call.json);
  if (call.json !== undefined && !headers.has('Content-Type')) {
    headers.set('Content-Type', 'application/json');
  }
  return new Request(`http://api.test${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

async function documentOf(app: App): Promise<Judge> {
  const answer = await app.fetch(new Request('http://api.test/openapi.json'));
  return judgeOf(await answer.json());
}

/** Opens a world; `over` replaces parts of what the app is built from. */
export async function openWorld(over: Partial<ApiDeps> = {}): Promise<World> {
  const database = await openTestDatabase();
  await publishRules(database.db);
  const areas = openAreaDatabases({ ...database.options, poolMax: 4 }, () => {});
  const issuer = await createIssuer();
  const former = { activeKeyId: 'k1', keys: new Map([['k1', Buffer.alloc(32, 1)]]) };
  const indexKey = Buffer.alloc(32, 2);
  const cipher = createFieldCipher(former, indexKey);
  const vault = createVault({
    keyService: createTestKeyService(),
    store: KEY_STORE,
    former,
    indexKey,
  });
  const bank = { keyId: 'bank-1', ...generateSm2KeyPair() };
  const loan: FakeLoan = { heard: [], answer: () => STANDING, reachable: true, alive: true };
  const objects = new Map<string, Buffer>();
  const logged: Record<string, unknown>[] = [];
  const clock = { now: new Date('2026-11-24T04:00:00Z') };
  const deps: ApiDeps = {
    db: areas.of('edge', null),
    areas,
    vault,
    cache: NO_CACHE,
    loans: messengerOf(loan),
    recordings: {
      begin: async ({ recordingId }) =>
        void loan.heard.push({ to: 'recording', name: 'begin', input: { recordingId } }),
      moved: async (recordingId) =>
        void loan.heard.push({ to: 'recording', name: 'moved', input: { recordingId } }),
    },
    rights: {
      begin: async (request) =>
        void loan.heard.push({ to: 'rights', name: 'begin', input: { ...request } }),
      answered: async (requestId) =>
        void loan.heard.push({ to: 'rights', name: 'answered', input: { requestId } }),
      beginReview: async (review) =>
        void loan.heard.push({ to: 'review', name: 'begin', input: { ...review } }),
      beginEvidence: async (bundleId) =>
        void loan.heard.push({ to: 'evidence', name: 'begin', input: { bundleId } }),
      reviewDecided: async (reviewId) =>
        void loan.heard.push({ to: 'review', name: 'decided', input: { reviewId } }),
    },
    papers: {
      read: async (documentId) => {
        void loan.heard.push({ to: 'paper', name: 'read', input: { documentId } });
        throw new ApiProblem('PREFILL_UNAVAILABLE');
      },
    },
    issuedPapers: {
      draw: async (paper) =>
        void loan.heard.push({ to: 'issued-paper', name: 'draw', input: { ...paper } }),
      drawNow: async (paper) =>
        void loan.heard.push({ to: 'issued-paper', name: 'drawNow', input: { ...paper } }),
    },
    desk: {
      ask: async (requestId) =>
        void loan.heard.push({ to: 'desk', name: 'ask', input: { requestId } }),
      object: async (objection) =>
        void loan.heard.push({ to: 'desk', name: 'object', input: { ...objection } }),
      decided: async (objectionId) =>
        void loan.heard.push({ to: 'desk', name: 'decided', input: { objectionId } }),
      retryMany: async (bulkId) =>
        void loan.heard.push({ to: 'desk', name: 'retryMany', input: { bulkId } }),
      reconcile: async (day, key) => {
        loan.heard.push({ to: 'desk', name: 'reconcile', input: { day, key } });
        return `reconciliation/${day}/${key}`;
      },
      countParked: async () => 0,
    },
    backtests: {
      begin: async (order) =>
        void loan.heard.push({ to: 'backtest', name: 'begin', input: { ...order } }),
    },
    verifyToken: issuer.verifyToken,
    signIn: quietSignIn(database.db),
    webhookKeyFor: (_appId, keyId) => (keyId === bank.keyId ? bank.publicKey : undefined),
    lender: { name: '示范银行', uscc: '91110000MA00000000' },
    now: () => clock.now,
    log: {
      info: (fields, message) => void logged.push({ ...fields, message }),
      error: (fields, message) => void logged.push({ ...fields, message }),
    },
    objects: {
      put: async (key, bytes) => {
        objects.set(key, Buffer.from(bytes));
        return { sm3: sm3Hex(bytes), size: bytes.length };
      },
      putStream: async (key, stream) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of stream) pieces.push(piece);
        const bytes = Buffer.concat(pieces);
        objects.set(key, bytes);
        return { sm3: sm3Hex(bytes), size: bytes.length };
      },
      get: async (key) => objects.get(key) ?? Promise.reject(new Error('no such object')),
      async *getStream(key) {
        const held = objects.get(key);
        if (held === undefined) throw new Error('no such object');
        yield held;
      },
    },
    refusedTokens: createRefusedTokens({ db: areas.of('edge', null), log: console }),
    newLimit: createRequestLimits(undefined, indexKey),
    requestsPerMinute: { applicant: 100_000, other: 100_000, address: 100_000 },
    publicUrl: 'http://api.test',
    ...over,
  };
  const app = createApp(deps);
  let judge: Judge | undefined;
  return {
    app,
    db: database.db,
    database: database.options,
    cipher,
    deps,
    loan,
    objects,
    logged,
    bank,
    clock,
    token: issuer.token,
    call: async (method, path, call = {}) => {
      const response = await app.fetch(requestOf(method, path, call));
      const text = await response.text();
      judge ??= await documentOf(app);
      const fault = judge({
        method,
        path,
        status: response.status,
        contentType: response.headers.get('Content-Type'),
        text,
      });
      if (fault !== null) throw new Error(`not as documented: ${fault}`);
      const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
      const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
      return { status: response.status, headers: response.headers, body, text };
    },
    close: async () => {
      await areas.close();
      await database.close();
    },
  };
}
