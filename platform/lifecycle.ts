/**
 * The life of a process: start, say that it is ready, stop gracefully when asked, and end with an honest exit code.
 */

/** A process that runs. */
export interface Running {
  /** Finishes what is in hand and lets go of everything. */
  stop(): Promise<void>;
  /** Told to the parent with `ready: true`, such as the port that was taken. */
  readonly announce?: Readonly<Record<string, unknown>>;
}

/** A graceful stop that takes longer is given up. */
const STOP_WITHIN_MS = 25_000;

/**
 * Runs a process to its end.
 * Ready is told to the parent by IPC. SIGTERM, SIGINT or the end of the IPC channel (the parent died) stop it: exit
 * code 0, or 1 when stopping fails or takes more than 25 s. A start that fails prints one sentence and exits with 1.
 * @param name what the sentence begins with
 */
export function runProcess(name: string, start: () => Promise<Running>): void {
  let asked: () => void = () => undefined;
  const stopAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  process.on('SIGTERM', asked);
  process.on('SIGINT', asked);
  if (process.send !== undefined) process.on('disconnect', asked);
  live(start, stopAsked).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${name}: ${sentence(error)}\n`);
      process.exit(1);
    },
  );
}

/** A stop that is asked for during the start takes effect once the start is done. */
async function live(start: () => Promise<Running>, stopAsked: Promise<void>): Promise<void> {
  const running = await start();
  if (process.send !== undefined && process.connected) {
    process.send({ ready: true, ...running.announce });
  }
  await stopAsked;
  await within(STOP_WITHIN_MS, running.stop());
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`did not stop within ${milliseconds / 1000} s.`)),
      milliseconds,
    );
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first line of what went wrong; a stack helps nobody who starts a program. */
function sentence(error: unknown): string {
  const text = error instanceof Error && error.message !== '' ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
