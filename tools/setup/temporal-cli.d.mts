/** Types of temporal-cli.mjs, which is plain JavaScript because it runs before any package is installed. */
export declare const TEMPORAL_CLI_VERSION: string;
export declare function findTemporalCli(options: {
  readonly dataDir: string;
  readonly env?: NodeJS.ProcessEnv;
}): Promise<string>;
