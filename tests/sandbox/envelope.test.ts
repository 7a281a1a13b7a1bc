/** The sandbox believes nobody without a fresh, unrepeated, correctly signed request, and always signs its answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { admin, call, startSandbox } from './caller.ts';

let sandbox: Sandbox;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ sandbox, stop } = await startSandbox());
});
afterAll(() => stop());

const who = () => {
  const [persona] = sandbox.people.personas(new Date());
  if (persona === undefined) throw new Error('no personas');
  const { name, idNumber } = persona.application.identity;
  return { name, idNumber };
};
const ask = (requestNo: string, twist = {}) =>
  call(sandbox, 'identity', 'two-factor', { requestNo, ...who() }, twist);

describe('the envelope', () => {
  it('answers a good request, signed by the service', async () => {
    const said = await ask('good-1');
    expect(said).toMatchObject({
      status: 200,
      believed: true,
      code: '0000',
      charged: true,
      requestNo: 'good-1',
      data: { result: 'MATCH' },
    });
  });

  it('refuses a signature by another key', async () => {
    const said = await ask('bad-1', { privateKey: generateSm2KeyPair().privateKey });
    expect(said).toMatchObject({
      status: 401,
      believed: true,
      data: { reason: 'SIGNATURE_WRONG' },
    });
  });

  it('refuses an unknown key id, a missing signature and a body other than the signed one', async () => {
    expect(await ask('bad-2', { keyId: 'nobody' })).toMatchObject({
      status: 401,
      data: { reason: 'KEY_UNKNOWN' },
    });
    expect(await ask('bad-3', { signature: 'AAAA' })).toMatchObject({
      status: 401,
      data: { reason: 'SIGNATURE_WRONG' },
    });
  });

  it('refuses a timestamp more than five minutes off, either way', async () => {
    expect(await ask('old-1', { timestampMs: Date.now() - 301_000 })).toMatchObject({
      status: 401,
      data: { reason: 'TIMESTAMP_OUT_OF_WINDOW' },
    });
    expect(await ask('old-2', { timestampMs: Date.now() + 301_000 })).toMatchObject({
      status: 401,
      data: { reason: 'TIMESTAMP_OUT_OF_WINDOW' },
    });
  });

  it('refuses a nonce used before, also with another body', async () => {
    expect(await ask('once-1', { nonce: 'nonce-1' })).toMatchObject({ code: '0000' });
    expect(await ask('once-2', { nonce: 'nonce-1' })).toMatchObject({
      status: 401,
      data: { reason: 'NONCE_SEEN' },
    });
  });

  it('opens sealed bodies and seals its answer to the key the caller names', async () => {
    const answerKeys = generateSm2KeyPair();
    const said = await ask('sealed-1', { sealed: true, answerKeys });
    expect(said).toMatchObject({
      believed: true,
      code: '0000',
      data: { result: 'MATCH', subject: who() },
    });
  });

  it('answers 4001 to what it cannot read, and names fields but never values', async () => {
    expect(await ask('raw-1', { rawBody: Buffer.from('{not json') })).toMatchObject({
      status: 400,
      code: '4001',
    });
    expect(await call(sandbox, 'identity', 'two-factor', { ...who() })).toMatchObject({
      status: 400,
      code: '4001',
    });
    const wrong = await call(sandbox, 'identity', 'two-factor', {
      requestNo: 'raw-2',
      name: 'X',
      idNumber: '110105194912310021',
      extra: 1,
    });
    expect(wrong).toMatchObject({ status: 400, code: '4001' });
    expect(wrong.message).toContain('idNumber');
    expect(wrong.message).not.toContain('110105194912310021');
  });

  it('refuses a body above two megabytes and an operation that does not exist', async () => {
    const large = await call(sandbox, 'identity', 'face', null, {
      rawBody: Buffer.alloc(2 * 1024 * 1024 + 1, 0x20),
    });
    expect(large).toMatchObject({ status: 413, code: '4001' });
    expect(await call(sandbox, 'identity', 'palm', {})).toMatchObject({
      status: 404,
      code: '4001',
    });
    expect(
      (await fetch(`${sandbox.url}/nothing/v1/report`, { method: 'POST', body: '{}' })).status,
    ).toBe(404);
  });

  it('does nothing for a refused request', async () => {
    const requests = await admin<{ requestNo: string }[]>(sandbox, 'requests');
    const known = requests.map((row) => row.requestNo);
    expect(known).toContain('good-1');
    for (const refused of ['bad-1', 'bad-2', 'bad-3', 'old-1', 'old-2', 'once-2', 'raw-1', 'raw-2'])
      expect(known).not.toContain(refused);
  });
});

describe('the quotas', () => {
  it('answers 4290 with a wait beyond two bureau requests a second', async () => {
    const limited = await startSandbox({ rateLimits: true });
    try {
      const authorisation = { id: 'a', sm3: 'a'.repeat(64), purpose: '02' };
      const report = (requestNo: string) =>
        call(limited.sandbox, 'pboc', 'report', { requestNo, ...who(), authorisation });
      const said = await Promise.all(['q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q7', 'q8'].map(report));
      const refused = said.filter((answer) => answer.code === '4290');
      expect(refused.length).toBeGreaterThanOrEqual(1);
      expect(said.filter((answer) => answer.code === '0000').length).toBeGreaterThanOrEqual(2);
      for (const answer of refused) {
        expect(answer).toMatchObject({ status: 429, believed: true, charged: false });
        expect(answer.data.retryAfterMs).toBeGreaterThan(0);
      }
    } finally {
      await limited.stop();
    }
  });
});
