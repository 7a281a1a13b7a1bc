export const TEMPORAL_CLI_VERSION: string;
export function findTemporalCli(options: {
  readonly dataDir: string;
  readonly env?: NodeJS.ProcessEnv;
}): Promise<string>;
