/**
 * The one data converter of client, worker, replay and codec server: histories hold what this seals.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { Keyring } from '../crypto/keyring.ts';
import { createSealedPayloadCodec } from './codec.ts';

const FILE = 'failure-converter.cjs';

/**
 * Absolute path of the failure converter, which is given to the bundler as well.
 * The compiler does not copy it, so that a built program in `dist/` may find it in the sources beside `dist/` only.
 */
export const failureConverterPath = findFailureConverter(dirname(fileURLToPath(import.meta.url)));

/**
 * @param folder of this module, `platform/temporal` in the sources or in `dist`
 * @throws when the file is at neither place
 */
export function findFailureConverter(folder: string): string {
  const beside = join(folder, FILE);
  const inSources = join(folder, '..', '..', '..', 'platform', 'temporal', FILE);
  const found = [beside, inSources].find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${FILE} is missing beside ${folder}.`);
  return found;
}

/** Payloads sealed under `keyring`, failure texts among them. */
export function createDataConverter(keyring: Keyring): DataConverter {
  return { failureConverterPath, payloadCodecs: [createSealedPayloadCodec(keyring)] };
}
