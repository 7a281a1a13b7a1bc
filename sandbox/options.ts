/** What a sandbox can be told, and how its process reads it from the environment. */
import { z } from 'zod';
import type { ClientKeys } from './clients.ts';

export interface SandboxOptions {
  /** Folder of its database and keys; made when missing. */
  readonly dataFolder: string;
  /** 0 for any free port. */
  readonly port?: number;
  readonly host?: string;
  /** The same seed draws the same population. */
  readonly seed?: string;
  /** Callers known from the start. */
  readonly clients?: ClientKeys;
  /** JSON file of more callers. */
  readonly clientsFile?: string | null;
  /** Base of the platform's webhooks; `/bank` is appended. */
  readonly callbackUrl?: string;
  /** Issuer of tokens; default `{url}/idp`. */
  readonly issuerUrl?: string | null;
  /** False lifts the quotas of the bureaus, for benches. */
  readonly rateLimits?: boolean;
  /** How long an accepted payment ordinarily takes, in milliseconds. */
  readonly settleMs?: number;
  /** Wait before a callback is tried the second time; doubled each time. */
  readonly callbackBackoffMs?: number;
  readonly clock?: () => Date;
  /** What the `crash` fault does; the process entry ends the process. */
  readonly crash?: () => void;
}

const environment = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(9090),
  SANDBOX_HOST: z.string().min(1).default('127.0.0.1'),
  SANDBOX_DATA: z.string().min(1),
  SANDBOX_SEED: z.string().min(1).default('xindai'),
  SANDBOX_CLIENTS_FILE: z.string().min(1).optional(),
  SANDBOX_CALLBACK_URL: z.url().default('http://127.0.0.1:8080/v1/webhooks'),
  SANDBOX_ISSUER_URL: z.url().optional(),
  SANDBOX_RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  SANDBOX_SETTLE_MS: z.coerce.number().int().min(0).default(400),
});

/** @throws an Error of one sentence that names the variables that are missing or wrong */
export function readOptions(env: NodeJS.ProcessEnv): SandboxOptions {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The sandbox cannot start with this environment: ${faults.join('; ')}.`);
  }
  const read = parsed.data;
  return {
    dataFolder: read.SANDBOX_DATA,
    port: read.SANDBOX_PORT,
    host: read.SANDBOX_HOST,
    seed: read.SANDBOX_SEED,
    clientsFile: read.SANDBOX_CLIENTS_FILE ?? null,
    callbackUrl: read.SANDBOX_CALLBACK_URL,
    issuerUrl: read.SANDBOX_ISSUER_URL ?? null,
    rateLimits: read.SANDBOX_RATE_LIMITS === 'on',
    settleMs: read.SANDBOX_SETTLE_MS,
  };
}
