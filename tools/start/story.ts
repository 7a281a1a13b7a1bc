/**
 * The order of a start: what waits for what, and what goes side by side.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment, publicUrls } from './environment.ts';
import type { Addresses } from './environment.ts';
import { reasonOf, StartFailure } from './failure.ts';
import type { House } from './house.ts';
import { freePort, portIsFree, requireFreePorts } from './ports.ts';
import type { WantedPort } from './ports.ts';
import { preparePostgres } from './postgres.ts';
import type { RunFile } from './run-file.ts';
import { runToEnd } from './script.ts';
import type { ServicePlan } from './service.ts';
import type { StartSettings } from './settings.ts';
import type { Supervisor } from './supervisor.ts';
import { temporalAnswers, temporalPlan } from './temporal.ts';

/** What one start works with. */
export interface Start {
  readonly settings: StartSettings;
  readonly house: House;
  readonly supervisor: Supervisor;
  readonly runFile: RunFile;
  readonly say: (line: string) => void;
}

/**
 * Brings everything up.
 * @returns the environment that the children run in
 * @throws StartFailure with one sentence; the caller stops what was started
 */
export async function bringUp(start: Start): Promise<NodeJS.ProcessEnv> {
  const { settings, house, supervisor } = start;
  await requireFreePorts(wantedPorts(settings));
  const keysFolder = join(settings.dataDir, 'keys');
  const keyFiles = await house.prepareKeys(keysFolder);
  const postgresPort = await choosePostgresPort(start);
  const temporalAddress = settings.temporalAddress ?? `127.0.0.1:${settings.ports.temporal}`;
  const environment = (databaseUrl: string) =>
    childEnvironment(settings, { databaseUrl, temporalAddress, keyFiles } satisfies Addresses);

  const database = bringUpDatabase(start, postgresPort).then(async (databaseUrl) => {
    const env = environment(databaseUrl);
    const { cancelled } = supervisor;
    const args = [house.migrate];
    await runToEnd({ name: 'migrate', args, settings, env, output: 'logged', cancelled });
    start.say('the database is migrated');
    return env;
  });
  // The sandbox keeps books of its own: it needs neither database nor Temporal.
  const sandbox = supervisor
    .start(nodePlan(start, 'sandbox', environment('')))
    .then(() => house.completeKeys(keysFolder, publicUrls(settings).sandbox));
  const temporal = bringUpTemporal(start);
  const env = await Promise.all([database, sandbox, temporal]).then(
    ([made]) => made,
    async (error: unknown) => {
      // What goes on beside the part that failed must have ended before the failure is told.
      await supervisor.stop();
      await Promise.allSettled([database, sandbox, temporal]);
      throw error;
    },
  );
  await Promise.all(
    (['worker', 'api', 'codec-server'] as const).map((name) =>
      supervisor.start(nodePlan(start, name, env)),
    ),
  );
  return env;
}

/**
 * Takes one sample application through, on the first start with everything embedded, so that nothing a newcomer opens
 * is empty. Its failure is told and does not undo the start.
 */
export async function takeSample(start: Start, env: NodeJS.ProcessEnv): Promise<void> {
  const { settings, house } = start;
  const done = join(settings.dataDir, 'sample-done');
  const embedded = settings.databaseUrl === undefined && settings.temporalAddress === undefined;
  if (!embedded || house.sample === undefined || !existsSync(house.sample) || existsSync(done))
    return;
  start.say('first start: taking one sample application through to the money');
  try {
    const args = [house.sample, '--sample'];
    const { cancelled } = start.supervisor;
    await runToEnd({ name: 'sample', args, settings, env, output: 'shown', cancelled });
    writeFileSync(done, '');
  } catch (error) {
    if (start.supervisor.isStopping) return;
    start.say(`the sample application did not go through: ${reasonOf(error)}`);
  }
}

function wantedPorts(settings: StartSettings): WantedPort[] {
  const { ports } = settings;
  const wanted: WantedPort[] = [
    { port: ports.api, title: 'API', variable: 'API_PORT' },
    { port: ports.codec, title: 'codec server', variable: 'CODEC_PORT' },
    { port: ports.sandbox, title: 'sandbox', variable: 'SANDBOX_PORT' },
  ];
  if (settings.temporalAddress === undefined)
    wanted.push(
      { port: ports.temporal, title: 'Temporal', variable: 'TEMPORAL_PORT' },
      { port: ports.temporalUi, title: 'Temporal UI', variable: 'TEMPORAL_UI_PORT' },
    );
  if (settings.databaseUrl === undefined && ports.postgres !== 0)
    wanted.push({ port: ports.postgres, title: 'PostgreSQL', variable: 'POSTGRES_PORT' });
  return wanted;
}

async function choosePostgresPort({ settings, runFile }: Start): Promise<number> {
  if (settings.ports.postgres !== 0) return settings.ports.postgres;
  const kept = runFile.postgresPort;
  if (kept !== undefined && (await portIsFree(kept))) return kept;
  const chosen = await freePort();
  runFile.change((record) => {
    record.postgresPort = chosen;
  });
  return chosen;
}

async function bringUpDatabase(start: Start, port: number): Promise<string> {
  const { settings, supervisor, say } = start;
  if (settings.databaseUrl !== undefined) return settings.databaseUrl;
  const prepared = await preparePostgres({
    dataDir: settings.dataDir,
    port,
    fast: false,
    say,
    cancelled: supervisor.cancelled,
  });
  await supervisor.start(prepared.plan);
  return prepared.url;
}

async function bringUpTemporal(start: Start): Promise<void> {
  const { settings, house, supervisor } = start;
  const { temporalAddress, temporalCli, temporalNamespace, ports } = settings;
  if (temporalAddress !== undefined) {
    if (!(await temporalAnswers(temporalAddress, temporalNamespace).catch(() => false)))
      throw new StartFailure(
        `No Temporal server with the namespace ${temporalNamespace} answers at ${temporalAddress} (TEMPORAL_ADDRESS).`,
      );
    await house.registerSearchAttributes(temporalAddress, temporalNamespace);
    return;
  }
  if (temporalCli === undefined)
    throw new StartFailure('No Temporal CLI was found: name it by TEMPORAL_CLI.');
  const plan = temporalPlan({
    cli: temporalCli,
    port: ports.temporal,
    uiPort: ports.temporalUi,
    codecEndpoint: publicUrls(settings).codec,
    databaseFile: join(settings.dataDir, 'temporal.db'),
    searchAttributes: house.searchAttributes,
    cwd: settings.root,
  });
  await supervisor.start(plan);
}

function nodePlan(
  { settings, house }: Start,
  name: keyof House['programs'],
  env: NodeJS.ProcessEnv,
): ServicePlan {
  return {
    name,
    command: process.execPath,
    args: ['--import', 'tsx', house.programs[name]],
    env,
    cwd: settings.root,
    stopSignal: 'SIGTERM',
    readyWithinMs: 90_000,
    ready: 'message',
  };
}
