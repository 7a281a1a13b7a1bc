/**
 * The Temporal development server: how to run it, and whether a Temporal server answers at an address.
 */
import { Connection } from '@temporalio/client';
import { somebodyListens } from './ports.ts';
import type { ServicePlan } from './service.ts';

/** A search attribute as the server's command line takes it. */
export interface SearchAttribute {
  readonly name: string;
  /** Temporal's name of the type, such as `Keyword` or `Datetime`. */
  readonly type: string;
}

/** How a development server is to be run. */
export interface TemporalOptions {
  /** Path of the `temporal` program. */
  readonly cli: string;
  readonly port: number;
  /** Without it the Web UI is left out. */
  readonly uiPort?: number;
  /** Where the UI's browser finds the codec server that decrypts payloads. */
  readonly codecEndpoint?: string;
  /** SQLite file; without it everything is in memory. */
  readonly databaseFile?: string;
  readonly searchAttributes: readonly SearchAttribute[];
  readonly cwd: string;
}

/** The plan of a development server with time skipping, which tests and rehearsals move the loans' clocks by. */
export function temporalPlan(options: TemporalOptions): ServicePlan {
  const { cli, port, uiPort, codecEndpoint, databaseFile, searchAttributes } = options;
  const ui = uiPort === undefined ? ['--headless'] : [`--ui-port=${uiPort}`];
  const codec = codecEndpoint === undefined ? [] : [`--ui-codec-endpoint=${codecEndpoint}`];
  // The write-ahead log makes the file as fast as memory; a killed process loses nothing (temporal.md §0).
  const file =
    databaseFile === undefined
      ? []
      : [
          `--db-filename=${databaseFile}`,
          '--sqlite-pragma=journal_mode=WAL',
          '--sqlite-pragma=synchronous=NORMAL',
        ];
  const attributes = searchAttributes.map(({ name, type }) => `--search-attribute=${name}=${type}`);
  return {
    name: 'temporal',
    command: cli,
    args: [
      'server',
      'start-dev',
      '--ip=127.0.0.1',
      `--port=${port}`,
      ...ui,
      ...codec,
      ...file,
      ...attributes,
      '--dynamic-config-value=frontend.WorkflowTimeSkippingEnabled=true',
      '--log-level=warn',
      '--log-format=json',
    ],
    env: process.env,
    cwd: options.cwd,
    stopSignal: 'SIGTERM',
    readyWithinMs: 60_000,
    ready: () => temporalAnswers(`127.0.0.1:${port}`, 'default'),
  };
}

/**
 * Whether a Temporal server at the address knows the namespace.
 *
 * A bare connection is tried first: gRPC waits a whole second after a refused one, and a start asks many times.
 */
export async function temporalAnswers(address: string, namespace: string): Promise<boolean> {
  if (!(await somebodyListens(address))) return false;
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } finally {
    await connection.close();
  }
}
