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
}

/** @throws Error one sentence, when the port cannot be had */
export function listen(options: ListenOptions): Promise<Listening> {
  const { fetch, host, port } = options;
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, (address) => {
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
