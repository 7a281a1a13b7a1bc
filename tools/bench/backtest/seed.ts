/** Fills a house's database with scored and decided applications, each of a person with data keys of their own. */
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Decision } from '../../../domain/decide.ts';
import { compileStrategy } from '../../../domain/decide.ts';
import { fen } from '../../../domain/money.ts';
import { POLICY_ROWS } from '../../../domain/policy-rows.ts';
import { policyOf } from '../../../domain/policy.ts';
import { PRODUCTS } from '../../../domain/products.ts';
import type { GapCode } from '../../../domain/reasons.ts';
import { SCORECARD_V1 } from '../../../domain/scorecard-v1.ts';
import { STRATEGY_V2 } from '../../../domain/strategy-v2.ts';
import type { Variables } from '../../../domain/variables.ts';
import type { Db } from '../../../db/database.ts';
import { scoredVariablesRow, VARIABLES_COLUMN } from '../../../db/scored-variables.ts';
import type { PinnedVersions } from '../../../db/schema/apply.ts';
import { contextOf } from '../../../platform/crypto/data-keys.ts';
import { seal, wipeKey } from '../../../platform/crypto/seal.ts';
import type { KeyService, WrappedKey } from '../../../platform/key-service/port.ts';
import { type Random, seeded } from '../../scorecard-fit/random.ts';
import { drawVariables } from './people.ts';

/** An application as it was seeded. */
export interface SeededApplication {
  readonly id: string;
  readonly applicantId: string;
  readonly variables: Variables;
  readonly gaps: readonly GapCode[];
  readonly amountFen: number;
  readonly termMonths: number;
  readonly decision: Decision;
}

export interface SeedOptions {
  readonly count: number;
  readonly seed: number;
  /** Hears of each batch, and how many there are now. */
  readonly onBatch?: (made: number) => void;
}

/** The day on which every seeded application was handed in and decided. */
export const SEEDED_AT = new Date('2026-06-01T02:00:00Z');
const SEEDED_DAY = '2026-06-01';
const BATCH = 1_000;
const TERMS = [6, 12, 24, 36];
const GAP_SHARE = 0.03;

function shippedProduct() {
  const product = PRODUCTS.find(({ code }) => code === 'PERSONAL_CREDIT');
  if (product === undefined) throw new Error('the product is not shipped');
  return product;
}

const PRODUCT = shippedProduct();
const POLICY = policyOf(POLICY_ROWS, SEEDED_DAY, PRODUCT.lenderType);

export const SEEDED_VERSIONS: PinnedVersions = {
  product: { code: PRODUCT.code, version: PRODUCT.version },
  policy: { code: 'HOUSE', version: 1 },
  scorecard: { code: SCORECARD_V1.id, version: SCORECARD_V1.version },
  strategy: { code: STRATEGY_V2.id, version: STRATEGY_V2.version },
};

const decide = compileStrategy({
  strategy: STRATEGY_V2,
  scorecard: SCORECARD_V1,
  product: PRODUCT,
  policy: POLICY,
});

function drawApplication(random: Random): SeededApplication {
  const amountFen = 1_000_000 + Math.floor(random() * 95) * 200_000;
  const termMonths = TERMS[Math.floor(random() * TERMS.length)] ?? 12;
  const variables = drawVariables(random, amountFen, termMonths);
  const gaps: readonly GapCode[] = random() < GAP_SHARE ? ['GAP_MOBILE'] : [];
  const request = { amountFen: fen(amountFen), termMonths, wantsPerson: false };
  const decision = decide({ variables, gaps, request });
  const id = randomUUID();
  return { id, applicantId: randomUUID(), variables, gaps, amountFen, termMonths, decision };
}

interface Keyed extends SeededApplication {
  readonly keyId: string;
  readonly subjectId: string;
  readonly wrapped: WrappedKey;
  readonly sealed: Buffer;
}

async function sealAll(
  keyService: KeyService,
  applications: readonly SeededApplication[],
): Promise<readonly Keyed[]> {
  const keys = applications.map(() => ({
    id: randomUUID(),
    subjectId: randomUUID(),
    key: randomBytes(32),
  }));
  const wrapped = await keyService.wrap(
    keys.map((key) => ({ context: contextOf(key), key: key.key })),
  );
  return applications.map((application, at) => {
    const [key, wrap] = [keys[at], wrapped[at]];
    if (key === undefined || wrap === undefined) throw new Error('a key did not come back');
    const keyring = { activeKeyId: key.id, keys: new Map([[key.id, key.key]]) };
    const place = `${VARIABLES_COLUMN}|${scoredVariablesRow(application.id, 1)}|${key.subjectId}`;
    const sealed = seal(keyring, Buffer.from(JSON.stringify(application.variables)), place);
    wipeKey(key.key);
    return { ...application, keyId: key.id, subjectId: key.subjectId, wrapped: wrap, sealed };
  });
}

/** Rows of a table from JSON, byte strings in hex: one statement for a whole batch. */
async function insert(db: Db, statement: string, rows: readonly object[]): Promise<void> {
  await sql`${sql.raw(statement)} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(${sql.raw(COLUMNS)})`.execute(
    db,
  );
}

const COLUMNS =
  'id uuid, applicant uuid, subject uuid, key_id uuid, kek text, wrapped text, sealed text, decision uuid, amount bigint, term int, outcome text, gaps text[], reasons text[], grade text, total int, complete boolean, approved bigint, rate text, versions jsonb, at timestamptz';

const STATEMENTS = [
  `insert into applicants (id, kind, identity_index, key_subject_id)
     select applicant, 'PERSON', decode(replace(applicant::text, '-', ''), 'hex'), subject`,
  `insert into applications (id, owner_subject, applicant_kind, applicant_id, product_code, stage, amount_fen, term_months, pinned, submitted_at, ended_at)
     select id, 'bench', 'PERSON', applicant, versions -> 'product' ->> 'code', 'DECLINED', amount, term, versions, at, at`,
  `insert into data_keys (id, subject_id, generation, wrapped, kek_id)
     select key_id, subject, 1, decode(wrapped, 'hex'), kek`,
  `insert into scores (application_id, round, evidence_version, scorecard_code, scorecard_version, total, grade, complete, contributions, sealed_variables, variables_sm3)
     select id, 1, 1, versions -> 'scorecard' ->> 'code', 1, total, grade, complete, '[]', decode(sealed, 'hex'), ''`,
  `insert into decisions (id, application_id, round, evidence_version, outcome, reasons, gaps, grade, amount_fen, annual_rate, approvals, trace, versions, at)
     select decision, id, 1, 1, outcome, reasons, gaps, grade, approved, rate, '[]', '{}', versions, at`,
];

async function keep(db: Db, batch: readonly Keyed[]): Promise<void> {
  const rows = batch.map((one) => ({
    id: one.id,
    applicant: one.applicantId,
    subject: one.subjectId,
    key_id: one.keyId,
    kek: one.wrapped.kekId,
    wrapped: one.wrapped.wrapped.toString('hex'),
    sealed: one.sealed.toString('hex'),
    decision: randomUUID(),
    amount: one.amountFen,
    term: one.termMonths,
    outcome: one.decision.outcome,
    gaps: one.gaps,
    reasons: one.decision.reasons,
    grade: one.decision.grade,
    total: one.decision.total,
    complete: one.decision.score.complete,
    approved: one.decision.approvedAmountFen,
    rate: one.decision.annualRate,
    versions: SEEDED_VERSIONS,
    at: SEEDED_AT.toISOString(),
  }));
  for (const statement of STATEMENTS) await insert(db, statement, rows);
}

/** Seeds applications; gives those of the first batch, for whoever wants to look at them one by one. */
export async function seedScored(
  db: Db,
  keyService: KeyService,
  { count, seed, onBatch }: SeedOptions,
): Promise<readonly SeededApplication[]> {
  const random = seeded(seed);
  let first: readonly SeededApplication[] = [];
  for (let made = 0; made < count; made += BATCH) {
    const drawn = Array.from({ length: Math.min(BATCH, count - made) }, () =>
      drawApplication(random),
    );
    await keep(db, await sealAll(keyService, drawn));
    if (made === 0) first = drawn;
    onBatch?.(made + drawn.length);
  }
  return first;
}
