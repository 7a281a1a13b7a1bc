/**
 * What a start was asked for: ports, folders and addresses, read from the environment.
 */
import { isAbsolute, join } from 'node:path';
import { StartFailure } from './failure.ts';

/** The ports of a start; PostgreSQL's is 0 when the start is to choose one and keep it. */
export interface StartPorts {
  readonly api: number;
  readonly codec: number;
  readonly sandbox: number;
  readonly temporal: number;
  readonly temporalUi: number;
  readonly postgres: number;
}

/** What a start was asked for. */
export interface StartSettings {
  /** The repository's root folder. */
  readonly root: string;
  /** Everything that Xindai keeps; `.data` under the root unless XINDAI_DATA says otherwise. */
  readonly dataDir: string;
  readonly ports: StartPorts;
  /** A running PostgreSQL; undefined starts the embedded one. */
  readonly databaseUrl: string | undefined;
  /** A running Temporal `host:port`; undefined starts the development server. */
  readonly temporalAddress: string | undefined;
  readonly temporalNamespace: string;
  /** The `temporal` program; undefined when a running cluster is named. */
  readonly temporalCli: string | undefined;
  /** The environment that the children inherit. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Reads the settings.
 * @throws StartFailure naming the variable whose value is no port
 */
export function readSettings(
  root: string,
  temporalCli: string | undefined,
  env: NodeJS.ProcessEnv,
): StartSettings {
  const data = text(env.XINDAI_DATA) ?? '.data';
  return {
    root,
    dataDir: isAbsolute(data) ? data : join(root, data),
    ports: {
      api: port(env, 'API_PORT', 8080),
      codec: port(env, 'CODEC_PORT', 8081),
      sandbox: port(env, 'SANDBOX_PORT', 9090),
      temporal: port(env, 'TEMPORAL_PORT', 7233),
      temporalUi: port(env, 'TEMPORAL_UI_PORT', 8233),
      postgres: port(env, 'POSTGRES_PORT', 0),
    },
    databaseUrl: text(env.DATABASE_URL),
    temporalAddress: text(env.TEMPORAL_ADDRESS),
    temporalNamespace: text(env.TEMPORAL_NAMESPACE) ?? 'default',
    temporalCli,
    env,
  };
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function port(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const given = text(env[variable]);
  if (given === undefined) return fallback;
  const number = Number(given);
  const lowest = fallback === 0 ? 0 : 1;
  if (!Number.isInteger(number) || number < lowest || number > 65_535)
    throw new StartFailure(`${variable} is "${given}", which is no port number.`);
  return number;
}
