/**
 * Measures what encryption costs: fields sealed and opened in a second, and the time to rotate the keys of many people.
 *
 *   DATABASE_URL=postgres://… node --import tsx tools/measure-keys.ts [PEOPLE]
 *
 * It works in a schema of its own, which it drops, and with development keys in a folder that it removes.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { resealApplications } from '../activities/keys/reseal.ts';
import { beginRotation, rewrapKeys } from '../activities/keys/rewrap.ts';
import { type Db, openDatabase, type Queryable } from '../db/database.ts';
import { migrateToLatest } from '../db/migrator.ts';
import { KEY_STORE } from '../db/queries/keys.ts';
import { createVault, type Vault } from '../platform/crypto/vault.ts';
import { createFileKeyService } from '../platform/key-service/file.ts';
import type { KeyService } from '../platform/key-service/port.ts';
import { addWrappingKey, createDevelopmentKeys, readDataKeys } from '../platform/keys.ts';
import { createFileObjectStore, type ObjectStore } from '../platform/object-store.ts';

/** As large as a page of a form. */
const FIELD = {
  name: '测试张',
  idNumber: '11010519491231002X',
  text: '某市某区某街 1 号'.repeat(12),
};
const COLUMN = 'application_pages.sealed';
const PAGES = 3;
const MEASURE_MS = 2_000;
const AT_ONCE = 200;

interface Bench {
  readonly db: Db;
  readonly vault: Vault<Queryable>;
  readonly keyService: KeyService;
  readonly objects: ObjectStore;
  readonly dataKeysFile: string;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function perSecond(act: () => void): number {
  const end = performance.now() + MEASURE_MS;
  let done = 0;
  while (performance.now() < end) {
    act();
    done += 1;
  }
  return Math.round((done * 1_000) / MEASURE_MS);
}

/** One person with one submitted application of three pages, sealed under the person's key. */
async function settle({ db, vault }: Bench): Promise<void> {
  const [id, applicantId] = [randomUUID(), randomUUID()];
  const applicant = { id: applicantId, kind: 'PERSON' } as const;
  const identityIndex = vault.blindIndex('id_number', applicantId);
  await db
    .insertInto('applicants')
    .values({ ...applicant, identity_index: identityIndex })
    .execute();
  await db
    .insertInto('applications')
    .values({
      id,
      owner_subject: 'measure',
      applicant_kind: 'PERSON',
      applicant_id: applicantId,
      stage: 'VERIFY',
    })
    .execute();
  const cipher = await vault.of(db, id);
  const pages = Array.from({ length: PAGES }, (_, at) => ({
    application_id: id,
    page: at + 1,
    revision: 1,
    sealed: cipher.sealJson(COLUMN, `${id}/${at + 1}`, FIELD),
  }));
  await db.insertInto('application_pages').values(pages).execute();
}

async function measureFields({ db, vault }: Bench): Promise<void> {
  const cipher = await vault.ofHouse(db);
  const sealed = cipher.sealJson(COLUMN, 'row', FIELD);
  const seals = perSecond(() => void cipher.sealJson(COLUMN, 'row', FIELD));
  const opens = perSecond(() => void cipher.openJson(COLUMN, 'row', sealed, (value) => value));
  say(`fields of ${JSON.stringify(FIELD).length} characters sealed per second: ${seals}`);
  say(`fields opened per second: ${opens}`);
  say(`bytes a seal adds: ${sealed.length - Buffer.byteLength(JSON.stringify(FIELD))}`);
}

async function timed(what: string, act: () => Promise<string>): Promise<void> {
  const start = performance.now();
  const result = await act();
  say(`${what}: ${((performance.now() - start) / 1_000).toFixed(1)} s (${result})`);
}

async function rewrapAll(bench: Bench): Promise<string> {
  let keys = 0;
  let after: string | null = null;
  do {
    const batch = await rewrapKeys(bench, { after });
    keys += batch.keys;
    after = batch.next;
  } while (after !== null);
  return `${keys} data keys`;
}

async function resealAll(bench: Bench): Promise<string> {
  const { before } = await beginRotation(bench);
  let values = 0;
  let applications = 0;
  let after: string | null = null;
  do {
    const batch = await resealApplications(bench, { before, after });
    values += batch.values;
    applications += batch.applications;
    after = batch.next;
  } while (after !== null);
  return `${applications} applications, ${values} values`;
}

async function measure(bench: Bench, people: number): Promise<void> {
  await measureFields(bench);
  await timed(`settling ${people} people with ${PAGES} pages each`, async () => {
    for (let done = 0; done < people; done += AT_ONCE) {
      const batch = Math.min(AT_ONCE, people - done);
      await Promise.all(Array.from({ length: batch }, () => settle(bench)));
    }
    return `${people * PAGES} values`;
  });
  await addWrappingKey(bench.dataKeysFile);
  await timed(`rotating the wrapping key of ${people} people`, () => rewrapAll(bench));
  await timed(`rotating the data keys of ${people} people`, () => resealAll(bench));
}

async function main(): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error('DATABASE_URL is not set');
  const people = Number(process.argv[2] ?? '10000');
  const folder = await mkdtemp(join(tmpdir(), 'xindai-measure-keys-'));
  const { DATA_KEYS_FILE: dataKeysFile } = await createDevelopmentKeys(folder);
  const { fields, objects: former, blindIndex: indexKey } = readDataKeys(dataKeysFile, 'test');
  const schema = `measure_${randomUUID().slice(0, 8)}`;
  const db = openDatabase({ url, schema, poolMax: 10 }, () => undefined);
  const keyService = createFileKeyService(dataKeysFile, 'test');
  const vault = createVault({ keyService, store: KEY_STORE, former: fields, indexKey });
  try {
    await migrateToLatest(db, schema);
    const objects = createFileObjectStore(join(folder, 'objects'), former);
    await measure({ db, vault, keyService, objects, dataKeysFile }, people);
  } finally {
    await sql`drop schema if exists ${sql.ref(schema)} cascade`.execute(db);
    await db.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
