/** The sandbox's own SM2 keys: made once in its data folder, their public halves published at `/_admin/keys`. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { generateSm2KeyPair } from '../platform/crypto/sm2.ts';
import { SERVICES, type ServiceName } from './answer.ts';

const keyPair = z.object({ privateKey: z.string(), publicKey: z.string() });
const signingKey = keyPair.extend({ keyId: z.string() });
const keyFile = z.object({
  services: z.record(z.enum(SERVICES), signingKey),
  encryption: keyPair,
});

export type SigningKey = z.infer<typeof signingKey>;
export type SandboxKeys = z.infer<typeof keyFile>;

/** Reads `keys.json` in `folder`, or makes it (readable by its owner only). */
export async function loadKeys(folder: string): Promise<SandboxKeys> {
  return readOrMake(path.join(folder, 'keys.json'), keyFile, () => ({
    services: makeServiceKeys(),
    encryption: generateSm2KeyPair(),
  }));
}

function makeServiceKeys(): Record<ServiceName, SigningKey> {
  const make = (service: ServiceName): SigningKey => ({
    keyId: `${service}-1`,
    ...generateSm2KeyPair(),
  });
  return {
    pboc: make('pboc'),
    baihang: make('baihang'),
    identity: make('identity'),
    registry: make('registry'),
    ca: make('ca'),
    tsa: make('tsa'),
    bank: make('bank'),
    sms: make('sms'),
  };
}

/** Reads a JSON file of secrets, or makes and writes it when there is none. */
export async function readOrMake<T>(
  file: string,
  schema: z.ZodType<T>,
  make: () => T | Promise<T>,
): Promise<T> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text !== null) return schema.parse(JSON.parse(text));
  const made = await make();
  await writeFile(file, JSON.stringify(made, null, 2), { mode: 0o600, flag: 'wx' });
  return made;
}
