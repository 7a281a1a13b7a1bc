/** Picks the key service that the configuration names: an HSM or KMS, or the keys in the development file. */
import { type Config, ConfigError } from '../config.ts';
import { createFileKeyService } from './file.ts';
import { createHttpKeyService } from './http.ts';
import type { KeyService } from './port.ts';

/**
 * Where the key service is; null where the development files keep the keys.
 * @throws ConfigError one sentence naming the variable
 */
export function keyServiceAddress(
  config: Pick<Config, 'environment' | 'keyService'>,
): { readonly url: string; readonly tokenFile: string } | null {
  const { url, tokenFile } = config.keyService;
  if (url === undefined) return null;
  if (tokenFile === undefined) {
    throw new ConfigError('KEY_SERVICE_TOKEN_FILE is not set, which KEY_SERVICE_URL needs.');
  }
  if (config.environment === 'production' && !url.startsWith('https:')) {
    throw new ConfigError('KEY_SERVICE_URL must be an https URL in production.');
  }
  return { url, tokenFile };
}

/**
 * Production keeps its key-encryption keys in a service of their own, never beside the data.
 * @throws ConfigError one sentence naming the variable
 */
export function openKeyService(
  config: Pick<Config, 'environment' | 'keyService' | 'dataKeysFile'>,
): KeyService {
  const service = keyServiceAddress(config);
  return service === null
    ? createFileKeyService(config.dataKeysFile, config.environment)
    : createHttpKeyService(service.url, service.tokenFile);
}
