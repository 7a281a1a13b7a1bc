/**
 * The signed envelope of every exchange with the outside world, and of its callbacks to us.
 *
 * A request signs `METHOD \n path \n timestamp \n nonce \n SM3(body) hex`, an answer `ANSWER \n status \n timestamp \n
 * nonce of the request \n SM3(body) hex`: SM2 with SM3, DER, base64. The nonce ties an answer to its one request.
 */
import { sm2Sign, sm2Verify } from './sm2-core.ts';
import { sm3Hex } from './sm3.ts';

export { openBody, sealBody, sealedBody, type SealedBody } from './sealed-body.ts';

/** How far a timestamp may lie from the receiver's clock, either way, in milliseconds. */
export const TIMESTAMP_WINDOW_MS = 5 * 60 * 1000;

/** Header fields as Fetch, Node or a plain object give them; names are compared without regard to case. */
export type HeaderFields =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Why a message is not believed. `NONCE_SEEN` is a replay; every other reason is a message that was never good. */
export type EnvelopeRefusal =
  | 'HEADERS_MISSING'
  | 'TIMESTAMP_OUT_OF_WINDOW'
  | 'KEY_UNKNOWN'
  | 'SIGNATURE_WRONG'
  | 'NONCE_DIFFERS'
  | 'NONCE_SEEN';

export interface RequestToSign {
  readonly method: string;
  /** Path with its query, beginning with a slash, exactly as sent. */
  readonly path: string;
  readonly body: Uint8Array;
  readonly appId: string;
  readonly keyId: string;
  /** SM2 private key, 64 hexadecimal digits. */
  readonly privateKey: string;
  readonly timestampMs: number;
  /** Never used twice by this application. */
  readonly nonce: string;
}

/** The five header fields that sign a request. */
export function signRequest(request: RequestToSign): Record<string, string> {
  const { method, path, body, appId, keyId, privateKey, nonce } = request;
  const timestamp = String(request.timestampMs);
  const text = requestText(method, path, timestamp, nonce, body);
  return {
    'X-App-Id': appId,
    'X-Timestamp': timestamp,
    'X-Nonce': nonce,
    'X-Key-Id': keyId,
    'X-Signature': sm2Sign(privateKey, text).toString('base64'),
  };
}

export interface RequestToVerify {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
  readonly headers: HeaderFields;
  readonly publicKeyFor: (appId: string, keyId: string) => string | undefined;
  readonly nowMs: number;
  /** Whether the nonce was used before; remembers it, for twice the window at least. Asked last, so that only the signer can use up a nonce. */
  readonly seenNonce: (appId: string, nonce: string) => boolean | Promise<boolean>;
}

export type VerifiedRequest =
  | {
      readonly ok: true;
      readonly appId: string;
      readonly keyId: string;
      readonly timestampMs: number;
      readonly nonce: string;
    }
  | { readonly ok: false; readonly reason: EnvelopeRefusal };

/** Whether a request is fresh, unrepeated and signed by the key its header names. Never throws for a bad message. */
export async function verifySigned(request: RequestToVerify): Promise<VerifiedRequest> {
  const appId = field(request.headers, 'x-app-id');
  const signed = readSignature(request.headers);
  if (appId === undefined || signed === undefined) return refuse('HEADERS_MISSING');
  const { keyId, nonce, timestamp, timestampMs } = signed;
  if (!isFresh(timestampMs, request.nowMs)) return refuse('TIMESTAMP_OUT_OF_WINDOW');
  const publicKey = request.publicKeyFor(appId, keyId);
  if (publicKey === undefined) return refuse('KEY_UNKNOWN');
  const text = requestText(request.method, request.path, timestamp, nonce, request.body);
  if (!sm2Verify(publicKey, text, signed.signature)) return refuse('SIGNATURE_WRONG');
  if (await request.seenNonce(appId, nonce)) return refuse('NONCE_SEEN');
  return { ok: true, appId, keyId, timestampMs, nonce };
}

export interface AnswerToSign {
  /** HTTP status of the answer. */
  readonly status: number;
  readonly body: Uint8Array;
  /** X-Nonce of the request that is answered. */
  readonly requestNonce: string;
  readonly keyId: string;
  readonly privateKey: string;
  readonly timestampMs: number;
}

/** The four header fields that sign an answer. */
export function signAnswer(answer: AnswerToSign): Record<string, string> {
  const timestamp = String(answer.timestampMs);
  const text = answerText(answer.status, timestamp, answer.requestNonce, answer.body);
  return {
    'X-Timestamp': timestamp,
    'X-Nonce': answer.requestNonce,
    'X-Key-Id': answer.keyId,
    'X-Signature': sm2Sign(answer.privateKey, text).toString('base64'),
  };
}

export interface AnswerToVerify {
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: HeaderFields;
  /** The nonce our request carried. */
  readonly requestNonce: string;
  readonly publicKeyFor: (keyId: string) => string | undefined;
  readonly nowMs: number;
}

export type VerifiedAnswer =
  | { readonly ok: true; readonly keyId: string; readonly timestampMs: number }
  | { readonly ok: false; readonly reason: EnvelopeRefusal };

/** Whether an answer is the service's, and to this request. An answer that is not counts as no answer. */
export function verifyAnswer(answer: AnswerToVerify): VerifiedAnswer {
  const signed = readSignature(answer.headers);
  if (signed === undefined) return refuse('HEADERS_MISSING');
  const { keyId, nonce, timestamp, timestampMs } = signed;
  if (nonce !== answer.requestNonce) return refuse('NONCE_DIFFERS');
  if (!isFresh(timestampMs, answer.nowMs)) return refuse('TIMESTAMP_OUT_OF_WINDOW');
  const publicKey = answer.publicKeyFor(keyId);
  if (publicKey === undefined) return refuse('KEY_UNKNOWN');
  const text = answerText(answer.status, timestamp, nonce, answer.body);
  if (!sm2Verify(publicKey, text, signed.signature)) return refuse('SIGNATURE_WRONG');
  return { ok: true, keyId, timestampMs };
}

function refuse(reason: EnvelopeRefusal): { readonly ok: false; readonly reason: EnvelopeRefusal } {
  return { ok: false, reason };
}

/** The text of a request; its path begins with a slash, which no status of an answer does. */
function requestText(
  method: string,
  path: string,
  timestamp: string,
  nonce: string,
  body: Uint8Array,
): Buffer {
  const rooted = path.startsWith('/') ? path : `/${path}`;
  return signedText(method.toUpperCase(), rooted, timestamp, nonce, body);
}

function answerText(status: number, timestamp: string, nonce: string, body: Uint8Array): Buffer {
  return signedText('ANSWER', String(status), timestamp, nonce, body);
}

function signedText(
  first: string,
  second: string,
  timestamp: string,
  nonce: string,
  body: Uint8Array,
): Buffer {
  return Buffer.from([first, second, timestamp, nonce, sm3Hex(body)].join('\n'), 'utf8');
}

interface SignatureFields {
  readonly keyId: string;
  readonly nonce: string;
  readonly timestamp: string;
  readonly timestampMs: number;
  readonly signature: Buffer;
}

const TIMESTAMP = /^\d{13}$/;
const TOKEN = /^[\x21-\x7e]{1,128}$/;

/** The fields common to requests and answers, undefined when one is absent or cannot be what it says. */
function readSignature(headers: HeaderFields): SignatureFields | undefined {
  const timestamp = field(headers, 'x-timestamp') ?? '';
  const nonce = field(headers, 'x-nonce') ?? '';
  const keyId = field(headers, 'x-key-id') ?? '';
  const signature = field(headers, 'x-signature');
  const wellFormed = TIMESTAMP.test(timestamp) && TOKEN.test(nonce) && TOKEN.test(keyId);
  if (signature === undefined || !wellFormed) return undefined;
  return {
    keyId,
    nonce,
    timestamp,
    timestampMs: Number(timestamp),
    signature: Buffer.from(signature, 'base64'),
  };
}

function isFresh(timestampMs: number, nowMs: number): boolean {
  return Math.abs(nowMs - timestampMs) <= TIMESTAMP_WINDOW_MS;
}

function field(headers: HeaderFields, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name) return typeof value === 'string' ? value : undefined;
  }
  return undefined;
}
