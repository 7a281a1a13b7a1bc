/** Builds the outside world from its parts and serves it: one process, one port, its own books. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { openBooks } from './bank/books.ts';
import { createCallbacks } from './bank/callbacks.ts';
import { createSettlement } from './bank/settlement.ts';
import { createWorldApp } from './app.ts';
import { loadClients } from './clients.ts';
import { type DoorParts, forgetNonces } from './door.ts';
import { createExchangeLog } from './exchange-log.ts';
import { createFaults, type FaultInput, faultInput } from './faults.ts';
import { createIdpHandler } from './idp/provider.ts';
import { loadTokenKeys, mintToken, type TokenInput } from './idp/token-keys.ts';
import { residentNumber } from './identifiers.ts';
import { loadKeys, type SandboxKeys } from './keys.ts';
import type { Operation } from './operation.ts';
import type { SandboxOptions } from './options.ts';
import {
  type CertificateAuthority,
  loadCertificateAuthority,
} from './papers/certificate-authority.ts';
import { loadTsaIdentity, type TsaIdentity } from './papers/tsa-certificates.ts';
import type { PublishedKeys, SandboxParts } from './parts.ts';
import { createPeople, type People } from './people/people.ts';
import { createRateLimiter, RATE_LIMITS } from './rate-limit.ts';
import { baihangOperations } from './services/baihang.ts';
import { bankOperations } from './services/bank.ts';
import { caOperations } from './services/ca.ts';
import { identityOperations } from './services/identity.ts';
import { pbocOperations } from './services/pboc.ts';
import { registryOperations } from './services/registry.ts';
import { smsOperations } from './services/sms.ts';
import { tsaOperations } from './services/tsa.ts';
import { openDatabase } from './store/database.ts';

/** How long a stopping sandbox waits for exchanges that are still running. */
const CLOSE_PATIENCE_MS = 2_000;

export type { SandboxOptions } from './options.ts';

/** A running sandbox, with the shortcuts tests need. */
export interface Sandbox {
  /** `http://host:port`. */
  readonly url: string;
  readonly port: number;
  readonly publishedKeys: PublishedKeys;
  readonly people: People;
  addFault(fault: FaultInputText): void;
  clearFaults(): void;
  token(input: TokenInput): Promise<string>;
  /** Stops serving and closes the database; waiting callbacks go out after the next start. */
  close(): Promise<void>;
}

/** A fault as `POST /_admin/faults` takes it, with its defaults left out. */
export type FaultInputText = Partial<FaultInput> & Pick<FaultInput, 'service' | 'fault'>;

export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const clock = options.clock ?? (() => new Date());
  await mkdir(options.dataFolder, { recursive: true, mode: 0o700 });
  const [database, keys, authority, tsa, tokenKeys, clients] = await Promise.all([
    openDatabase(path.join(options.dataFolder, 'database')),
    loadKeys(options.dataFolder),
    loadCertificateAuthority(options.dataFolder, clock()),
    loadTsaIdentity(options.dataFolder, clock()),
    loadTokenKeys(options.dataFolder),
    loadClients(options.clients ?? {}, options.clientsFile ?? null),
  ]);
  await openBooks(database, clock());
  await forgetNonces(database, clock());
  const server = createServer();
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port ?? 0, host);
  const url = `http://${host}:${port}`;
  const callbacks = createCallbacks({
    database,
    url: options.callbackUrl ?? 'http://127.0.0.1:8080/v1/webhooks',
    key: keys.services.bank,
    clock,
    backoffMs: options.callbackBackoffMs ?? 1000,
  });
  const parts: SandboxParts = {
    database,
    people: createPeople(options.seed ?? 'xindai'),
    clients,
    faults: createFaults(),
    log: createExchangeLog(),
    callbacks,
    settlement: createSettlement(database, callbacks, clock),
    tokenKeys,
    issuer: options.issuerUrl ?? `${url}/idp`,
    publishedKeys: publish(keys, authority, tsa),
    clock,
  };
  const door = doorParts(parts, keys, operationsOf(parts, authority, tsa, options), options);
  const world = createWorldApp({ parts, door, authority, tsa });
  const idp = createIdpHandler(tokenKeys, parts.issuer);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const serve = request.url?.startsWith('/idp') === true ? idp : world;
    serve(request, response).catch((error: unknown) => {
      process.stderr.write(`sandbox: ${error instanceof Error ? error.message : 'failed'}\n`);
      response.destroy();
    });
  });
  parts.settlement.wake();
  callbacks.wake();
  return handle(parts, server, url, port);
}

function handle(parts: SandboxParts, server: Server, url: string, port: number): Sandbox {
  return {
    url,
    port,
    publishedKeys: parts.publishedKeys,
    people: parts.people,
    addFault: (fault) => {
      parts.faults.add(faultInput.parse(fault));
    },
    clearFaults: () => parts.faults.clear(),
    token: (input) => mintToken(parts.tokenKeys, parts.issuer, input, parts.clock()),
    close: () => close(parts.database, parts, server),
  };
}

/** Lets running exchanges finish, then ends what still holds on. */
async function close(database: PGlite, parts: SandboxParts, server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), CLOSE_PATIENCE_MS);
  await closed;
  clearTimeout(patience);
  await parts.settlement.stop();
  await parts.callbacks.stop();
  await database.close();
}

function operationsOf(
  parts: SandboxParts,
  authority: CertificateAuthority,
  tsa: TsaIdentity,
  options: SandboxOptions,
): readonly Operation[] {
  const { people, callbacks, settlement } = parts;
  return [
    ...identityOperations(people),
    ...pbocOperations(people),
    ...baihangOperations(people),
    ...registryOperations(people),
    ...caOperations({ authority, people }),
    ...tsaOperations(tsa),
    ...bankOperations({
      people,
      callbacks,
      settlement,
      faults: parts.faults,
      settleMs: options.settleMs ?? 400,
    }),
    ...smsOperations(),
  ];
}

function doorParts(
  parts: SandboxParts,
  keys: SandboxKeys,
  operations: readonly Operation[],
  options: SandboxOptions,
): DoorParts {
  return {
    database: parts.database,
    keys,
    clients: parts.clients,
    faults: parts.faults,
    limiter: createRateLimiter(options.rateLimits === false ? {} : RATE_LIMITS),
    log: parts.log,
    operations,
    clock: parts.clock,
    crash: options.crash ?? (() => undefined),
    somebodyElse: { name: '示范他人', idNumber: residentNumber('99999919700101901') },
  };
}

function publish(
  keys: SandboxKeys,
  authority: CertificateAuthority,
  tsa: TsaIdentity,
): PublishedKeys {
  const services = Object.fromEntries(
    Object.entries(keys.services).map(([service, { keyId, publicKey }]) => [
      service,
      { keyId, publicKey },
    ]),
  );
  return {
    services,
    encryptionPublicKey: keys.encryption.publicKey,
    caRootPem: authority.rootPem,
    caChainPem: authority.chainPem,
    tsaCertificatePem: tsa.certificatePem,
    tsaRootPem: tsa.rootPem,
  };
}

/** The port it listens on. @throws the server's error, e.g. EADDRINUSE */
async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
