/** The form of every environment variable's value. */
import { z } from 'zod';
import { list, oneOf, port, text, url, whole } from './config-values.ts';

/** Task queues a worker may serve. */
export const WORKER_QUEUES = [
  'loan',
  'bureau',
  'identity',
  'paper',
  'signing',
  'bank',
  'notice',
] as const;
export type WorkerQueue = (typeof WORKER_QUEUES)[number];

export const environmentSchema = z.object({
  NODE_ENV: oneOf(['development', 'test', 'production']),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL like postgres://user@host:5432/database',
  }),
  DATABASE_SCHEMA: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a plain lower-case name'),
  DATABASE_POOL_MAX: whole(1, 500),
  TEMPORAL_ADDRESS: z.string().regex(/^[^\s/]+:\d+$/, 'must be host:port'),
  TEMPORAL_NAMESPACE: text,
  TEMPORAL_UI_URL: url,
  TASK_QUEUE_PREFIX: z.string(),
  WORKER_QUEUES: list(oneOf(WORKER_QUEUES)),
  WORKER_DEPLOYMENT: text,
  WORKFLOW_BUNDLE_DIR: text,
  API_HOST: text,
  API_PORT: port,
  API_PUBLIC_URL: url,
  TRUSTED_PROXIES: list(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).optional(),
  CODEC_PORT: port,
  CODEC_ALLOWED_ORIGINS: list(url),
  METRICS_HOST: text,
  METRICS_PORT: port,
  AUTH_ISSUER: url,
  AUTH_AUDIENCE: text,
  AUTH_JWKS_URL: url,
  SIGN_IN_CLIENT_ID: text,
  SIGN_IN_CLIENT_SECRET_FILE: text.optional(),
  SIGN_IN_BACK_CHANNEL_URL: url.optional(),
  SIGN_IN_ACR: list(text),
  SIGN_IN_AMR: list(text),
  GATEWAY_URL: url,
  GATEWAY_APP_ID: text,
  GATEWAY_KEYS_FILE: text,
  DATA_KEYS_FILE: text,
  KEY_SERVICE_URL: url.optional(),
  KEY_SERVICE_TOKEN_FILE: text.optional(),
  STAFF_NOTICE_URL: url.optional(),
  OBJECT_STORE_DIR: text,
  OBJECT_STORE_URL: url.optional(),
  OBJECT_STORE_REGION: text,
  OBJECT_STORE_KEY_FILE: text.optional(),
  LENDER_NAME: text,
  LENDER_USCC: z.string().regex(/^[0-9A-Z]{18}$/, 'must have 18 digits and capital letters'),
  LENDER_ACCOUNT: text,
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis or rediss URL' }).optional(),
  CACHE_MEGABYTES: whole(0, 4_096),
  BUREAU_RATE_PBOC: whole(1, 10_000),
  OCR_READER: oneOf(['local', 'gateway', 'none']),
  OCR_DATA_DIR: text,
  BUREAU_RATE_BAIHANG: whole(1, 10_000),
});

export type Environment = z.output<typeof environmentSchema>;
