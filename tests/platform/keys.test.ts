/**
 * Key files: made once, completed by the gateway, refused in production, never half written.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSm2KeyPair, sm2Sign, sm2Verify } from '../../platform/crypto/sm2.ts';
import {
  completeGatewayKeys,
  createDevelopmentKeys,
  readDataKeys,
  readGatewayKeys,
} from '../../platform/keys.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'xindai-keys-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const bank = generateSm2KeyPair();
const published = {
  services: { bank: { keyId: 'bank-1', publicKey: bank.publicKey } },
  encryptionPublicKey: generateSm2KeyPair().publicKey,
  caRootPem: 'root',
  tsaCertificatePem: 'tsa',
};

describe('development keys', () => {
  it('are readable by their owner only, and are made once', async () => {
    const files = await createDevelopmentKeys(dir);
    const before = Object.values(files).map((file) => readFileSync(file, 'utf8'));
    for (const file of Object.values(files)) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await createDevelopmentKeys(dir)).toEqual(files);
    expect(Object.values(files).map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  });

  it('tell the sandbox the public key we sign with', async () => {
    const files = await createDevelopmentKeys(dir, 'lender-7');
    await completeGatewayKeys(files.GATEWAY_KEYS_FILE, published);
    const { signing } = readGatewayKeys(files.GATEWAY_KEYS_FILE, 'development');
    const clients: unknown = JSON.parse(readFileSync(files.SANDBOX_CLIENTS_FILE, 'utf8'));
    expect(clients).toEqual({ 'lender-7': { [signing.keyId]: signing.publicKey } });
    const text = Buffer.from('request');
    expect(sm2Verify(signing.publicKey, text, sm2Sign(signing.privateKey, text))).toBe(true);
  });

  it('are completed with what the gateway publishes, and not before', async () => {
    const { GATEWAY_KEYS_FILE } = await createDevelopmentKeys(dir);
    expect(() => readGatewayKeys(GATEWAY_KEYS_FILE, 'development')).toThrow(/gateway yet\.$/);
    await expect(completeGatewayKeys(GATEWAY_KEYS_FILE, { services: {} })).rejects.toThrow(
      'encryptionPublicKey is wrong',
    );
    await completeGatewayKeys(GATEWAY_KEYS_FILE, published);
    expect(readGatewayKeys(GATEWAY_KEYS_FILE, 'development')).toMatchObject(published);
  });

  it('of a time before the audit chain gain its key, and keep what they have', async () => {
    const { GATEWAY_KEYS_FILE } = await createDevelopmentKeys(dir);
    const { audit: _audit, ...older } = JSON.parse(readFileSync(GATEWAY_KEYS_FILE, 'utf8'));
    writeFileSync(GATEWAY_KEYS_FILE, JSON.stringify(older));
    await createDevelopmentKeys(dir);
    await completeGatewayKeys(GATEWAY_KEYS_FILE, published);
    expect(readGatewayKeys(GATEWAY_KEYS_FILE, 'development')).toMatchObject({
      signing: older.signing,
      seal: older.seal,
      audit: { keyId: 'audit-1' },
    });
  });

  it('are refused in production', async () => {
    const files = await createDevelopmentKeys(dir);
    await completeGatewayKeys(files.GATEWAY_KEYS_FILE, published);
    const refused = /holds development keys, which production refuses\.$/;
    expect(() => readGatewayKeys(files.GATEWAY_KEYS_FILE, 'production')).toThrow(refused);
    expect(() => readDataKeys(files.DATA_KEYS_FILE, 'production')).toThrow(refused);
  });
});

describe('a data key file', () => {
  it('gives three keyrings and two lone keys of 32 bytes', async () => {
    const { DATA_KEYS_FILE } = await createDevelopmentKeys(dir);
    const keys = readDataKeys(DATA_KEYS_FILE, 'test');
    for (const ring of [keys.payloads, keys.fields, keys.objects]) {
      expect(ring.keys.get(ring.activeKeyId)).toHaveLength(32);
    }
    expect(keys.blindIndex).toHaveLength(32);
    expect(keys.actionSeal).toHaveLength(32);
  });

  it('that is missing, broken or short is refused by one sentence without its content', async () => {
    const { DATA_KEYS_FILE } = await createDevelopmentKeys(dir);
    const written = readFileSync(DATA_KEYS_FILE, 'utf8');
    const read = (): unknown => readDataKeys(DATA_KEYS_FILE, 'test');
    expect(() => readDataKeys(join(dir, 'none'), 'test')).toThrow('cannot be read as JSON.');
    writeFileSync(DATA_KEYS_FILE, '{');
    expect(read).toThrow('cannot be read as JSON.');
    writeFileSync(DATA_KEYS_FILE, written.replace('"fields"', '"feilds"'));
    expect(read).toThrow('fields is wrong.');
    const short = { ...JSON.parse(written), blindIndex: 'AAAA' };
    writeFileSync(DATA_KEYS_FILE, JSON.stringify(short));
    expect(read).toThrow('blindIndex does not have 32 bytes.');
  });
});
