/** What an activity is given, for tests that call it as a worker would: a real database, and the outside world in memory. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect } from 'vitest';
import { ApplicationFailure } from '@temporalio/common';
import { loadFontSet } from '../../activities/contract/fonts.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createRulebookReader } from '../../activities/rulebooks.ts';
import { publishShippedRulebooks } from '../../activities/shipped-rulebooks.ts';
import { type Db, openDatabase } from '../../db/database.ts';
import { roleOf } from '../../db/access/areas.ts';
import { savePage } from '../../db/queries/apply.ts';
import { KEY_STORE } from '../../db/queries/keys.ts';
import { agreeAuthorisation, showAuthorisation } from '../../db/queries/verify.ts';
import type { Bureau } from '../../domain/authorisation.ts';
import { authorisationText } from '../../domain/authorisation.ts';
import type { PersonApplication } from '../../domain/apply.ts';
import type { Stage } from '../../domain/journey.ts';
import { NO_CACHE } from '../../platform/cache.ts';
import { createActSealer } from '../../platform/act-seal.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { createFileLenderSeal } from '../../platform/key-service/lender-seal.ts';
import { makePaperSealKey } from '../../platform/paper-seal-key.ts';
import { createVault } from '../../platform/crypto/vault.ts';
import { createFileObjectStore } from '../../platform/object-store.ts';
import { application as form } from '../domain/samples.ts';
import {
  createFakePorts,
  FAKE_LENDER,
  type FakeOverrides,
  type FakePorts,
} from '../ports/fakes/fake-ports.ts';
import { openTestDatabase } from '../ports/postgres.ts';
import { createTestKeyService } from '../support/key-service.ts';

export interface Workplace {
  readonly deps: ActivityDeps;
  /** The database as its owner, for rows that a worker does not write. */
  readonly owner: Db;
  /** The same place with another outside world. */
  with(overrides: FakeOverrides): { readonly deps: ActivityDeps; readonly ports: FakePorts };
  close(): Promise<void>;
}

export async function openWorkplace(): Promise<Workplace> {
  const database = await openTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'xindai-activities-'));
  await publishShippedRulebooks(database.db);
  const keyring = { activeKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) };
  const keyService = createTestKeyService();
  const db = openDatabase({ ...database.options, role: roleOf('worker') }, () => {});
  const place = {
    db,
    cache: NO_CACHE,
    keyService,
    vault: createVault({
      keyService,
      store: KEY_STORE,
      former: keyring,
      indexKey: randomBytes(32),
    }),
    objects: createFileObjectStore(folder, keyring),
    rulebooks: createRulebookReader(),
    lender: { name: FAKE_LENDER, uscc: '91330100MA27XXXX0X' },
    actSealer: createActSealer(randomBytes(32)),
    lenderSeal: createFileLenderSeal(
      { keyId: 'seal-1', ...generateSm2KeyPair() },
      await makePaperSealKey(),
    ),
    auditKey: { keyId: 'audit-1', ...generateSm2KeyPair() },
    tsaCertificatesPem: [],
    auditPublicKeys: new Map(),
    fonts: loadFontSet(),
    log: pino({ level: 'silent' }),
  };
  const dress = (overrides: FakeOverrides) => {
    const ports = createFakePorts(overrides);
    return { ports, deps: { ...place, ports, caRootsPem: [ports.caRootPem] } };
  };
  return {
    deps: dress({}).deps,
    owner: database.db,
    with: dress,
    close: async () => {
      place.vault.close();
      await db.destroy();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface ConsentOptions {
  readonly bureaus?: readonly Bureau[];
  readonly validUntil?: Date;
  /** Whom the letter names; the person of the sample form unless told. */
  readonly grantor?: PersonApplication['identity'];
}

const DAY_MS = 86_400_000;

/** A person's application with its form, standing at a stage as admission leaves it. */
export async function admitted(
  deps: ActivityDeps,
  stage: Stage,
  filled = form(),
): Promise<{ readonly id: string; readonly applicantId: string }> {
  const { db } = deps;
  const [id, applicantId] = [randomUUID(), randomUUID()];
  const pinned = await deps.rulebooks.newest(db, filled.loan.productCode);
  if (pinned === null) throw new Error('no rules are published');
  await db
    .insertInto('applicants')
    .values({ id: applicantId, kind: 'PERSON', identity_index: randomBytes(32) })
    .execute();
  await db
    .insertInto('applications')
    .values({
      id,
      owner_subject: 'applicant',
      applicant_kind: 'PERSON',
      applicant_id: applicantId,
      stage,
      product_code: filled.loan.productCode,
      pinned: JSON.stringify(pinned),
      amount_fen: filled.loan.amountFen,
      term_months: filled.loan.termMonths,
      submitted_at: new Date(),
    })
    .execute();
  const pages = { 1: filled.identity, 2: filled.work, 3: filled.loan };
  const cipher = await deps.vault.of(db, id);
  await db.transaction().execute(async (tx) => {
    for (const page of [1, 2, 3] as const)
      await savePage(tx, cipher, { applicationId: id, page, content: pages[page] });
  });
  return { id, applicantId };
}

/** An agreed letter of authorisation for the application; gives its id. */
export async function consent(
  deps: ActivityDeps,
  { id, applicantId }: { readonly id: string; readonly applicantId: string },
  options: ConsentOptions = {},
): Promise<string> {
  const authorisationId = randomUUID();
  const identity = options.grantor ?? form().identity;
  const terms = {
    grantee: deps.lender,
    bureaus: options.bureaus ?? (['PBOC', 'BAIHANG'] as const),
    purposes: ['02'] as const,
    date: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
    validityDays: 30,
  };
  const { textHashInput: text } = authorisationText({
    authorisationId,
    templateVersion: 1,
    grantor: { name: identity.name, idNumber: identity.idNumber, mobile: identity.mobile },
    ...terms,
  });
  const cipher = await deps.vault.of(deps.db, id);
  await deps.db.transaction().execute(async (tx) => {
    await showAuthorisation(tx, cipher, {
      id: authorisationId,
      applicationId: id,
      applicantId,
      templateVersion: '1',
      text,
      textSm3: sm3Hex(text),
      terms: { ...terms, acts: [] },
    });
    await agreeAuthorisation(tx, {
      id: authorisationId,
      agreedBy: 'applicant',
      agreedAt: new Date(Date.now() - 1_000),
      validUntil: options.validUntil ?? new Date(Date.now() + 30 * DAY_MS),
      acts: ['QUERY', 'REPORT', 'NEGATIVE_NOTICE', 'SENSITIVE'],
    });
  });
  return authorisationId;
}

/** The contract's cost disclosure as its person read and confirmed it. @param owner the database as its owner */
export async function confirmedCosts(
  owner: Db,
  contractId: string,
  formSm3: string,
): Promise<void> {
  const id = randomUUID();
  const [at, sealed] = [new Date(), Buffer.from('sealed')];
  await owner
    .insertInto('disclosure_showings')
    .values({
      id,
      contract_id: contractId,
      form_sm3: formSm3,
      min_read_seconds: 0,
      shown_to: 'applicant',
      shown_at: at,
      sealed_origin: sealed,
    })
    .execute();
  await owner
    .insertInto('disclosure_confirmations')
    .values({
      showing_id: id,
      contract_id: contractId,
      form_sm3: formSm3,
      confirmed_by: 'applicant',
      confirmed_at: at,
      dwell_ms: 0,
      scrolled_to_end: true,
      sealed_origin: sealed,
    })
    .execute();
}

/** An act of signing that a code proved, as the API leaves it. */
export async function proveSigning(
  owner: Db,
  act: { readonly contractId: string; readonly digestSm3: string; readonly cause: string },
): Promise<void> {
  const now = new Date();
  const of = { contract_id: act.contractId, digest_sm3: act.digestSm3 };
  const code = { id: randomUUID(), ...of, code_hmac: randomBytes(32), created_at: now };
  const expires_at = new Date(now.getTime() + 300_000);
  await owner
    .insertInto('signing_codes')
    .values({ ...code, expires_at, used_at: now })
    .execute();
  const intent = { act_key: act.cause, ...of, code_id: code.id, at: now };
  await owner
    .insertInto('signing_intents')
    .values({ ...intent, sealed_intent: randomBytes(16) })
    .execute();
}

/** The code of a failure that Temporal does not try again; fails the test for any other outcome. */
export async function finalCode(act: Promise<unknown>): Promise<string> {
  const failure = await failureOf(act);
  expect(failure.nonRetryable).toBe(true);
  return failure.type ?? '';
}

/** The failure of an activity that Temporal tries again. */
export async function retryableCode(act: Promise<unknown>): Promise<string> {
  const failure = await failureOf(act);
  expect(failure.nonRetryable ?? false).toBe(false);
  return failure.type ?? '';
}

async function failureOf(act: Promise<unknown>): Promise<ApplicationFailure> {
  try {
    await act;
  } catch (error) {
    if (error instanceof ApplicationFailure) return error;
    throw error;
  }
  throw new Error('the activity did not fail');
}
