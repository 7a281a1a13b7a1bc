/**
 * The environment variables of every process, each with its default and meaning, read once and checked whole.
 */
import {
  type Environment,
  environmentSchema,
  WORKER_QUEUES,
  type WorkerQueue,
} from './config-schema.ts';
import { DEVELOPMENT_LENDER, developmentSetting } from './production.ts';

export { WORKER_QUEUES, type WorkerQueue };

/** One variable as documents and tests read it. `default` is null when there is none. */
export interface ConfigVariable {
  readonly name: string;
  readonly default: string | null;
  readonly meaning: string;
  /** Whether the process does not start without it; in production some defaults are not taken. */
  readonly required: 'always' | 'in production' | 'never';
}

/** A setting that cannot be used. The message is one sentence that names the variable. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigError';
  }
}

function variable(
  name: string,
  fallback: string | null,
  meaning: string,
  required: ConfigVariable['required'] = 'never',
): ConfigVariable {
  return { name, default: fallback, meaning, required };
}

/** Every variable, in the order documents list them. */
export const CONFIG_VARIABLES: readonly ConfigVariable[] = [
  variable(
    'NODE_ENV',
    'development',
    'development, test or production; production refuses development keys and defaults',
  ),
  variable('LOG_LEVEL', 'info', 'trace, debug, info, warn, error, fatal or silent'),
  variable(
    'DATABASE_URL',
    null,
    'PostgreSQL of the records, postgres://user:password@host:port/database',
    'always',
  ),
  variable(
    'DATABASE_SCHEMA',
    'xindai',
    'schema that holds every table; lower-case letters, digits and underscores',
  ),
  variable('DATABASE_POOL_MAX', '10', 'connections of one process at most'),
  variable(
    'TEMPORAL_ADDRESS',
    '127.0.0.1:7233',
    'host:port of the Temporal frontend',
    'in production',
  ),
  variable('TEMPORAL_NAMESPACE', 'default', 'Temporal namespace of the loans'),
  variable('TEMPORAL_UI_URL', 'http://127.0.0.1:8233', 'Temporal Web UI, for links'),
  variable(
    'TASK_QUEUE_PREFIX',
    '',
    'put before every task-queue name, so that several installations share a namespace',
  ),
  variable(
    'WORKER_QUEUES',
    WORKER_QUEUES.join(','),
    'queues this worker serves, separated by commas',
  ),
  variable(
    'WORKER_DEPLOYMENT',
    'xindai',
    'name of the worker deployment whose versions are build ids',
  ),
  variable(
    'WORKFLOW_BUNDLE_DIR',
    '.build/bundles',
    'folder of workflow bundles, one per build id; old ones serve loans in flight',
  ),
  variable('API_HOST', '127.0.0.1', 'address the API, the codec server and nothing else listen on'),
  variable('API_PORT', '8080', 'port of the API'),
  variable(
    'API_PUBLIC_URL',
    'http://127.0.0.1:8080',
    'where the API is reached from outside',
    'in production',
  ),
  variable(
    'TRUSTED_PROXIES',
    null,
    'addresses or networks of our own reverse proxies, separated by commas; their X-Forwarded-For is believed',
  ),
  variable('CODEC_PORT', '8081', 'port of the codec server'),
  variable(
    'CODEC_ALLOWED_ORIGINS',
    'http://127.0.0.1:8233,http://localhost:8233',
    'origins of the Temporal Web UI that may ask for decoding, separated by commas',
    'in production',
  ),
  variable('METRICS_HOST', '127.0.0.1', 'address the Prometheus metrics are served on'),
  variable('METRICS_PORT', '0', 'port of the Prometheus metrics; 0 turns them off'),
  variable(
    'AUTH_ISSUER',
    'http://127.0.0.1:9090/idp',
    'issuer of the access tokens',
    'in production',
  ),
  variable('AUTH_AUDIENCE', 'xindai-api', 'audience the access tokens must name'),
  variable(
    'AUTH_JWKS_URL',
    'http://127.0.0.1:9090/idp/jwks',
    "the issuer's public keys",
    'in production',
  ),
  variable(
    'SIGN_IN_CLIENT_ID',
    'xindai-console',
    'our client at the issuer, by which staff sign in with a browser',
    'in production',
  ),
  variable(
    'SIGN_IN_CLIENT_SECRET_FILE',
    null,
    "file of that client's secret; without it the client is a public one, held by PKCE alone",
  ),
  variable(
    'SIGN_IN_BACK_CHANNEL_URL',
    null,
    "origin at which the API itself reaches the issuer, where browsers' way to it is not open to it",
  ),
  variable(
    'SIGN_IN_ACR',
    'urn:xindai:2fa',
    'acr values of the issuer that mean a second factor, separated by commas',
  ),
  variable(
    'SIGN_IN_AMR',
    'otp,mfa,hwk',
    'amr values of the issuer that mean a second factor, separated by commas',
  ),
  variable(
    'GATEWAY_URL',
    'http://127.0.0.1:9090',
    'gateway of bureaus, bank, CA and the other services outside',
    'in production',
  ),
  variable('GATEWAY_APP_ID', 'xindai', 'our name at the gateway'),
  variable(
    'GATEWAY_KEYS_FILE',
    null,
    'JSON file of our signing and seal keys and of the public keys of the services',
    'always',
  ),
  variable(
    'DATA_KEYS_FILE',
    null,
    'JSON file of the keys that seal payloads, fields and objects',
    'always',
  ),
  variable(
    'KEY_SERVICE_URL',
    null,
    "HSM or KMS that wraps the data keys and keeps the lender's seal; without it the development keys in DATA_KEYS_FILE do",
    'in production',
  ),
  variable(
    'KEY_SERVICE_TOKEN_FILE',
    null,
    'file that holds the bearer token for the key service',
    'in production',
  ),
  variable(
    'STAFF_NOTICE_URL',
    null,
    "webhook that tells the lender's people what waits for them; without it they see it in their lists only",
  ),
  variable('OBJECT_STORE_DIR', '.data/objects', 'folder of contracts and recordings, sealed'),
  variable(
    'OCR_READER',
    'local',
    'who reads pictures of cards and licences: local (tesseract, in the worker), gateway (a vendor) or none',
  ),
  variable(
    'OCR_DATA_DIR',
    '/usr/share/tesseract-ocr/5/tessdata',
    'folder of chi_sim.traineddata, as Debian installs it',
  ),
  variable(
    'OBJECT_STORE_URL',
    null,
    'bucket of an S3-compatible store in place of that folder, path-style: https://host:port/bucket',
  ),
  variable('OBJECT_STORE_REGION', 'us-east-1', 'region that requests to the bucket are signed for'),
  variable(
    'OBJECT_STORE_KEY_FILE',
    null,
    "JSON file of the bucket's accessKeyId and secretAccessKey; needed with OBJECT_STORE_URL",
  ),
  variable(
    'LENDER_NAME',
    DEVELOPMENT_LENDER.name,
    'name of the lender in contracts and authorisations',
    'in production',
  ),
  variable(
    'LENDER_USCC',
    DEVELOPMENT_LENDER.uscc,
    "the lender's unified social credit code",
    'in production',
  ),
  variable(
    'LENDER_ACCOUNT',
    DEVELOPMENT_LENDER.account,
    "the lender's settlement account at the bank",
    'in production',
  ),
  variable(
    'REDIS_URL',
    null,
    'Redis of caches and limits; without it a cache in the process serves a single node',
  ),
  variable(
    'CACHE_MEGABYTES',
    '32',
    'most that summaries and scores take in a worker without Redis; 0 keeps none, in Redis neither',
  ),
  variable(
    'BUREAU_RATE_PBOC',
    '2',
    'requests a second to the central bank bureau, over all workers',
  ),
  variable('BUREAU_RATE_BAIHANG', '5', 'requests a second to Baihang, over all workers'),
];

export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly database: { readonly url: string; readonly schema: string; readonly poolMax: number };
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly uiUrl: string;
    readonly taskQueuePrefix: string;
    readonly deployment: string;
    readonly bundleDir: string;
  };
  readonly workerQueues: readonly WorkerQueue[];
  readonly api: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string;
    readonly trustedProxies: readonly string[];
  };
  readonly codec: { readonly port: number; readonly allowedOrigins: readonly string[] };
  /** `port` 0 turns the metrics off. */
  readonly metrics: { readonly host: string; readonly port: number };
  readonly auth: { readonly issuer: string; readonly audience: string; readonly jwksUrl: string };
  readonly signIn: {
    readonly clientId: string;
    readonly clientSecretFile: string | undefined;
    readonly backChannelUrl: string | undefined;
    /** Either one of these `acr` values or one of these `amr` values shows the second factor. */
    readonly acr: readonly string[];
    readonly amr: readonly string[];
  };
  readonly gateway: { readonly url: string; readonly appId: string; readonly keysFile: string };
  readonly dataKeysFile: string;
  /** Both are set, or neither. */
  readonly keyService: { readonly url: string | undefined; readonly tokenFile: string | undefined };
  /** Webhook that wakes the lender's people. */
  readonly staffNoticeUrl: string | undefined;
  /** Who reads pictures of cards and licences, and where its language data are. */
  readonly ocr: { readonly reader: 'local' | 'gateway' | 'none'; readonly dataDir: string };
  readonly objectStoreDir: string;
  /** Holds the objects in place of the folder; both members are set, or the whole is not. */
  readonly objectStoreBucket:
    | { readonly url: string; readonly region: string; readonly keyFile: string }
    | undefined;
  readonly lender: { readonly name: string; readonly uscc: string; readonly account: string };
  readonly redisUrl: string | undefined;
  /** Bound of the cache in the process; 0 keeps nothing, in Redis neither. */
  readonly cacheMegabytes: number;
  /** Requests a second. */
  readonly bureauRates: { readonly pboc: number; readonly baihang: number };
}

/**
 * Reads and checks the environment. A variable that is empty counts as absent.
 * @throws ConfigError one sentence naming the variable
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = environmentSchema.safeParse(withDefaults(env));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${String(issue?.path[0])} ${issue?.message ?? 'cannot be used'}.`);
  }
  const config = arrange(parsed.data);
  const refused = config.environment === 'production' ? developmentSetting(config) : null;
  if (refused !== null) throw new ConfigError(refused);
  return config;
}

function withDefaults(env: NodeJS.ProcessEnv): Record<string, string> {
  const production = env.NODE_ENV === 'production';
  const filled: Record<string, string> = {};
  for (const { name, default: fallback, meaning, required } of CONFIG_VARIABLES) {
    const given = env[name];
    const demanded = required === 'always' || (production && required === 'in production');
    if (given !== undefined && given !== '') filled[name] = given;
    else if (demanded) throw new ConfigError(`${name} is not set: ${meaning}.`);
    else if (fallback !== null) filled[name] = fallback;
  }
  return filled;
}

function bucketOf(env: Environment): Config['objectStoreBucket'] {
  const {
    OBJECT_STORE_URL: url,
    OBJECT_STORE_REGION: region,
    OBJECT_STORE_KEY_FILE: keyFile,
  } = env;
  if (url === undefined) return undefined;
  if (keyFile === undefined)
    throw new ConfigError('OBJECT_STORE_KEY_FILE is not set: OBJECT_STORE_URL needs it.');
  return { url, region, keyFile };
}

function arrange(env: Environment): Config {
  return {
    environment: env.NODE_ENV,
    logLevel: env.LOG_LEVEL,
    database: {
      url: env.DATABASE_URL,
      schema: env.DATABASE_SCHEMA,
      poolMax: env.DATABASE_POOL_MAX,
    },
    temporal: {
      address: env.TEMPORAL_ADDRESS,
      namespace: env.TEMPORAL_NAMESPACE,
      uiUrl: env.TEMPORAL_UI_URL,
      taskQueuePrefix: env.TASK_QUEUE_PREFIX,
      deployment: env.WORKER_DEPLOYMENT,
      bundleDir: env.WORKFLOW_BUNDLE_DIR,
    },
    workerQueues: env.WORKER_QUEUES,
    api: {
      host: env.API_HOST,
      port: env.API_PORT,
      publicUrl: env.API_PUBLIC_URL,
      trustedProxies: env.TRUSTED_PROXIES ?? [],
    },
    codec: { port: env.CODEC_PORT, allowedOrigins: env.CODEC_ALLOWED_ORIGINS },
    metrics: { host: env.METRICS_HOST, port: env.METRICS_PORT },
    auth: { issuer: env.AUTH_ISSUER, audience: env.AUTH_AUDIENCE, jwksUrl: env.AUTH_JWKS_URL },
    signIn: {
      clientId: env.SIGN_IN_CLIENT_ID,
      clientSecretFile: env.SIGN_IN_CLIENT_SECRET_FILE,
      backChannelUrl: env.SIGN_IN_BACK_CHANNEL_URL,
      acr: env.SIGN_IN_ACR,
      amr: env.SIGN_IN_AMR,
    },
    gateway: {
      url: env.GATEWAY_URL,
      appId: env.GATEWAY_APP_ID,
      keysFile: env.GATEWAY_KEYS_FILE,
    },
    dataKeysFile: env.DATA_KEYS_FILE,
    keyService: { url: env.KEY_SERVICE_URL, tokenFile: env.KEY_SERVICE_TOKEN_FILE },
    staffNoticeUrl: env.STAFF_NOTICE_URL,
    ocr: { reader: env.OCR_READER, dataDir: env.OCR_DATA_DIR },
    objectStoreDir: env.OBJECT_STORE_DIR,
    objectStoreBucket: bucketOf(env),
    lender: { name: env.LENDER_NAME, uscc: env.LENDER_USCC, account: env.LENDER_ACCOUNT },
    redisUrl: env.REDIS_URL,
    cacheMegabytes: env.CACHE_MEGABYTES,
    bureauRates: { pboc: env.BUREAU_RATE_PBOC, baihang: env.BUREAU_RATE_BAIHANG },
  };
}
