/**
 * The written form of the two key files, and reading them. Production refuses keys that were made for development.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, type Config } from './config.ts';
import { KEY_BYTES, type Keyring, keyringText, parseKeyring } from './crypto/keyring.ts';
import { parseTokenKeys, type TokenKeys, tokenKeysText } from './token-keys.ts';

const publicKey = z.string().regex(/^04[0-9a-f]{128}$/i, 'is not an SM2 public key');
const signingKeyText = z.strictObject({
  keyId: z.string().min(1),
  privateKey: z.string().regex(/^[0-9a-f]{64}$/i, 'is not an SM2 private key'),
  publicKey,
});
const serviceKeyText = z.object({ keyId: z.string().min(1), publicKey });

const paperSealText = z.strictObject({
  /** PKCS#8, RSA or P-256. */
  privateKeyPem: z.string().includes('BEGIN PRIVATE KEY'),
  /** The key's certificate first, then those above it. */
  certificatesPem: z.array(z.string().includes('BEGIN CERTIFICATE')).min(1),
});
export type PaperSealKey = z.infer<typeof paperSealText>;

/** What the gateway publishes about itself: the public keys of its services, and whom to trust. */
export const publishedKeys = z.object({
  services: z.record(z.string(), serviceKeyText),
  /** Personal data in request bodies is sealed to this key. */
  encryptionPublicKey: publicKey,
  /** Root certificates of the CA that certifies applicants and lender. */
  caRootPem: z.string(),
  /** Certificate of the time-stamp authority. */
  tsaCertificatePem: z.string(),
});
export type PublishedKeys = z.infer<typeof publishedKeys>;

/** GATEWAY_KEYS_FILE. `gateway` is absent until the gateway's public keys were fetched. */
export const gatewayKeysText = z.strictObject({
  development: z.boolean().optional(),
  /** Signs our requests. */
  signing: signingKeyText,
  /** The lender's seal key, for contracts; absent where a key service keeps it. */
  seal: signingKeyText.optional(),
  /** The lender's key that ordinary PDF readers check; absent where a key service keeps it. */
  paperSeal: paperSealText.optional(),
  /** Seals the audit chain; its public half goes to whoever verifies. */
  audit: signingKeyText,
  /** Public halves of former audit keys, whose seals still stand. */
  formerAudit: z.array(serviceKeyText).optional(),
  gateway: publishedKeys.optional(),
});

/** DATA_KEYS_FILE. Lone keys are 32 bytes in base64. */
export const dataKeysText = z.strictObject({
  development: z.boolean().optional(),
  payloads: keyringText,
  fields: keyringText,
  objects: keyringText,
  blindIndex: z.base64(),
  actionSeal: z.base64(),
  /** Sign the platform's own access tokens. */
  tokens: tokenKeysText,
  /** Key-encryption keys; absent where a key service keeps them. */
  wrapping: keyringText.optional(),
});

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

export interface GatewayKeys extends PublishedKeys {
  readonly signing: SigningKey;
  readonly seal: SigningKey | undefined;
  readonly paperSeal: PaperSealKey | undefined;
  readonly audit: SigningKey;
  readonly formerAudit: readonly { readonly keyId: string; readonly publicKey: string }[];
}

export interface DataKeys {
  /** Seals what Temporal stores. */
  readonly payloads: Keyring;
  /** Opens database fields that were sealed before every person had keys of their own. */
  readonly fields: Keyring;
  /** Opens objects that were sealed before every person had keys of their own. */
  readonly objects: Keyring;
  /** 32 bytes; blind indexes of fields. */
  readonly blindIndex: Buffer;
  /** 32 bytes; the keys that seal the acts of people, and those of sign-in, follow from it. */
  readonly actionSeal: Buffer;
  /** Sign the platform's own access tokens. */
  readonly tokens: TokenKeys;
}

/** The gateway's keys and ours. @throws ConfigError one sentence naming the variable */
export function readGatewayKeys(file: string, environment: Config['environment']): GatewayKeys {
  const written = readKeyFile('GATEWAY_KEYS_FILE', file, environment, gatewayKeysText);
  if (written.gateway === undefined) {
    throw new ConfigError(
      `GATEWAY_KEYS_FILE ${file} does not hold the public keys of the gateway yet.`,
    );
  }
  const { signing, seal, paperSeal, audit, formerAudit = [] } = written;
  return { signing, seal, paperSeal, audit, formerAudit, ...written.gateway };
}

/** The keys that seal our own data. @throws ConfigError one sentence naming the variable */
export function readDataKeys(file: string, environment: Config['environment']): DataKeys {
  const written = readKeyFile('DATA_KEYS_FILE', file, environment, dataKeysText);
  const lone = (name: 'blindIndex' | 'actionSeal'): Buffer => {
    const key = Buffer.from(written[name], 'base64');
    if (key.length === KEY_BYTES) return key;
    throw new ConfigError(`DATA_KEYS_FILE ${file}: ${name} does not have 32 bytes.`);
  };
  const keyring = (name: 'payloads' | 'fields' | 'objects'): Keyring => {
    try {
      return parseKeyring(written[name]);
    } catch (cause) {
      throw new ConfigError(`DATA_KEYS_FILE ${file}: ${name} is not a keyring.`, { cause });
    }
  };
  return {
    payloads: keyring('payloads'),
    fields: keyring('fields'),
    objects: keyring('objects'),
    blindIndex: lone('blindIndex'),
    actionSeal: lone('actionSeal'),
    tokens: parseTokenKeys(written.tokens),
  };
}

/**
 * The key-encryption keys of a development installation.
 * @throws ConfigError when they are not in the file, which then belongs to an installation with a key service
 */
export function readWrappingKeys(file: string, environment: Config['environment']): Keyring {
  const { wrapping } = readKeyFile('DATA_KEYS_FILE', file, environment, dataKeysText);
  if (wrapping === undefined) {
    throw new ConfigError(
      `DATA_KEYS_FILE ${file} has no keyring "wrapping", and KEY_SERVICE_URL is not set.`,
    );
  }
  try {
    return parseKeyring(wrapping);
  } catch (cause) {
    throw new ConfigError(`DATA_KEYS_FILE ${file}: wrapping is not a keyring.`, { cause });
  }
}

function readKeyFile<T extends { development?: boolean | undefined }>(
  variable: string,
  file: string,
  environment: Config['environment'],
  schema: z.ZodType<T>,
): T {
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`${variable} ${file} cannot be read as JSON.`, { cause });
  }
  const parsed = schema.safeParse(written);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ConfigError(`${variable} ${file} is not a key file: ${where} is wrong.`);
  }
  if (environment === 'production' && parsed.data.development === true) {
    throw new ConfigError(`${variable} ${file} holds development keys, which production refuses.`);
  }
  return parsed.data;
}
