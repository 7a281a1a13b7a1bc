/**
 * The connection to Temporal of those who start and address workflows.
 */
import { Client, Connection } from '@temporalio/client';
import { type Config, ConfigError } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { createDataConverter } from './data-converter.ts';

/** What is needed of the configuration to connect. */
export interface TemporalAddress {
  readonly temporal: Pick<Config['temporal'], 'address' | 'namespace'>;
}

export interface TemporalConnection {
  readonly client: Client;
  readonly connection: Connection;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * A client whose payloads are sealed under `keyring`. Its calls are not compressed.
 * @throws ConfigError when no Temporal server answers within 5 s
 */
export async function connectTemporal(
  config: TemporalAddress,
  keyring: Keyring,
): Promise<TemporalConnection> {
  const { address, namespace } = config.temporal;
  const connection = await answered(
    address,
    Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS }),
  );
  const dataConverter = createDataConverter(keyring);
  const client = new Client({ connection, namespace, dataConverter });
  return { client, connection, close: () => connection.close() };
}

/** @throws ConfigError in place of whatever kept the connection from being made */
export async function answered<T>(address: string, connecting: Promise<T>): Promise<T> {
  try {
    return await connecting;
  } catch (cause) {
    throw new ConfigError(`No Temporal server answers at ${address} (TEMPORAL_ADDRESS).`, {
      cause,
    });
  }
}
