/** Listens with an app on a port and stops listening gracefully. */
import { serve } from '@hono/node-server';

export interface Listening {
  /** The port taken, where 0 was asked for. */
  readonly port: number;
  /** Takes no more connections and waits until the answers under way are out. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** `env` is the connection the request came over, as @hono/node-server describes it. */
  readonly fetch: (request: Request, env: object) => Response | Promise<Response>;
  readonly host: string;
  readonly port: number;
  /** Other limits than the house's, for tests. */
  readonly limits?: Partial<typeof CONNECTION_LIMITS>;
}

/**
 * What a connection may cost: 16 KB of headers within 10 s, the whole request within a minute (a piece of a recording
 * over a slow phone), and 5 s of silence between two requests. Node.js answers 431 and 408 by itself.
 */
const CONNECTION_LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
};

/** @throws Error one sentence, when the port cannot be had */
export function listen(options: ListenOptions): Promise<Listening> {
  const { fetch, host, port, limits } = options;
  return new Promise((resolve, reject) => {
    const serverOptions = { ...CONNECTION_LIMITS, ...limits };
    // Node's own Request and Response stay what they are for everything else in this process.
    const own = { hostname: host, port, overrideGlobalObjects: false };
    const server = serve({ fetch, ...own, serverOptions }, (address) => {
      resolve({
        port: address.port,
        close: () =>
          new Promise((closed, failed) => {
            server.close((error) => (error === undefined ? closed() : failed(error)));
            // Idle keep-alive connections would hold the process up for as long as their clients like.
            if ('closeIdleConnections' in server) server.closeIdleConnections();
          }),
      });
    });
    server.on('error', (cause) => {
      reject(new Error(`Cannot listen on ${host}:${port}: ${cause.message}.`, { cause }));
    });
  });
}
