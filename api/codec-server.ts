/** Process entry of the codec server, which lets the Temporal UI show sealed payloads to those who may see them. */
import { roleOf } from '../db/access/areas.ts';
import { openDatabase } from '../db/database.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { runCryptoSelfTest } from '../platform/crypto/self-test.ts';
import { readDataKeys } from '../platform/keys.ts';
import { type Running, runProcess } from '../platform/lifecycle.ts';
import { createLogger } from '../platform/log.ts';
import { createSealedPayloadCodec } from '../platform/temporal/codec.ts';
import { trustedProxies } from './address.ts';
import { createTokenReader } from './auth/parts.ts';
import { createCodecApp } from './codec-app.ts';
import { listen } from './listen.ts';
import { createRefusedTokens } from './refused-tokens.ts';

/** It reads sessions, writes audit entries and nothing else. */
const POOL_MAX = 2;

async function start(): Promise<Running> {
  runCryptoSelfTest();
  const config = loadConfig();
  const log = createLogger('codec-server', config);
  const { payloads, tokens } = readDataKeys(config.dataKeysFile, config.environment);
  const db = openDatabase(
    { ...config.database, poolMax: POOL_MAX, role: roleOf('edge') },
    (error) => log.error({ err: error }, 'idle connection'),
  );
  const refusedTokens = createRefusedTokens({ db, log });
  const app = createCodecApp({
    db,
    codec: createSealedPayloadCodec(payloads),
    verifyToken: createTokenReader(config, tokens),
    now: () => systemClock.now(),
    secure: config.api.publicUrl.startsWith('https:'),
    allowedOrigins: config.codec.allowedOrigins,
    namespace: config.temporal.namespace,
    log,
    refusedTokens,
  });
  const { host } = config.api;
  const { port } = config.codec;
  const proxies = trustedProxies(config.api.trustedProxies);
  const listening = await listen({
    fetch: (request, env) => app.fetch(request, { ...env, proxies }),
    host,
    port,
  });
  log.info({ 'server.port': listening.port }, 'listening');
  return {
    announce: { port: listening.port },
    stop: async () => {
      await listening.close();
      await refusedTokens.close();
      await db.destroy();
    },
  };
}

runProcess('codec-server', start);
