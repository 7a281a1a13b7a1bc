/**
 * Making the key files of a development installation, and completing them with what the gateway publishes.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { ConfigError } from './config.ts';
import { KEY_BYTES, type KeyringText } from './crypto/keyring.ts';
import { generateSm2KeyPair } from './crypto/sm2.ts';
import { makePaperSealKey } from './paper-seal-key.ts';
import { dataKeysText, gatewayKeysText, publishedKeys, type SigningKey } from './key-files.ts';
import { makeTokenKeys } from './token-keys.ts';

export {
  type DataKeys,
  type GatewayKeys,
  type PublishedKeys,
  readDataKeys,
  readGatewayKeys,
  type SigningKey,
} from './key-files.ts';

/** Paths by the environment variable that names them. */
export interface KeyFiles {
  readonly GATEWAY_KEYS_FILE: string;
  readonly DATA_KEYS_FILE: string;
  /** `{appId: {keyId: SM2 public key}}`: what the sandbox learns of us. */
  readonly SANDBOX_CLIENTS_FILE: string;
}

/**
 * Makes the key files that are not in `dir` yet, readable by their owner only and flagged as development keys.
 * Files that are there keep their keys, which opened data before; an older one gains the keys it lacks.
 * @param appId our name at the gateway
 */
export async function createDevelopmentKeys(dir: string, appId = 'xindai'): Promise<KeyFiles> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const files: KeyFiles = {
    GATEWAY_KEYS_FILE: join(dir, 'gateway-keys.json'),
    DATA_KEYS_FILE: join(dir, 'data-keys.json'),
    SANDBOX_CLIENTS_FILE: join(dir, 'sandbox-clients.json'),
  };
  if (existsSync(files.GATEWAY_KEYS_FILE)) await completeOwnKeys(files.GATEWAY_KEYS_FILE);
  else {
    const keys = {
      development: true,
      signing: signingKey('signing-1'),
      seal: signingKey('seal-1'),
      paperSeal: await makePaperSealKey(),
      audit: signingKey('audit-1'),
    };
    await replaceFile(files.GATEWAY_KEYS_FILE, keys satisfies z.infer<typeof gatewayKeysText>);
  }
  if (existsSync(files.DATA_KEYS_FILE)) await completeDataKeys(files.DATA_KEYS_FILE);
  else await replaceFile(files.DATA_KEYS_FILE, dataKeys());
  const { signing } = await readGatewayText(files.GATEWAY_KEYS_FILE);
  const clients = { [appId]: { [signing.keyId]: signing.publicKey } };
  await replaceFile(files.SANDBOX_CLIENTS_FILE, clients);
  return files;
}

/**
 * Puts what the gateway publishes (the sandbox: GET /_admin/keys) into the gateway key file.
 * @throws ConfigError when `published` is not of that form, or differs from what a non-development file already holds
 */
export async function completeGatewayKeys(
  gatewayKeysFile: string,
  published: unknown,
): Promise<void> {
  const parsed = publishedKeys.safeParse(published);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ConfigError(`The keys that the gateway publishes cannot be used: ${where} is wrong.`);
  }
  const written = await readGatewayText(gatewayKeysFile);
  if (written.development !== true) {
    throw new ConfigError(
      `GATEWAY_KEYS_FILE ${gatewayKeysFile} is not a development file: put the gateway's keys in by hand.`,
    );
  }
  await replaceFile(gatewayKeysFile, { ...written, gateway: parsed.data });
}

function signingKey(keyId: string): SigningKey {
  return { keyId, ...generateSm2KeyPair() };
}

const newKey = (): string => randomBytes(KEY_BYTES).toString('base64');

function newKeyring(keyId: string): KeyringText {
  return { active: keyId, keys: { [keyId]: newKey() } };
}

function dataKeys(): z.infer<typeof dataKeysText> {
  return {
    development: true,
    payloads: newKeyring('payloads-1'),
    fields: newKeyring('fields-1'),
    objects: newKeyring('objects-1'),
    wrapping: newKeyring('wrapping-1'),
    blindIndex: newKey(),
    actionSeal: newKey(),
    tokens: makeTokenKeys(),
  };
}

/** A development file of an earlier time gains the keys that it lacks: the one that seals the audit chain, and the papers'. */
async function completeOwnKeys(file: string): Promise<void> {
  const older = gatewayKeysText.partial({ audit: true });
  const written = older.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!written.success || written.data.development !== true) return;
  const { audit, seal, paperSeal } = written.data;
  if (audit !== undefined && (paperSeal !== undefined || seal === undefined)) return;
  await replaceFile(file, {
    ...written.data,
    audit: audit ?? signingKey('audit-1'),
    ...(seal === undefined ? {} : { paperSeal: paperSeal ?? (await makePaperSealKey()) }),
  });
}

/** A development file of an earlier time gains what it lacks: the keys that wrap data keys, and those that sign tokens. */
async function completeDataKeys(file: string): Promise<void> {
  const written = olderDataKeysText.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!written.success || written.data.development !== true) return;
  const { wrapping, tokens } = written.data;
  if (wrapping !== undefined && tokens !== undefined) return;
  await replaceFile(file, {
    ...written.data,
    wrapping: wrapping ?? newKeyring('wrapping-1'),
    tokens: tokens ?? makeTokenKeys(),
  });
}

const olderDataKeysText = dataKeysText.partial({ wrapping: true, tokens: true });

/**
 * Adds a key-encryption key to a development file and lets it wrap from now on. The former ones stay, since they unwrap
 * what they wrapped. Gives the new key's id.
 * @throws ConfigError when the file is not a development file with wrapping keys
 */
export async function addWrappingKey(file: string): Promise<string> {
  const { wrapping, ...written } = await readDataText(file);
  if (written.development !== true || wrapping === undefined) {
    throw new ConfigError(`DATA_KEYS_FILE ${file} holds no development keys that wrap data keys.`);
  }
  const next = `wrapping-${Object.keys(wrapping.keys).length + 1}`;
  const keys = { ...wrapping.keys, [next]: newKey() };
  await replaceFile(file, { ...written, wrapping: { active: next, keys } });
  return next;
}

async function readDataText(file: string): Promise<z.infer<typeof dataKeysText>> {
  try {
    return dataKeysText.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new ConfigError(`DATA_KEYS_FILE ${file} is not a key file.`, { cause });
  }
}

async function readGatewayText(file: string): Promise<z.infer<typeof gatewayKeysText>> {
  try {
    return gatewayKeysText.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new ConfigError(`GATEWAY_KEYS_FILE ${file} is not a key file.`, { cause });
  }
}

/** Written beside and renamed, so that a reader never meets half a file. */
async function replaceFile(file: string, value: unknown): Promise<void> {
  const beside = `${file}.${process.pid}.new`;
  await writeFile(beside, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(beside, file);
}
