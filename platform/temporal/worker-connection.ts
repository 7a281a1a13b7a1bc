/**
 * The connection to Temporal of a worker, apart from client.ts because it loads the SDK's native core.
 */
import { NativeConnection } from '@temporalio/worker';
import { answered, type TemporalAddress } from './client.ts';

/**
 * Compression costs time where nothing is gained, on the same machine, so it is off there.
 * @throws ConfigError when no Temporal server answers
 */
export async function connectWorkerToTemporal(config: TemporalAddress): Promise<NativeConnection> {
  const { address } = config.temporal;
  const isLocal = /^(127\.|localhost:|\[::1\])/.test(address);
  const compression = isLocal ? { grpcCompression: { codec: 'none' as const } } : {};
  return answered(address, NativeConnection.connect({ address, ...compression }));
}
