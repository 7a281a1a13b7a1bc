/** The operator's side answers on loopback only, and shows what happened without a secret in it. */
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { isLoopback } from '../../sandbox/loopback.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { admin, adminPost, call, startSandbox } from './caller.ts';

let sandbox: Sandbox;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ sandbox, stop } = await startSandbox({ host: '0.0.0.0' }));
});
afterAll(() => stop());

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find((address) => address.family === 'IPv4' && !address.internal)?.address;

describe('the operator’s side', () => {
  it('knows loopback by the peer’s address', () => {
    for (const good of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])
      expect(isLoopback(good), good).toBe(true);
    for (const bad of [
      undefined,
      '',
      '10.0.0.1',
      '::ffff:10.0.0.1',
      '1127.0.0.1',
      '127.0.0.1.example.com',
      'fe80::1',
    ])
      expect(isLoopback(bad), String(bad)).toBe(false);
  });

  it.skipIf(outside === undefined)(
    'refuses a peer that is not loopback, whatever its headers say, while the services answer it',
    async () => {
      const base = `http://${outside}:${sandbox.port}`;
      const refused = await fetch(`${base}/_admin/books`, {
        headers: { 'x-forwarded-for': '127.0.0.1' },
      });
      expect(refused.status).toBe(403);
      expect((await fetch(`${base}/_admin/faults`, { method: 'DELETE' })).status).toBe(403);
      expect((await fetch(`${base}/ca/v1/crl`)).status).toBe(200);
    },
  );

  it('publishes public keys and certificates, and no private key anywhere', async () => {
    const text = await (await fetch(`http://127.0.0.1:${sandbox.port}/_admin/keys`)).text();
    expect(JSON.parse(text)).toEqual(sandbox.publishedKeys);
    expect(Object.keys(JSON.parse(text).services).sort()).toEqual([
      'baihang',
      'bank',
      'ca',
      'identity',
      'pboc',
      'registry',
      'sms',
      'tsa',
    ]);
    expect(text).not.toMatch(/private/i);
  });

  it('registers a caller, who is believed from then on', async () => {
    const keys = generateSm2KeyPair();
    const twist = { keyId: 'second', privateKey: keys.privateKey };
    const body = { requestNo: 'clients-1', uscc: '91440300708461136T' };
    expect(await call(sandbox, 'registry', 'enterprise', body, twist)).toMatchObject({
      data: { reason: 'KEY_UNKNOWN' },
    });
    expect(
      (await adminPost(sandbox, 'clients', { lender: { second: keys.publicKey } })).status,
    ).toBe(200);
    expect(await call(sandbox, 'registry', 'enterprise', body, twist)).toMatchObject({
      code: '1001',
    });
    expect((await adminPost(sandbox, 'clients', { lender: { second: 'nonsense' } })).status).toBe(
      400,
    );
  });

  it('lists personas with companies, one persona, and its variants', async () => {
    const all = await admin<{ kind: string; key: string }[]>(sandbox, 'personas');
    expect(all.filter((one) => one.kind === 'PERSON').length).toBeGreaterThanOrEqual(40);
    expect(all.filter((one) => one.kind === 'ENTERPRISE').length).toBeGreaterThanOrEqual(2);
    expect(await admin(sandbox, 'personas/minor')).toMatchObject({
      key: 'minor',
      outcome: 'REFUSED_AT_FORM',
    });
    expect(
      await admin<unknown[]>(sandbox, 'personas/straight-approval/variants?from=5&count=3'),
    ).toMatchObject([{ variant: 5 }, { variant: 6 }, { variant: 7 }]);
    expect((await fetch(`${sandbox.url}/_admin/personas/nobody`)).status).toBe(404);
    expect((await fetch(`${sandbox.url}/_admin/personas/minor/variants?count=9999`)).status).toBe(
      400,
    );
  });

  it('shows everything on one page without outside assets or personal data', async () => {
    const page = await (await fetch(`http://127.0.0.1:${sandbox.port}/`)).text();
    expect(page).toContain('LENDER-0001');
    expect(page).toContain('straight-approval');
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page).not.toMatch(/\d{17}[\dX]/);
  });
});
