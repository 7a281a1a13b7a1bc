/** The one door of all services: believes a request or refuses it, lets faults strike, and answers once per request number. */
import type { PGlite } from '@electric-sql/pglite';
import { openBody, sealedBody, verifySigned } from '../platform/crypto/envelope.ts';
import { sm3Hex } from '../platform/crypto/sm3.ts';
import { type Answer, type AnswerCode, type Json, SERVICES, type ServiceName } from './answer.ts';
import type { Clients } from './clients.ts';
import type { ExchangeLog } from './exchange-log.ts';
import {
  AFTER_FAULTS,
  type BeforeFault,
  CALLBACK_FAULTS,
  BEFORE_FAULTS,
  type Faults,
  type StruckFault,
} from './faults.ts';
import type { SandboxKeys } from './keys.ts';
import type { Operation, ParsedCall } from './operation.ts';
import type { RateLimiter } from './rate-limit.ts';
import { canonicalJson, processOnce, swapStrings } from './remember.ts';
import { hangUp, pause, type SandboxContext, sendAnswer } from './wire.ts';

/** A face image of 512 KB in base64, sealed and in base64 again, is under 1 MB; nothing honest is above two. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

export interface DoorParts {
  readonly database: PGlite;
  readonly keys: SandboxKeys;
  readonly clients: Clients;
  readonly faults: Faults;
  readonly limiter: RateLimiter;
  readonly log: ExchangeLog;
  readonly operations: readonly Operation[];
  readonly clock: () => Date;
  /** Ends the process at once, for the `crash` fault; in a test it only remembers that it was called. */
  readonly crash: () => void;
  /** Name and number of somebody else, for the `wrong-person` fault. */
  readonly somebodyElse: { readonly name: string; readonly idNumber: string };
}

/** Where an exchange stands: what is known so far, for the answer and for the log. */
interface Exchanging {
  readonly c: SandboxContext;
  readonly service: ServiceName;
  readonly operationName: string;
  readonly startedAt: Date;
  appId: string | null;
  requestNo: string | null;
  fault: string | null;
}

/** Builds the handler of `POST /{service}/v1/{operation}`. */
export function createDoor(parts: DoorParts): (c: SandboxContext) => Promise<Response> {
  const operations = new Map(
    parts.operations.map((operation) => [`${operation.service}/${operation.name}`, operation]),
  );
  return async (c) => {
    const service = SERVICES.find((name) => name === c.req.param('service'));
    if (service === undefined) return c.json({ code: '4001', message: 'no such service' }, 404);
    const exchange: Exchanging = {
      c,
      service,
      operationName: c.req.param('operation') ?? '',
      startedAt: parts.clock(),
      appId: null,
      requestNo: null,
      fault: null,
    };
    const operation = operations.get(`${service}/${exchange.operationName}`);
    if (operation === undefined) return refuse(parts, exchange, 404, '4001', 'no such operation');
    return admit(parts, exchange, operation);
  };
}

async function admit(
  parts: DoorParts,
  exchange: Exchanging,
  operation: Operation,
): Promise<Response> {
  const { c, service } = exchange;
  const down = parts.faults.strike(['down'], service, operation.name, exchange.startedAt);
  if (down !== null) return strikeBefore(parts, exchange, down);
  const body = Buffer.from(await c.req.arrayBuffer());
  if (body.length > BODY_LIMIT_BYTES) return refuse(parts, exchange, 413, '4001', 'body too large');
  const url = new URL(c.req.url);
  const verified = await verifySigned({
    method: c.req.method,
    path: url.pathname + url.search,
    body,
    headers: c.req.raw.headers,
    publicKeyFor: (appId, keyId) => parts.clients.publicKeyFor(appId, keyId),
    nowMs: exchange.startedAt.getTime(),
    seenNonce: (appId, nonce) => seenNonce(parts.database, appId, nonce, exchange.startedAt),
  });
  if (!verified.ok)
    return refuse(parts, exchange, 401, '4001', `envelope refused: ${verified.reason}`, {
      reason: verified.reason,
    });
  exchange.appId = verified.appId;
  const struck = parts.faults.strike(BEFORE_FAULTS, service, operation.name, exchange.startedAt);
  if (struck !== null) return strikeBefore(parts, exchange, struck);
  const retryAfterMs = parts.limiter.refuse(service, verified.appId, exchange.startedAt.getTime());
  if (retryAfterMs !== null)
    return refuse(parts, exchange, 429, '4290', 'too fast', { retryAfterMs });
  return read(parts, exchange, operation, body);
}

/** Opens and parses the body, then processes it. */
async function read(
  parts: DoorParts,
  exchange: Exchanging,
  operation: Operation,
  body: Buffer,
): Promise<Response> {
  const opened = open(body, parts.keys.encryption.privateKey);
  if (!opened.ok) return refuse(parts, exchange, 400, '4001', opened.message);
  const requestNo = field(opened.value, 'requestNo');
  if (requestNo === null || !/^[\x21-\x7e]{1,128}$/.test(requestNo)) {
    return refuse(
      parts,
      exchange,
      400,
      '4001',
      'requestNo is missing or no plain text of 1 to 128 characters',
    );
  }
  exchange.requestNo = requestNo;
  const parsed = operation.parse(opened.value);
  if (!parsed.ok) return refuse(parts, exchange, 400, '4001', parsed.message);
  return answer(parts, exchange, operation, parsed, opened.value, requestNo);
}

async function answer(
  parts: DoorParts,
  exchange: Exchanging,
  operation: Operation,
  parsed: Extract<ParsedCall, { ok: true }>,
  opened: unknown,
  requestNo: string,
): Promise<Response> {
  const { c, service } = exchange;
  const strike = <
    Name extends 'delay' | (typeof AFTER_FAULTS)[number] | (typeof CALLBACK_FAULTS)[number],
  >(
    names: readonly Name[],
  ): StruckFault<Name> | null => parts.faults.strike(names, service, operation.name, parts.clock());
  const processed = await processOnce(parts.database, {
    operation,
    run: (call) => parsed.run(call),
    appId: exchange.appId ?? '',
    requestNo,
    bodySm3: sm3Hex(canonicalJson(opened)),
    now: exchange.startedAt,
    disturbance: () => {
      const struck = strike(CALLBACK_FAULTS);
      if (struck !== null) exchange.fault = struck.name;
      return struck === null ? null : { fault: struck.name, delayMs: struck.delayMs };
    },
  });
  for (const task of processed.beforeAnswer) await task();
  const delay = strike(['delay']);
  if (delay !== null) await pause(delay.delayMs ?? 1000);
  const after = strike(AFTER_FAULTS);
  exchange.fault = after?.name ?? delay?.name ?? exchange.fault;
  record(parts, exchange, processed.answer.code);
  if (after?.name === 'crash') parts.crash();
  if (after?.name === 'crash' || after?.name === 'drop-reply') return hangUp(c, after.delayMs ?? 0);
  const said =
    after?.name === 'wrong-person'
      ? aboutSomebodyElse(parts, processed.answer, opened)
      : processed.answer;
  return sendAnswer(c, parts.keys.services[service], 200, said, after?.name ?? null, parts.clock());
}

function aboutSomebodyElse(parts: DoorParts, said: Answer, opened: unknown): Answer {
  const swaps = new Map<string, string>();
  const name = field(opened, 'name');
  const idNumber = field(opened, 'idNumber');
  if (name !== null) swaps.set(name, parts.somebodyElse.name);
  if (idNumber !== null) swaps.set(idNumber, parts.somebodyElse.idNumber);
  return { ...said, data: swapStrings(said.data, swaps) };
}

async function strikeBefore(
  parts: DoorParts,
  exchange: Exchanging,
  fault: StruckFault<BeforeFault>,
): Promise<Response> {
  exchange.fault = fault.name;
  if (fault.name === 'down' || fault.name === 'drop-request') {
    record(parts, exchange, 'NO_ANSWER');
    return hangUp(exchange.c, fault.delayMs ?? 0);
  }
  if (fault.name === 'error') {
    record(parts, exchange, 'HTTP_500');
    return exchange.c.text('internal error', 500);
  }
  if (fault.name === 'busy') return refuse(parts, exchange, 200, '5001', 'busy');
  if (fault.name === 'throttle') {
    return refuse(parts, exchange, 429, '4290', 'too fast', {
      retryAfterMs: fault.delayMs ?? 1000,
    });
  }
  return refuse(parts, exchange, 200, '5002', 'maintenance', { until: fault.until });
}

function refuse(
  parts: DoorParts,
  exchange: Exchanging,
  status: 200 | 400 | 401 | 404 | 413 | 429,
  code: AnswerCode,
  message: string,
  data: Json = null,
): Response {
  record(parts, exchange, code);
  const said: Answer = { code, message, requestNo: exchange.requestNo, charged: false, data };
  return sendAnswer(
    exchange.c,
    parts.keys.services[exchange.service],
    status,
    said,
    null,
    parts.clock(),
  );
}

function record(parts: DoorParts, exchange: Exchanging, result: string): void {
  parts.log.add({
    at: exchange.startedAt.toISOString(),
    service: exchange.service,
    operation: exchange.operationName,
    appId: exchange.appId,
    requestNo: exchange.requestNo,
    result,
    fault: exchange.fault,
    tookMs: parts.clock().getTime() - exchange.startedAt.getTime(),
  });
}

/** Remembers a nonce across restarts, and says whether it was known. */
export async function seenNonce(
  database: PGlite,
  appId: string,
  nonce: string,
  now: Date,
): Promise<boolean> {
  const inserted = await database.query(
    'insert into nonces (app_id, nonce, seen_at) values ($1, $2, $3) on conflict do nothing returning nonce',
    [appId, nonce, now],
  );
  return inserted.rows.length === 0;
}

/** Forgets nonces whose requests are long out of the time window: twice the window either way, and some. */
export async function forgetNonces(database: PGlite, now: Date): Promise<void> {
  await database.query('delete from nonces where seen_at < $1', [
    new Date(now.getTime() - 3_600_000),
  ]);
}

function open(
  body: Buffer,
  privateKey: string,
):
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string } {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, message: 'body is not JSON' };
  }
  const sealed = sealedBody.safeParse(value);
  if (!sealed.success) return { ok: true, value };
  try {
    return { ok: true, value: openBody(privateKey, sealed.data) };
  } catch {
    return { ok: false, message: 'sealed body cannot be opened' };
  }
}

/** A string field of an unparsed body, null when there is none. */
function field(body: unknown, name: string): string | null {
  if (typeof body !== 'object' || body === null || !(name in body)) return null;
  const value: unknown = Object.entries(body).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : null;
}
