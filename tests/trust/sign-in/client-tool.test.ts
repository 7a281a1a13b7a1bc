/** The command line of integrators' clients adds what can sign in, and refuses a key or scope that could not. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runClients } from '../../../tools/clients/main.ts';
import { generateSm2KeyPair, sm2SpkiPem } from '../../../platform/crypto/sm2.ts';
import { openTestDatabase, type TestDatabase } from '../../ports/postgres.ts';

let database: TestDatabase;
let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'xindai-clients-'));
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await writeFile(file('es.pem'), pair.publicKey);
  await writeFile(file('private.pem'), pair.privateKey);
  await writeFile(file('sm2.pem'), sm2SpkiPem(generateSm2KeyPair().publicKey));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]) => runClients(database.db, args);

it('adds, lists, shuts out and lets in again, each on the audit trail', async () => {
  const scopes = ['--scopes', 'loans:read,applications:read'];
  await run('add', 'shop-a', '--name', 'A', '--alg', 'ES256', '--key', file('es.pem'), ...scopes);
  await run('add', 'shop-b', '--name', 'B', '--alg', 'SM2SM3', '--key', file('sm2.pem'), ...scopes);
  await run('disable', 'shop-a');
  expect(await run('list')).toMatch(/shop-a\tDISABLED\tES256\t600\/min[^]*shop-b\tACTIVE\tSM2SM3/);
  await run('enable', 'shop-a');
  expect(await run('list')).toMatch(/shop-a\tACTIVE/);
  const trail = await database.db
    .selectFrom('audit_entries')
    .select('action')
    .orderBy('id')
    .execute();
  expect(trail.map(({ action }) => action)).toEqual([
    'client.add',
    'client.add',
    'client.disable',
    'client.enable',
  ]);
});

it('refuses a private key, a key of another curve, a scope that is none, and an id that is taken', async () => {
  const add = (id: string, alg: string, key: string, scopes = 'loans:read') =>
    run('add', id, '--alg', alg, '--key', file(key), '--scopes', scopes);
  await expect(add('shop-c', 'ES256', 'private.pem')).rejects.toThrow(/public key/);
  await expect(add('shop-c', 'ES256', 'sm2.pem')).rejects.toThrow(/public key/);
  await expect(add('shop-c', 'SM2SM3', 'es.pem')).rejects.toThrow(/public key/);
  await expect(add('shop-c', 'RS256', 'es.pem')).rejects.toThrow(/--alg/);
  await expect(add('shop-c', 'ES256', 'es.pem', 'everything')).rejects.toThrow(/--scopes/);
  await add('shop-c', 'ES256', 'es.pem');
  await expect(add('shop-c', 'ES256', 'es.pem')).rejects.toThrow(/already/);
  await expect(run('disable', 'nobody')).rejects.toThrow(/no client/);
});
