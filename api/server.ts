/** Process entry of the API. */
import { openAreaDatabases } from '../db/access/pools.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { createVault } from '../platform/crypto/vault.ts';
import { openKeyService } from '../platform/key-service/open.ts';
import { KEY_STORE } from '../db/queries/keys.ts';
import { runCryptoSelfTest } from '../platform/crypto/self-test.ts';
import { type GatewayKeys, readDataKeys, readGatewayKeys } from '../platform/keys.ts';
import { type Running, runProcess } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { createCache, LONGEST_MS, NO_CACHE } from '../platform/cache.ts';
import { createRedisStore } from '../platform/cache-store.ts';
import { closeRedis, openRedis } from '../platform/redis.ts';
import { openObjectStore } from '../platform/object-store.ts';
import { connectTemporal } from '../platform/temporal/client.ts';
import { trustedProxies } from './address.ts';
import { createApp } from './app.ts';
import { createSignInParts, createTokenReader } from './auth/parts.ts';
import { startHousekeeping } from './housekeeping.ts';
import { listen } from './listen.ts';
import { createMessengers } from './messengers.ts';
import { createRefusedTokens } from './refused-tokens.ts';
import { createRequestLimits } from './request-limits.ts';

/**
 * A person's form needs a few a minute; an integrator speaks for all of its users by one token; a mobile network puts
 * many people who are about to sign in behind one address.
 */
const REQUESTS_PER_MINUTE = { applicant: 300, other: 12_000, address: 600 };

/** The bank alone calls back, under its own name or the gateway's, and always by the bank's key. */
function webhookKeys(keys: GatewayKeys): (appId: string, keyId: string) => string | undefined {
  const { bank } = keys.services;
  return (_appId, keyId) =>
    bank !== undefined && bank.keyId === keyId ? bank.publicKey : undefined;
}

async function start(): Promise<Running> {
  runCryptoSelfTest();
  const config = loadConfig();
  const log = createLogger('api', config);
  const dataKeys = readDataKeys(config.dataKeysFile, config.environment);
  const gatewayKeys = readGatewayKeys(config.gateway.keysFile, config.environment);
  const areas = openAreaDatabases(config.database, (error) =>
    log.error({ err: error }, 'idle connection'),
  );
  const db = areas.of('edge', null);
  const temporal = await connectTemporal(config, dataKeys.payloads);
  const { redisUrl } = config;
  const redis =
    redisUrl === undefined
      ? undefined
      : openRedis(redisUrl, (error) => log.error({ err: error }, 'redis is away'));
  const signIn = createSignInParts(config, db, dataKeys);
  const refusedTokens = createRefusedTokens({ db, log });
  const app = createApp({
    db,
    areas,
    vault: createVault({
      keyService: openKeyService(config),
      store: KEY_STORE,
      former: dataKeys.fields,
      indexKey: dataKeys.blindIndex,
    }),
    // Without Redis each worker keeps its own; what is in it is of no use once the record says withdrawn.
    cache: redis === undefined ? NO_CACHE : createCache(createRedisStore(redis, LONGEST_MS)),
    objects: openObjectStore(config, dataKeys.objects),
    ...createMessengers(temporal.client, config.temporal.taskQueuePrefix, dataKeys.actionSeal),
    verifyToken: createTokenReader(config, dataKeys.tokens),
    signIn,
    webhookKeyFor: webhookKeys(gatewayKeys),
    lender: config.lender,
    now: () => systemClock.now(),
    log,
    refusedTokens,
    newLimit: createRequestLimits(redis, signIn.secret),
    requestsPerMinute: REQUESTS_PER_MINUTE,
    publicUrl: config.api.publicUrl,
  });
  const { host, port } = config.api;
  const proxies = trustedProxies(config.api.trustedProxies);
  const listening = await listen({
    fetch: (request, env) => app.fetch(request, { ...env, proxies }),
    host,
    port,
  });
  const housekeeping = startHousekeeping(db, log);
  log.info({ 'server.port': listening.port }, 'listening');
  return {
    announce: { port: listening.port },
    stop: async () => {
      housekeeping.stop();
      await listening.close();
      await refusedTokens.close();
      await temporal.close();
      closeRedis(redis);
      await areas.close();
    },
  };
}

runProcess('api', start);
