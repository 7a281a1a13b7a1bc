/**
 * Commands of those who look after the keys; each starts a workflow by an id, so that the same command twice is one.
 *
 *   keys rotate-wrapping [--new-key]     wraps every data key under the key service's newest key-encryption key;
 *                                        --new-key first adds one to the development file
 *   keys rotate-data [--name NAME]       gives everybody new data keys and seals everything anew; NAME is the day
 *   keys erase APPLICANT --proposed-by A --approved-by B
 *                                        destroys a person's keys, once no law wants the data kept any longer
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { businessDate } from '../platform/clock.ts';
import { ConfigError } from '../platform/config.ts';
import { openKeyService } from '../platform/key-service/open.ts';
import { addWrappingKey, readDataKeys } from '../platform/keys.ts';
import { connectTemporal } from '../platform/temporal/client.ts';
import { keyErasureWorkflowId, keyRotationWorkflowId, queueName } from '../workflows/ids.ts';
import { type Place, readPlace } from './demo/place.ts';
import { StartFailure } from './start/failure.ts';

const USAGE =
  'Usage: keys rotate-wrapping [--new-key] | rotate-data [--name NAME] | erase APPLICANT --proposed-by A --approved-by B';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A workflow to start. */
export interface Command {
  readonly type: 'keyRotation' | 'keyErasure';
  readonly id: string;
  readonly input: object;
}

const OPTIONS = {
  'new-key': { type: 'boolean', default: false },
  name: { type: 'string' },
  'proposed-by': { type: 'string' },
  'approved-by': { type: 'string' },
} as const;

/** What the command asks of the key-encryption keys. */
export interface KeyEncryptionKeys {
  /** Adds one; only to a development file. */
  add(): Promise<unknown>;
  current(): Promise<string>;
}

/**
 * The workflow that a command line asks for.
 * @throws StartFailure with the usage
 */
export async function commandOf(
  words: readonly string[],
  keks: KeyEncryptionKeys,
  today: string,
): Promise<Command> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: OPTIONS,
    allowPositionals: true,
  });
  const [verb, applicantId] = positionals;
  if (verb === 'rotate-wrapping') {
    if (values['new-key']) await keks.add();
    const id = keyRotationWorkflowId('WRAPPING', await keks.current());
    return { type: 'keyRotation', id, input: { kind: 'WRAPPING' } };
  }
  if (verb === 'rotate-data') {
    const id = keyRotationWorkflowId('DATA', values.name ?? today);
    return { type: 'keyRotation', id, input: { kind: 'DATA' } };
  }
  const { 'proposed-by': proposedBy, 'approved-by': approvedBy } = values;
  const complete = proposedBy !== undefined && approvedBy !== undefined;
  if (verb !== 'erase' || applicantId === undefined || !UUID.test(applicantId) || !complete) {
    throw new StartFailure(USAGE);
  }
  const input = { applicantId, proposedBy, approvedBy };
  return { type: 'keyErasure', id: keyErasureWorkflowId(applicantId), input };
}

/** Starts the workflow unless it was started before, and gives what came of it. */
async function run(place: Place, command: Command, env: NodeJS.ProcessEnv): Promise<unknown> {
  const environment = env.NODE_ENV === 'production' ? 'production' : 'development';
  const { payloads } = readDataKeys(place.dataKeysFile, environment);
  const temporal = await connectTemporal(
    { temporal: { address: place.temporalAddress, namespace: place.temporalNamespace } },
    payloads,
  );
  const { workflow } = temporal.client;
  try {
    await workflow.start(command.type, {
      workflowId: command.id,
      taskQueue: queueName(env.TASK_QUEUE_PREFIX ?? '', 'loan'),
      args: [command.input],
      // One that failed may be tried again; one that ended well is not done twice.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const result: unknown = await workflow.getHandle(command.id).result();
  await temporal.close();
  return result;
}

async function main(): Promise<void> {
  const { env } = process;
  const place = readPlace(dirname(dirname(fileURLToPath(import.meta.url))), env);
  const keyService = () =>
    openKeyService({
      environment: env.NODE_ENV === 'production' ? 'production' : 'development',
      keyService: { url: env.KEY_SERVICE_URL, tokenFile: env.KEY_SERVICE_TOKEN_FILE },
      dataKeysFile: place.dataKeysFile,
    });
  const keks = {
    add: () => addWrappingKey(place.dataKeysFile),
    current: () => keyService().currentKekId(),
  };
  const command = await commandOf(process.argv.slice(2), keks, businessDate(new Date()));
  const result = await run(place, command, env);
  process.stdout.write(`${command.id}: ${JSON.stringify(result)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    const known = error instanceof StartFailure || error instanceof ConfigError;
    process.stderr.write(`${known ? error.message : `keys: ${String(error)}`}\n`);
    process.exitCode = 1;
  }
}
