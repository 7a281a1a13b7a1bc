/**
 * The environment that the children of a start run in: where each finds the others.
 */
import { join } from 'node:path';
import type { StartSettings } from './settings.ts';

/** What is known once the keys are made and the ports are chosen. */
export interface Addresses {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** Variables that name the key files. */
  readonly keyFiles: Record<string, string>;
}

/** The base addresses that people and programs open. */
export function publicUrls(settings: StartSettings) {
  const { ports } = settings;
  return {
    api: `http://127.0.0.1:${ports.api}`,
    codec: `http://127.0.0.1:${ports.codec}`,
    sandbox: `http://127.0.0.1:${ports.sandbox}`,
    temporalUi: `http://127.0.0.1:${ports.temporalUi}`,
  };
}

/**
 * The children's environment. What the person set stays; the addresses of what we start ourselves are ours to say.
 */
export function childEnvironment(settings: StartSettings, addresses: Addresses): NodeJS.ProcessEnv {
  const { dataDir, ports } = settings;
  const urls = publicUrls(settings);
  const defaults = {
    NODE_ENV: 'development',
    TEMPORAL_UI_URL: urls.temporalUi,
    API_PUBLIC_URL: urls.api,
    CODEC_ALLOWED_ORIGINS: `${urls.temporalUi},http://localhost:${ports.temporalUi}`,
    GATEWAY_URL: urls.sandbox,
    STAFF_NOTICE_URL: `${urls.sandbox}/staff-notices`,
    // The sandbox's identity provider writes this audience into its tokens.
    AUTH_AUDIENCE: 'xindai-api',
    AUTH_ISSUER: `${urls.sandbox}/idp`,
    AUTH_JWKS_URL: `${urls.sandbox}/idp/jwks`,
    OBJECT_STORE_DIR: join(dataDir, 'objects'),
    WORKFLOW_BUNDLE_DIR: join(dataDir, 'bundles'),
    SANDBOX_DATA: join(dataDir, 'sandbox'),
    SANDBOX_CALLBACK_URL: `${urls.api}/v1/webhooks`,
    SANDBOX_ISSUER_URL: `${urls.sandbox}/idp`,
  };
  return {
    ...defaults,
    ...addresses.keyFiles,
    ...settings.env,
    DATABASE_URL: addresses.databaseUrl,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    TEMPORAL_NAMESPACE: settings.temporalNamespace,
    API_PORT: String(ports.api),
    CODEC_PORT: String(ports.codec),
    SANDBOX_PORT: String(ports.sandbox),
  };
}
