/** Opens the client of Redis: what Redis cannot answer at once is answered without it, and its absence stops no process. */
import { Redis } from 'ioredis';

/** Longer than this and the request is better served without the answer. */
const COMMAND_TIMEOUT_MS = 150;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection on which nothing comes back for so long is given up and opened anew. */
const SILENCE_MS = 1_000;
const LONGEST_PAUSE_MS = 2_000;

/** Stands before every key, so that the server can be shared. */
export const REDIS_KEY_PREFIX = 'xindai:';

/** Pauses before the next attempt to connect grow from 50 ms to 2 s; attempts never end. */
const pauseBefore = (attempt: number): number =>
  Math.min(50 * 2 ** Math.min(attempt - 1, 10), LONGEST_PAUSE_MS);

/**
 * A client that connects in the background and again whenever the connection is lost. A command that is given while there
 * is no connection, or not answered in 150 ms, fails; none is kept for later, because a late count is a wrong one.
 * @param url redis or rediss URL
 * @param onFault told once when the connection fails, and not again until it has worked in between
 */
export function openRedis(url: string, onFault: (error: Error) => void): Redis {
  const client = new Redis(url, {
    keyPrefix: REDIS_KEY_PREFIX,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: pauseBefore,
  });
  let isTold = false;
  client.on('ready', () => {
    isTold = false;
  });
  client.on('error', (error: Error) => {
    if (!isTold) onFault(error);
    isTold = true;
  });
  return client;
}

/** Lets go of the connection and of every attempt to open it again. */
export function closeRedis(client: Redis | undefined): void {
  client?.disconnect();
}
