/** The callers the sandbox knows, and their public keys: what a real service learns when an institution signs up. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** `{appId: {keyId: SM2 public key, 130 hexadecimal digits}}`. */
export const clientsInput = z.record(
  z.string().min(1),
  z.record(z.string().min(1), z.string().regex(/^04[0-9a-f]{128}$/i)),
);
export type ClientKeys = z.infer<typeof clientsInput>;

export interface Clients {
  publicKeyFor(appId: string, keyId: string): string | undefined;
  /** Registers keys; a key id that exists already is replaced, as after a key ceremony. */
  register(keys: ClientKeys): void;
}

/** @throws when the file exists but is not of the form of {@link clientsInput} */
export async function loadClients(initial: ClientKeys, file: string | null): Promise<Clients> {
  const known = new Map<string, Map<string, string>>();
  const register = (keys: ClientKeys): void => {
    for (const [appId, ring] of Object.entries(keys)) {
      const held = known.get(appId) ?? new Map<string, string>();
      for (const [keyId, publicKey] of Object.entries(ring))
        held.set(keyId, publicKey.toLowerCase());
      known.set(appId, held);
    }
  };
  register(initial);
  if (file !== null) register(await readClients(file));
  return { register, publicKeyFor: (appId, keyId) => known.get(appId)?.get(keyId) };
}

async function readClients(file: string): Promise<ClientKeys> {
  try {
    return clientsInput.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new Error(`The sandbox cannot read its callers' public keys in ${file}.`, { cause });
  }
}
