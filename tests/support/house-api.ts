/** The API of a test's house: its port is taken first, because the sandbox must know where to call back. */
import type { Client } from '@temporalio/client';
import { createApp } from '../../api/app.ts';
import { createSignInParts, createTokenReader } from '../../api/auth/parts.ts';
import { listen } from '../../api/listen.ts';
import { createMessengers } from '../../api/messengers.ts';
import { createRefusedTokens } from '../../api/refused-tokens.ts';
import { createRequestLimits } from '../../api/request-limits.ts';
import { type AreaDatabases, openAreaDatabases } from '../../db/access/pools.ts';
import { openCache } from '../../platform/cache.ts';
import type { Config } from '../../platform/config.ts';
import { createVault } from '../../platform/crypto/vault.ts';
import { openKeyService } from '../../platform/key-service/open.ts';
import { KEY_STORE } from '../../db/queries/keys.ts';
import { readDataKeys, readGatewayKeys } from '../../platform/keys.ts';
import { createLogger } from '../../platform/log.ts';
import { openObjectStore } from '../../platform/object-store.ts';

type Fetch = (request: Request) => Response | Promise<Response>;

/** A port that answers 503 until an app stands behind it. */
export interface OpenDoor {
  readonly url: string;
  serve(app: Fetch): void;
  close(): Promise<void>;
}

export async function openDoor(): Promise<OpenDoor> {
  let app: Fetch = () => new Response('not open yet', { status: 503 });
  const listening = await listen({ fetch: (request) => app(request), host: '127.0.0.1', port: 0 });
  return {
    url: `http://127.0.0.1:${listening.port}`,
    serve: (served) => {
      app = served;
    },
    close: () => listening.close(),
  };
}

export interface ApiParts {
  readonly config: Config;
  readonly client: Client;
  /** Where the API's log lines go. */
  readonly logged: string[];
}

/** A test asks as often as it likes. */
const REQUESTS_PER_MINUTE = { applicant: 1_000_000, other: 1_000_000, address: 100_000 };

/**
 * Puts the API behind an open door, built as api/server.ts builds it. Close its databases before their schema goes.
 */
export function serveApi(door: OpenDoor, { config, client, logged }: ApiParts): AreaDatabases {
  const areas = openAreaDatabases(config.database, () => undefined);
  const db = areas.of('edge', null);
  const dataKeys = readDataKeys(config.dataKeysFile, config.environment);
  const { bank } = readGatewayKeys(config.gateway.keysFile, config.environment).services;
  const log = createLogger('api', config, { write: (line) => void logged.push(line) });
  const { redisUrl, cacheMegabytes: megabytes } = config;
  const cache = openCache({ redisUrl, megabytes }, () => undefined);
  const app = createApp({
    db,
    areas,
    vault: createVault({
      keyService: openKeyService(config),
      store: KEY_STORE,
      former: dataKeys.fields,
      indexKey: dataKeys.blindIndex,
    }),
    cache,
    objects: openObjectStore(config, dataKeys.objects),
    ...createMessengers(client, config.temporal.taskQueuePrefix, dataKeys.actionSeal),
    verifyToken: createTokenReader(config, dataKeys.tokens),
    signIn: createSignInParts(config, db, dataKeys),
    webhookKeyFor: (_appId, keyId) => (bank?.keyId === keyId ? bank.publicKey : undefined),
    lender: config.lender,
    now: () => new Date(),
    log,
    refusedTokens: createRefusedTokens({ db, log }),
    newLimit: createRequestLimits(undefined, dataKeys.blindIndex),
    requestsPerMinute: REQUESTS_PER_MINUTE,
    publicUrl: config.api.publicUrl,
  });
  door.serve((request) => app.fetch(request));
  return {
    ...areas,
    async close() {
      cache.close();
      await areas.close();
    },
  };
}
