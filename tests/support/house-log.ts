/** What the Temporal SDK logs while a house stands: kept beside the house's own lines, so that a test can read all of it. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

const sinks = new Set<string[]>();
let installed = false;

/**
 * Sends the SDK's lines to `lines` from now on. The SDK has one runtime a process, which test files share, so it is set up
 * once.
 * @returns what ends it
 */
export function captureTemporalLog(lines: string[]): () => void {
  sinks.add(lines);
  installOnce();
  return () => void sinks.delete(lines);
}

function installOnce(): void {
  if (installed) return;
  installed = true;
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const line = JSON.stringify({ level, message, meta }, (_key, value: unknown) =>
      value instanceof Error ? `${value.name}: ${value.message} ${value.stack ?? ''}` : value,
    );
    for (const sink of sinks) sink.push(line);
  });
  Runtime.install({ logger });
}
