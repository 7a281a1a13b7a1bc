/**
 * Prometheus metrics of a process: one registry, and the server they are read from.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Labels must be few and never personal: a loan's id is not a label. */
export interface Telemetry {
  readonly registry: Registry;
  /** A counter; its name ends in `_total`. */
  counter<L extends string>(name: string, help: string, labels: readonly L[]): Counter<L>;
  /** A histogram of seconds; its name ends in `_seconds`. */
  histogram<L extends string>(name: string, help: string, labels: readonly L[]): Histogram<L>;
}

/** Upper bounds in seconds, from a database round trip to a bureau on a slow day. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** @param process name of the process, the `process` label of every metric */
export function createTelemetry(process: string): Telemetry {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    counter: (name, help, labels) =>
      new Counter({ name, help, labelNames: labels, registers: [registry] }),
    histogram: (name, help, labels) =>
      new Histogram({ name, help, labelNames: labels, buckets: BUCKETS, registers: [registry] }),
  };
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `GET /metrics`. `port` 0 takes a free one. @throws when the port is taken */
export async function startMetricsServer(
  registry: Registry,
  address: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const bound: AddressInfo | string | null = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
