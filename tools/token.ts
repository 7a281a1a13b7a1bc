/**
 * `npm run -s token -- --role reviewer [--subject x]`: prints one access token for curl, on development keys only.
 *
 * The token comes from the identity provider of the running sandbox, which hands them out on the loopback address.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { StartFailure } from './start/failure.ts';
import { publicUrls } from './start/environment.ts';
import { readSettings } from './start/settings.ts';

const usage = 'Usage: npm run -s token -- --role ROLE [--subject NAME] [--ttl SECONDS]';
const keyFile = z.object({ development: z.boolean().optional() });
const answerBody = z.object({ token: z.string().min(1) });

/** What the token is to say. */
export interface TokenRequest {
  readonly role: string;
  readonly subject?: string;
  readonly ttlSeconds?: number;
}

/**
 * Refuses to go on when a key file is not marked as development: tokens are never handed out beside real keys.
 * @throws StartFailure
 */
export function requireDevelopmentKeys(gatewayKeysFile: string): void {
  let text: string;
  try {
    text = readFileSync(gatewayKeysFile, 'utf8');
  } catch {
    throw new StartFailure(
      `There are no keys at ${gatewayKeysFile}: run npm start first, tokens come from its sandbox.`,
    );
  }
  if (keyFile.parse(JSON.parse(text)).development !== true)
    throw new StartFailure(
      `${gatewayKeysFile} is not marked as development keys: tokens are only printed on those.`,
    );
}

/**
 * Asks the sandbox for one token.
 * @throws StartFailure when the sandbox does not answer or refuses the role
 */
export async function fetchToken(sandboxUrl: string, request: TokenRequest): Promise<string> {
  const answer = await fetch(`${sandboxUrl}/_admin/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  if (answer === undefined)
    throw new StartFailure(`No sandbox answers at ${sandboxUrl}: run npm start first.`);
  if (!answer.ok)
    throw new StartFailure(
      `The sandbox refuses such a token (HTTP ${answer.status}): ${await answer.text()}`,
    );
  return answerBody.parse(await answer.json()).token;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string' },
      subject: { type: 'string' },
      ttl: { type: 'string' },
    },
  });
  if (values.role === undefined) throw new StartFailure(usage);
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const settings = readSettings(root, undefined, process.env);
  requireDevelopmentKeys(
    process.env.GATEWAY_KEYS_FILE ?? join(settings.dataDir, 'keys', 'gateway-keys.json'),
  );
  const request: TokenRequest = {
    role: values.role,
    ...(values.subject === undefined ? {} : { subject: values.subject }),
    ...(values.ttl === undefined ? {} : { ttlSeconds: Number(values.ttl) }),
  };
  process.stdout.write(`${await fetchToken(publicUrls(settings).sandbox, request)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
