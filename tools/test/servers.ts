/**
 * The servers that tests share: PostgreSQL and Temporal on free ports with data of their own, gone after the run.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import { prepareDataFolder } from '../start/data-folder.ts';
import { freePort } from '../start/ports.ts';
import { preparePostgres } from '../start/postgres.ts';
import { endAbandoned, RunFile } from '../start/run-file.ts';
import { Supervisor } from '../start/supervisor.ts';
import { temporalPlan } from '../start/temporal.ts';

/** Half a gibibyte holds the test databases with room to spare. */
const NEEDED_BYTES = 512 * 1024 ** 2;

/** How the scratch folders are named, so that what a killed run left behind is found and removed. */
export const PREFIX = 'xindai-test-';

/** Running test servers. */
export interface TestServers {
  /** Environment variables that tell the tests where they are. */
  readonly env: Record<string, string>;
  /** A scratch folder that goes when the servers go. */
  readonly folder: string;
  /** Stops them and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts both servers side by side.
 * @param temporalCli the `temporal` program
 * @throws StartFailure when one does not come up; the other is stopped again
 */
export async function startTestServers(
  temporalCli: string,
  say: (line: string) => void,
): Promise<TestServers> {
  await sweepAbandoned(say);
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  // PostgreSQL, started by root, runs as a user who must be able to enter.
  chmodSync(folder, 0o711);
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  prepareDataFolder(dataDir, NEEDED_BYTES);
  const runFile = new RunFile(dataDir);
  await runFile.takeOver(say);
  const supervisor = new Supervisor(runFile, join(dataDir, 'logs'), say);
  let postgresFolder = folder;
  const stop = async () => {
    await supervisor.stop();
    rmSync(postgresFolder, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [postgresPort, temporalPort] = [await freePort(), await freePort()];
    const postgres = await preparePostgres({ dataDir, port: postgresPort, fast: true, say });
    postgresFolder = join(postgres.folder, '..');
    const temporal = temporalPlan({
      cli: temporalCli,
      port: temporalPort,
      searchAttributes: SEARCH_ATTRIBUTES,
      cwd: folder,
    });
    await Promise.all([supervisor.start(postgres.plan), supervisor.start(temporal)]);
    const env = {
      TEST_DATABASE_URL: postgres.url,
      TEST_TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`,
      TEST_TEMPORAL_CLI: temporalCli,
    };
    return { env, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends the servers of test runs that were killed, and removes their folders; runs that go on are left alone. */
export async function sweepAbandoned(say: (line: string) => void): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const dataDir = join(folder, 'data');
    if (!existsSync(join(dataDir, 'run.json')) || !(await endAbandoned(dataDir, say))) continue;
    const shelter = join(dataDir, 'postgres-home');
    if (existsSync(shelter))
      rmSync(readFileSync(shelter, 'utf8').trim(), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}
