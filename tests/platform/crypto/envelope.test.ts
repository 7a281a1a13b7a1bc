/**
 * The signed envelope: what is believed, and each reason for which a message is not.
 */
import { describe, expect, it } from 'vitest';
import {
  signAnswer,
  signRequest,
  verifyAnswer,
  verifySigned,
} from '../../../platform/crypto/envelope.ts';
import { generateSm2KeyPair } from '../../../platform/crypto/sm2.ts';

const client = generateSm2KeyPair();
const service = generateSm2KeyPair();
const nowMs = 1_770_000_000_000;
const body = Buffer.from('{"requestNo":"R1"}');
const request = {
  method: 'POST',
  path: '/pboc/v1/report',
  body,
  appId: 'xindai',
  keyId: 'c1',
  privateKey: client.privateKey,
  timestampMs: nowMs,
  nonce: 'nonce-1',
};
const headers = signRequest(request);

function verify(
  change: Partial<Parameters<typeof verifySigned>[0]> = {},
): ReturnType<typeof verifySigned> {
  return verifySigned({
    method: 'POST',
    path: '/pboc/v1/report',
    body,
    headers,
    publicKeyFor: (appId, keyId) =>
      appId === 'xindai' && keyId === 'c1' ? client.publicKey : undefined,
    nowMs,
    seenNonce: () => false,
    ...change,
  });
}

describe('a signed request', () => {
  it('is believed, with headers as Fetch or as Node gives them', async () => {
    const good = { ok: true, appId: 'xindai', keyId: 'c1', timestampMs: nowMs, nonce: 'nonce-1' };
    expect(await verify()).toEqual(good);
    expect(await verify({ headers: new Headers(headers) })).toEqual(good);
  });

  it('is refused when method, path, body or a header differs from what was signed', async () => {
    const wrong = { ok: false, reason: 'SIGNATURE_WRONG' };
    expect(await verify({ method: 'PUT' })).toEqual(wrong);
    expect(await verify({ path: '/pboc/v1/objection' })).toEqual(wrong);
    expect(await verify({ body: Buffer.from('{"requestNo":"R2"}') })).toEqual(wrong);
    expect(await verify({ headers: { ...headers, 'X-Nonce': 'nonce-2' } })).toEqual(wrong);
    const later = { ...headers, 'X-Timestamp': String(nowMs + 1) };
    expect(await verify({ headers: later })).toEqual(wrong);
  });

  it('is refused outside five minutes, either way', async () => {
    const late = { ok: false, reason: 'TIMESTAMP_OUT_OF_WINDOW' };
    expect(await verify({ nowMs: nowMs + 300_000 })).toMatchObject({ ok: true });
    expect(await verify({ nowMs: nowMs + 300_001 })).toEqual(late);
    expect(await verify({ nowMs: nowMs - 300_001 })).toEqual(late);
  });

  it('is refused from an unknown key, and without its headers', async () => {
    expect(await verify({ publicKeyFor: () => undefined })).toEqual({
      ok: false,
      reason: 'KEY_UNKNOWN',
    });
    for (const name of Object.keys(headers)) {
      const rest = Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
      expect(await verify({ headers: rest })).toEqual({ ok: false, reason: 'HEADERS_MISSING' });
    }
  });

  it('is refused the second time, and a forger cannot use up a nonce', async () => {
    const used = new Set<string>();
    const seenNonce = (appId: string, nonce: string): boolean => {
      const name = `${appId} ${nonce}`;
      const seen = used.has(name);
      used.add(name);
      return seen;
    };
    const forged = await verify({ seenNonce, body: Buffer.from('{}') });
    expect(forged).toEqual({ ok: false, reason: 'SIGNATURE_WRONG' });
    expect(await verify({ seenNonce })).toMatchObject({ ok: true });
    expect(await verify({ seenNonce })).toEqual({ ok: false, reason: 'NONCE_SEEN' });
  });
});

describe('a signed answer', () => {
  const answer = {
    status: 200,
    body: Buffer.from('{"code":"0000"}'),
    requestNonce: 'nonce-1',
    keyId: 's1',
    privateKey: service.privateKey,
    timestampMs: nowMs,
  };
  const signed = signAnswer(answer);
  function check(change: Partial<Parameters<typeof verifyAnswer>[0]> = {}): unknown {
    return verifyAnswer({
      status: 200,
      body: answer.body,
      headers: signed,
      requestNonce: 'nonce-1',
      publicKeyFor: (keyId) => (keyId === 's1' ? service.publicKey : undefined),
      nowMs,
      ...change,
    });
  }

  it('is believed for the request it answers and for no other', () => {
    expect(check()).toEqual({ ok: true, keyId: 's1', timestampMs: nowMs });
    expect(check({ requestNonce: 'nonce-2' })).toEqual({ ok: false, reason: 'NONCE_DIFFERS' });
    const moved = { ...signed, 'X-Nonce': 'nonce-2' };
    expect(check({ requestNonce: 'nonce-2', headers: moved })).toEqual({
      ok: false,
      reason: 'SIGNATURE_WRONG',
    });
  });

  it('is refused when status or body differs, when stale, and by an unknown key', () => {
    expect(check({ status: 500 })).toEqual({ ok: false, reason: 'SIGNATURE_WRONG' });
    const other = Buffer.from('{"code":"1001"}');
    expect(check({ body: other })).toEqual({ ok: false, reason: 'SIGNATURE_WRONG' });
    const stale = { ok: false, reason: 'TIMESTAMP_OUT_OF_WINDOW' };
    expect(check({ nowMs: nowMs + 300_001 })).toEqual(stale);
    expect(check({ publicKeyFor: () => undefined })).toEqual({ ok: false, reason: 'KEY_UNKNOWN' });
    expect(check({ headers: {} })).toEqual({ ok: false, reason: 'HEADERS_MISSING' });
  });
});
