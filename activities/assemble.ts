/** Puts together what the activities need from the configuration of a process. */
import { roleOf } from '../db/access/areas.ts';
import { openDatabase } from '../db/database.ts';
import { KEY_STORE } from '../db/queries/keys.ts';
import { openCache } from '../platform/cache.ts';
import { createActSealer } from '../platform/act-seal.ts';
import type { Config } from '../platform/config.ts';
import { createVault } from '../platform/crypto/vault.ts';
import { openLenderSeal } from '../platform/key-service/lender-seal.ts';
import { openKeyService } from '../platform/key-service/open.ts';
import { readDataKeys, readGatewayKeys } from '../platform/keys.ts';
import { createLogger } from '../platform/log.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { createHttpPorts } from './adapters/index.ts';
import { loadFontSet } from './contract/fonts.ts';
import type { ActivityDeps } from './deps.ts';
import { createRulebookReader } from './rulebooks.ts';

/** Throws with one clear sentence when a key file, the fonts or an address is missing. */
export function assembleActivityDeps(config: Config): ActivityDeps {
  const log = createLogger('worker', config);
  const dataKeys = readDataKeys(config.dataKeysFile, config.environment);
  const gatewayKeys = readGatewayKeys(config.gateway.keysFile, config.environment);
  const keyService = openKeyService(config);
  const db = openDatabase({ ...config.database, role: roleOf('worker') }, (error) =>
    log.warn({ err: error }, 'idle database connection lost'),
  );
  return {
    db,
    vault: createVault({
      keyService,
      store: KEY_STORE,
      former: dataKeys.fields,
      indexKey: dataKeys.blindIndex,
    }),
    cache: openCache({ redisUrl: config.redisUrl, megabytes: config.cacheMegabytes }, (error) =>
      log.error({ err: error }, 'redis is away'),
    ),
    keyService,
    objects: openObjectStore(config, dataKeys.objects),
    ports: createHttpPorts(config, gatewayKeys),
    rulebooks: createRulebookReader(),
    lender: { name: config.lender.name, uscc: config.lender.uscc },
    actSealer: createActSealer(dataKeys.actionSeal),
    lenderSeal: openLenderSeal(config, gatewayKeys),
    auditKey: gatewayKeys.audit,
    caRootsPem: [gatewayKeys.caRootPem],
    tsaCertificatesPem: [gatewayKeys.tsaCertificatePem],
    auditPublicKeys: new Map(
      [gatewayKeys.audit, ...gatewayKeys.formerAudit].map(({ keyId, publicKey }) => [
        keyId,
        publicKey,
      ]),
    ),
    fonts: loadFontSet(),
    log,
  };
}
