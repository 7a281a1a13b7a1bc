/** The sandbox as a process: reads its environment, serves until told to stop, and crashes when a fault says so. */
import { readOptions } from './options.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

/** Exit code of the `crash` fault, so that a supervisor can tell it from a failed start. */
const CRASH_EXIT_CODE = 86;

async function main(): Promise<void> {
  const sandbox = await createSandbox({
    ...readOptions(process.env),
    crash: () => process.exit(CRASH_EXIT_CODE),
  });
  stopWith(sandbox);
  process.stdout.write(`sandbox: the outside world answers at ${sandbox.url}\n`);
  process.send?.({ ready: true, port: sandbox.port });
}

/** Stops once, on a signal or when the supervisor is gone. */
function stopWith(sandbox: Sandbox): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void sandbox.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'The sandbox could not start.';
  return 'code' in error && error.code === 'EADDRINUSE'
    ? 'The sandbox could not start: its port is in use.'
    : error.message;
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
