/** How an answer leaves the sandbox: signed, perhaps sealed, perhaps spoiled by a fault, perhaps not at all. */
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { sealBody, signAnswer } from '../platform/crypto/envelope.ts';
import type { Answer } from './answer.ts';
import type { AfterFault } from './faults.ts';
import type { SigningKey } from './keys.ts';

export type SandboxContext = Context<{ Bindings: HttpBindings }>;

/** Signs and sends an answer. With `X-Answer-Key` its data travels sealed to that SM2 public key. */
export function sendAnswer(
  c: SandboxContext,
  key: SigningKey,
  status: 200 | 400 | 401 | 404 | 413 | 429,
  answer: Answer,
  fault: AfterFault | null,
  now: Date,
): Response {
  const body = Buffer.from(JSON.stringify(sealForCaller(c, answer)));
  const headers: Record<string, string> = {
    'Content-Type': 'application/json; charset=utf-8',
    ...signAnswer({
      status,
      body,
      requestNonce: c.req.header('x-nonce') ?? 'none',
      keyId: key.keyId,
      privateKey: key.privateKey,
      timestampMs: now.getTime(),
    }),
  };
  if (status === 429) headers['Retry-After'] = String(Math.ceil(retryAfterMs(answer) / 1000));
  if (fault === 'bad-signature')
    headers['X-Signature'] = spoilSignature(headers['X-Signature'] ?? '');
  if (fault === 'garbage') return new Response('\u0000<<not json>>\u0007', { status, headers });
  if (fault === 'truncate') return sendHalf(c, status, headers, body);
  return new Response(body, { status, headers });
}

/** Only what was found can be personal data; a refusal stays readable. */
function sealForCaller(c: SandboxContext, answer: Answer): unknown {
  const publicKey = c.req.header('x-answer-key');
  if (publicKey === undefined || answer.code !== '0000') return answer;
  return { ...answer, data: sealBody(publicKey, answer.data) };
}

function retryAfterMs(answer: Answer): number {
  const { data } = answer;
  if (typeof data !== 'object' || data === null || !('retryAfterMs' in data)) return 1000;
  return typeof data.retryAfterMs === 'number' ? data.retryAfterMs : 1000;
}

/** Alters one bit in the middle: still base64, still DER-shaped, no longer the service's signature. */
function spoilSignature(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64');
}

function sendHalf(
  c: SandboxContext,
  status: number,
  headers: Record<string, string>,
  body: Buffer,
): Response {
  const { outgoing } = c.env;
  outgoing.writeHead(status, { ...headers, 'Content-Length': String(body.length) });
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
  return RESPONSE_ALREADY_SENT;
}

/** Ends the connection without a word, after `holdMs` of silence. */
export async function hangUp(c: SandboxContext, holdMs: number): Promise<Response> {
  if (holdMs > 0) await pause(holdMs);
  c.env.outgoing.destroy();
  return RESPONSE_ALREADY_SENT;
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
