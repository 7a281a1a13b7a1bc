/**
 * `npm run -s clients -- …`: the programs of integrators that may sign in, and the public keys they sign with.
 *
 *   add ID --name NAME --alg ES256|SM2SM3 --key PUBLIC.pem --scopes a,b [--rate PER_MINUTE]
 *   list
 *   disable ID
 *   enable ID
 *   sign ID (every request of an SM2SM3 client must be signed from now on)
 *   unsign ID
 *
 * DATABASE_URL and DATABASE_SCHEMA say where. Every change is on the audit trail under the operating system's user.
 */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { CLIENT_ALGS, type ClientAlg, isKeyFor } from '../../api/auth/client-assertion.ts';
import { isScope, SCOPES, type Scope } from '../../api/auth/scopes.ts';
import type { Db, Queryable } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { addClient, listClients, setClientState } from '../../db/queries/sign-in.ts';
import { setSigning } from '../../db/queries/signing-clients.ts';
import { runDatabaseCommand } from '../database-command.ts';
import { StartFailure } from '../start/failure.ts';

const USAGE =
  'Usage: clients add ID --name NAME --alg ES256|SM2SM3 --key PUBLIC.pem --scopes a,b [--rate N] | list | disable ID | enable ID | sign ID | unsign ID';
const CLIENT_ID = /^[a-z0-9][a-z0-9-]{2,63}$/;
const RATE_DEFAULT = '600';

interface Options {
  readonly name?: string | undefined;
  readonly alg?: string | undefined;
  readonly key?: string | undefined;
  readonly scopes?: string | undefined;
  readonly rate?: string | undefined;
}

function algOf(text: string | undefined): ClientAlg {
  const alg = CLIENT_ALGS.find((one) => one === text);
  if (alg === undefined) throw new StartFailure(`--alg is one of ${CLIENT_ALGS.join(', ')}.`);
  return alg;
}

function scopesOf(text: string | undefined): readonly Scope[] {
  const asked = (text ?? '').split(',').map((one) => one.trim());
  const scopes = asked.filter(isScope);
  if (scopes.length === 0 || scopes.length < asked.length)
    throw new StartFailure(`--scopes are some of ${SCOPES.join(', ')}.`);
  return scopes;
}

function keyOf(alg: ClientAlg, file: string | undefined): string {
  if (file === undefined) throw new StartFailure(USAGE);
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch {
    throw new StartFailure(`The key file ${file} cannot be read.`);
  }
  if (pem.includes('PRIVATE KEY') || !isKeyFor(alg, pem))
    throw new StartFailure(`${file} is not the PEM of a public key for ${alg}.`);
  return pem;
}

function rateOf(text = RATE_DEFAULT): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new StartFailure('--rate is a number of requests a minute.');
  return Number(text);
}

/** In the change's own transaction: a change that cannot be recorded is not made. */
async function record(
  tx: Queryable,
  action: string,
  clientId: string,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const actor = `os:${userInfo().username}`;
  const subject = { subjectKind: 'client', subjectId: clientId };
  await recordAudit(tx, { actor, role: null, action, ...subject, result: 'DONE', detail });
}

async function add(db: Db, clientId: string, options: Options): Promise<string> {
  if (!CLIENT_ID.test(clientId))
    throw new StartFailure('An id has 3 to 64 lower-case letters, digits and hyphens.');
  const alg = algOf(options.alg);
  const client = {
    clientId,
    name: options.name ?? clientId,
    alg,
    publicKeyPem: keyOf(alg, options.key),
    scopes: scopesOf(options.scopes),
    requestsPerMinute: rateOf(options.rate),
  };
  const added = await db.transaction().execute(async (tx) => {
    if (!(await addClient(tx, client))) return false;
    const { scopes, requestsPerMinute } = client;
    await record(tx, 'client.add', clientId, { alg, scopes, requestsPerMinute });
    return true;
  });
  if (!added) throw new StartFailure(`There is a client ${clientId} already.`);
  return `added ${clientId}`;
}

async function setState(db: Db, clientId: string, state: 'ACTIVE' | 'DISABLED'): Promise<string> {
  await db.transaction().execute(async (tx) => {
    if (!(await setClientState(tx, clientId, state)))
      throw new StartFailure(`There is no client ${clientId}.`);
    await record(tx, state === 'ACTIVE' ? 'client.enable' : 'client.disable', clientId);
  });
  return `${clientId} is ${state.toLowerCase()}`;
}

async function setSigns(db: Db, clientId: string, signs: boolean): Promise<string> {
  await db.transaction().execute(async (tx) => {
    if (!(await setSigning(tx, clientId, signs, new Date())))
      throw new StartFailure(`There is no client ${clientId} with an SM2 key.`);
    await record(tx, signs ? 'client.sign' : 'client.unsign', clientId);
  });
  return `${clientId} ${signs ? 'signs' : 'need not sign'} its requests`;
}

async function list(db: Db): Promise<string> {
  const clients = await listClients(db);
  const lines = clients.map((one) =>
    [
      one.client_id,
      one.state,
      one.alg,
      `${one.requests_per_minute}/min`,
      one.scopes.join(','),
    ].join('\t'),
  );
  return lines.length === 0 ? 'no clients' : lines.join('\n');
}

/**
 * One command; gives what to print.
 * @throws StartFailure one sentence, when the command or what it names is not as it must be
 */
export async function runClients(db: Db, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      alg: { type: 'string' },
      key: { type: 'string' },
      scopes: { type: 'string' },
      rate: { type: 'string' },
    },
  });
  const [command, clientId] = positionals;
  if (command === 'list') return await list(db);
  if (clientId === undefined) throw new StartFailure(USAGE);
  if (command === 'add') return await add(db, clientId, values);
  if (command === 'disable') return await setState(db, clientId, 'DISABLED');
  if (command === 'enable') return await setState(db, clientId, 'ACTIVE');
  if (command === 'sign' || command === 'unsign')
    return await setSigns(db, clientId, command === 'sign');
  throw new StartFailure(USAGE);
}

await runDatabaseCommand(import.meta.url, runClients);
