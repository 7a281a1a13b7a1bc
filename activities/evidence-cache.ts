/**
 * Bureau summaries and scores, kept so that one story derives them once. The key holds everything they come from, the
 * person's own data key seals them, and the record is asked each time whether consent and reports still stand.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { IdentityPage } from '../domain/apply.ts';
import { type BureauVariables, deriveBureauVariables } from '../domain/bureau.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { GRADES } from '../domain/loan-terms.ts';
import type { GapCode } from '../domain/reasons.ts';
import type { Score } from '../domain/score.ts';
import type { Queryable } from '../db/database.ts';
import { type EvidenceStanding, readEvidenceStanding } from '../db/queries/evidence-standing.ts';
import { groupOfPerson } from '../platform/cache.ts';
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';
import { createSm3 } from '../platform/crypto/sm3.ts';
import { BESIDE_STEPS, openBureaus } from './bureau-variables.ts';
import type { ActivityDeps } from './deps.ts';
import { requestNumber } from './outside.ts';
import type { Pinned } from './pinned.ts';

type Deps = Pick<ActivityDeps, 'cache'>;

/** What the chapters read of the bureaus' reports. */
export interface BureauSummary {
  readonly variables: BureauVariables;
  readonly gaps: readonly GapCode[];
  /** Baihang's; null where it gave none. */
  readonly antiFraudScore: number | null;
}

/** A summary with what it stands on; null where nothing derived from this evidence may be kept. */
export interface ReadSummary {
  readonly summary: BureauSummary;
  readonly standing: EvidenceStanding | null;
}

export interface SummaryOf {
  readonly pinned: Pick<Pinned, 'application'>;
  /** The person as the form names it; a report about somebody else counts as missing. */
  readonly identity: IdentityPage;
  /** Day that the variables are counted back from. */
  readonly asOf: string;
}

/**
 * Digest of the rules of lending as this process runs them: a release that derives otherwise finds nothing of the former.
 * Taken over the files themselves, so that nobody has to remember a number.
 */
function digestOfRules(): string {
  const folder = new URL('../domain/', import.meta.url);
  const rules = readdirSync(folder).filter((name) => /\.[jt]s$/.test(name));
  const own = ['evidence-cache', 'bureau-variables'].map((name) => `../activities/${name}`);
  const ending = import.meta.url.slice(-3);
  const files = [...rules.sort(), ...own.map((name) => `${name}${ending}`)];
  const hash = createSm3();
  for (const name of files) hash.update(`${name}\n`).update(readFileSync(new URL(name, folder)));
  return hash.digest('hex');
}

const RULES = digestOfRules();

const COLUMNS = { summary: 'cache.bureau_summary', score: 'cache.score' } as const;
type Kind = keyof typeof COLUMNS;

/** Names of all variables: whatever evidence there is, the derivation states each. */
const NAMES = Object.keys(deriveBureauVariables(null, null, '2000-01-01'))
  .sort()
  .join();

const value = z.union([z.number(), z.boolean(), z.string(), z.null()]);

/** Every name of the variables and no other; that the values are ours is what the seal proves. */
const variablesForm = z.custom<BureauVariables>((stored) => {
  const parsed = z.record(z.string(), value).safeParse(stored);
  return parsed.success && Object.keys(parsed.data).sort().join() === NAMES;
});

const summaryForm = z.strictObject({
  variables: variablesForm,
  antiFraudScore: z.number().nullable(),
});

const scoreForm = z.strictObject({
  scorecard: z.string(),
  version: z.number(),
  total: z.number(),
  grade: z.enum(GRADES),
  complete: z.literal(true),
  missing: z.array(z.string()),
  contributions: z.array(
    z.strictObject({
      dimension: z.string(),
      value,
      band: z.string(),
      points: z.number(),
      max: z.number(),
    }),
  ),
});

/** Nothing of the person is in the key: it is an HMAC under the index key, over everything that the value comes from. */
function keyOf(
  cipher: FieldCipher,
  kind: Kind,
  { applicantId, authorisationId }: EvidenceStanding,
  pinned: Pick<Pinned, 'application'>,
  from: unknown,
): string {
  const versions = pinned.application.pinned;
  const text = canonicalJson([RULES, applicantId, authorisationId, versions, from]);
  return cipher.blindIndex(COLUMNS[kind], text).toString('hex');
}

async function openSummary(
  db: Queryable,
  cipher: FieldCipher,
  { pinned, identity, asOf }: SummaryOf,
): Promise<BureauSummary> {
  const { id } = pinned.application;
  const { variables, gaps, baihang } = await openBureaus(db, cipher, id, identity, asOf);
  return { variables, gaps, antiFraudScore: baihang?.antiFraudScore ?? null };
}

/**
 * The summary of an application's reports, the same with and without a cache. What a gap left incomplete is never kept.
 * @param db the transaction in which the summary is used: consent and validity are read in it
 */
export async function readSummary(
  deps: Deps,
  db: Queryable,
  cipher: FieldCipher,
  of: SummaryOf,
): Promise<ReadSummary> {
  const { cache } = deps;
  const { pinned, identity, asOf } = of;
  const { id } = pinned.application;
  const beside = Object.values(BESIDE_STEPS).map((step) => requestNumber(id, step));
  const standing = cache.isOn ? await readEvidenceStanding(db, id, beside) : null;
  if (standing === null) return { summary: await openSummary(db, cipher, of), standing };
  const until = performance.now() + standing.validMs;
  const { name, idNumber } = identity;
  const from = { evidence: standing.evidence, asOf, name, idNumber };
  const key = keyOf(cipher, 'summary', standing, pinned, from);
  const summary = await cache.take<BureauSummary>({
    kind: 'summary',
    key,
    read: (bytes) => {
      const stored = cipher.openJson(COLUMNS.summary, key, bytes, (v) => summaryForm.parse(v));
      return { ...stored, gaps: [] };
    },
    make: async () => {
      const made = await openSummary(db, cipher, of);
      const { variables, antiFraudScore } = made;
      const stored = { variables, antiFraudScore };
      const keep = {
        seal: () => cipher.sealJson(COLUMNS.summary, key, stored),
        ttlMs: until - performance.now(),
        group: groupOfPerson(cipher, standing.applicantId),
      };
      return { value: made, keep: made.gaps.length === 0 ? keep : null };
    },
  });
  return { summary, standing };
}

export interface ScoreOf {
  readonly pinned: Pick<Pinned, 'application'>;
  /** Digest of the variables that are scored. */
  readonly variablesSm3: string;
}

/**
 * The score of variables, kept as long as the evidence stands that they come from. An incomplete score is never kept.
 * @param standing as `readSummary` gave it in this transaction
 */
export async function readScore(
  deps: Deps,
  cipher: FieldCipher,
  standing: EvidenceStanding | null,
  { pinned, variablesSm3 }: ScoreOf,
  compute: () => Score,
): Promise<Score> {
  if (standing === null) return compute();
  const { evidence, validMs } = standing;
  const key = keyOf(cipher, 'score', standing, pinned, { evidence, variablesSm3 });
  return await deps.cache.take<Score>({
    kind: 'score',
    key,
    read: (bytes) => cipher.openJson(COLUMNS.score, key, bytes, (v) => scoreForm.parse(v)),
    make: async () => {
      const score = compute();
      const keep = {
        seal: () => cipher.sealJson(COLUMNS.score, key, score),
        ttlMs: validMs,
        group: groupOfPerson(cipher, standing.applicantId),
      };
      return { value: score, keep: score.complete ? keep : null };
    },
  });
}
