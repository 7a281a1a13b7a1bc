/**
 * Client authentication by a signed assertion (private_key_jwt, RFC 7523): ES256, or SM2 with SM3 under the name SM2SM3,
 * which no registry of JOSE has; its signature is over the same signing input, DER or r‖s, under the default user id.
 */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { z } from 'zod';
import {
  generateSm2KeyPair,
  rawToDerSignature,
  sm2PublicKeyFromSpki,
  sm2SpkiPem,
  sm2Verify,
} from '../../platform/crypto/sm2.ts';

export const CLIENT_ALGS = ['ES256', 'SM2SM3'] as const;
export type ClientAlg = (typeof CLIENT_ALGS)[number];

/** Longest time an assertion may be good for: its jti is remembered for longer. */
export const ASSERTION_TTL_SECONDS = 300;
const CLOCK_LEEWAY_SECONDS = 30;
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

const header = z.object({ alg: z.enum(CLIENT_ALGS), crit: z.undefined().optional() });
const clientId = z.string().regex(/^[a-z0-9][a-z0-9-]{2,63}$/);
const payload = z.object({
  iss: clientId,
  sub: clientId,
  aud: z.union([z.string(), z.array(z.string()).max(8)]),
  exp: z.number(),
  nbf: z.number().optional(),
  jti: z.string().min(8).max(128),
});

/** An assertion taken apart; nothing in it is true before `assertionHolds`. */
export interface Assertion {
  readonly alg: ClientAlg;
  readonly clientId: string;
  readonly audiences: readonly string[];
  readonly expiresAt: number;
  readonly notBefore: number | undefined;
  readonly jti: string;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

function json(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The parts of a compact assertion, or null when it has not the form of one or names another algorithm. */
export function readAssertion(text: string): Assertion | null {
  const [, head = '', body = '', signature = ''] = COMPACT.exec(text) ?? [];
  const readHead = header.safeParse(json(head));
  const readBody = payload.safeParse(json(body));
  if (!readHead.success || !readBody.success) return null;
  const { iss, sub, aud, exp, nbf, jti } = readBody.data;
  if (iss !== sub) return null;
  return {
    alg: readHead.data.alg,
    clientId: sub,
    audiences: typeof aud === 'string' ? [aud] : aud,
    expiresAt: exp,
    notBefore: nbf,
    jti,
    signed: Buffer.from(`${head}.${body}`, 'ascii'),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** The time and the receiver; a second one is no matter, but one of ours must be named. */
export function isForUsNow(assertion: Assertion, audiences: readonly string[], now: Date): boolean {
  const seconds = now.getTime() / 1000;
  const { expiresAt, notBefore } = assertion;
  return (
    assertion.audiences.some((one) => audiences.includes(one)) &&
    expiresAt > seconds - CLOCK_LEEWAY_SECONDS &&
    expiresAt <= seconds + ASSERTION_TTL_SECONDS + CLOCK_LEEWAY_SECONDS &&
    (notBefore === undefined || notBefore <= seconds + CLOCK_LEEWAY_SECONDS)
  );
}

/** Both written forms of an SM2 signature: 64 bytes are r‖s, a DER one of that length does not occur in practice. */
function sm2Der(signature: Buffer): Buffer | null {
  if (signature.length !== 64) return signature;
  try {
    return rawToDerSignature(signature);
  } catch {
    return null;
  }
}

/** True when the key's holder signed the assertion, by the key's own algorithm. */
export function signatureHolds(assertion: Assertion, alg: ClientAlg, keyPem: string): boolean {
  const { signed, signature } = assertion;
  if (assertion.alg !== alg) return false;
  try {
    if (alg === 'SM2SM3') {
      const der = sm2Der(signature);
      return der !== null && sm2Verify(sm2PublicKeyFromSpki(keyPem), signed, der);
    }
    const key = createPublicKey(keyPem);
    return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

/** Keys that nobody signs with: checked against where there is no key of the assertion's algorithm to check against. */
const NOBODY_PEMS: Readonly<Record<ClientAlg, string>> = {
  ES256: String(
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
      type: 'spki',
      format: 'pem',
    }),
  ),
  SM2SM3: sm2SpkiPem(generateSm2KeyPair().publicKey),
};

/** Spends the time of a check by the algorithm the caller chose, without its outcome. */
export function pretendToCheck(assertion: Assertion): void {
  signatureHolds(assertion, assertion.alg, NOBODY_PEMS[assertion.alg]);
}

/** Whether a PEM is a public key of the algorithm's curve. */
export function isKeyFor(alg: ClientAlg, keyPem: string): boolean {
  try {
    if (alg === 'SM2SM3') return sm2PublicKeyFromSpki(keyPem).length === 130;
    return createPublicKey(keyPem).asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}
