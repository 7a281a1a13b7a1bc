/**
 * The metrics of a process can be read, and only they.
 */
import { describe, expect, it } from 'vitest';
import { createTelemetry, startMetricsServer } from '../../platform/telemetry.ts';

describe('the metrics server', () => {
  it('serves what was counted and measured, labelled by process, and nothing else', async () => {
    const telemetry = createTelemetry('worker');
    telemetry.counter('bureau_requests_total', 'Requests.', ['service']).inc({ service: 'pboc' });
    telemetry
      .histogram('bureau_seconds', 'Durations.', ['service'])
      .observe({ service: 'pboc' }, 0.2);
    const server = await startMetricsServer(telemetry.registry, { host: '127.0.0.1', port: 0 });
    try {
      const base = `http://127.0.0.1:${server.port}`;
      const text = await (await fetch(`${base}/metrics`)).text();
      expect(text).toContain('bureau_requests_total{service="pboc",process="worker"} 1');
      expect(text).toContain('bureau_seconds_bucket{le="0.25",process="worker",service="pboc"} 1');
      expect((await fetch(`${base}/`)).status).toBe(404);
      const taken = startMetricsServer(telemetry.registry, {
        host: '127.0.0.1',
        port: server.port,
      });
      await expect(taken).rejects.toThrow('EADDRINUSE');
    } finally {
      await server.close();
    }
  });
});
