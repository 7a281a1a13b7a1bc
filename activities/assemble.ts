/** Puts together what the activities need from the configuration of a process. */
import { openDatabase } from '../db/database.ts';
import type { Config } from '../platform/config.ts';
import { createFieldCipher } from '../platform/crypto/field-cipher.ts';
import { readDataKeys, readGatewayKeys } from '../platform/keys.ts';
import { createLogger } from '../platform/log.ts';
import { createFileObjectStore } from '../platform/object-store.ts';
import { createHttpPorts } from './adapters/index.ts';
import { loadFontSet } from './contract/fonts.ts';
import type { ActivityDeps } from './deps.ts';
import { createRulebookReader } from './rulebooks.ts';

/** Throws with one clear sentence when a key file, the fonts or an address is missing. */
export function assembleActivityDeps(config: Config): ActivityDeps {
  const log = createLogger('worker', config);
  const dataKeys = readDataKeys(config.dataKeysFile, config.environment);
  const gatewayKeys = readGatewayKeys(config.gateway.keysFile, config.environment);
  const db = openDatabase(config.database, (error) =>
    log.warn({ err: error }, 'idle database connection lost'),
  );
  return {
    db,
    cipher: createFieldCipher(dataKeys.fields, dataKeys.blindIndex),
    objects: createFileObjectStore(config.objectStoreDir, dataKeys.objects),
    ports: createHttpPorts(config, gatewayKeys),
    rulebooks: createRulebookReader(),
    lender: { name: config.lender.name, uscc: config.lender.uscc },
    sealKey: gatewayKeys.seal,
    caRootsPem: [gatewayKeys.caRootPem],
    fonts: loadFontSet(),
    log,
  };
}
