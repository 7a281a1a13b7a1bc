/** The check of a draft: its faults with their places, the cases inside the strategy, and a rehearsal on what is recorded. */
import type { Queryable } from '../db/database.ts';
import { finishedBacktest } from '../db/queries/backtests.ts';
import { hasRecordedInputs, readActivations } from '../db/queries/rule-life.ts';
import { newestRulebooks, readRulebook, type RulebookKey } from '../db/queries/rulebooks.ts';
import type { CheckReport } from '../db/schema/rules.ts';
import { parseMatrix } from '../domain/approval-matrix-parse.ts';
import { compileStrategy } from '../domain/decide.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { parsePolicy } from '../domain/policy-parse.ts';
import { withRulesUnknownTo } from '../domain/policy-rows.ts';
import { policyOf, type PolicyRow } from '../domain/policy.ts';
import { parseProduct } from '../domain/product-parse.ts';
import { productFaults } from '../domain/product-policy.ts';
import { publishedProduct } from '../domain/product-upgrade.ts';
import type { Product } from '../domain/products.ts';
import type { Scorecard } from '../domain/score.ts';
import { parseRecordingScript } from '../domain/recording-script.ts';
import { parseScorecard } from '../domain/scorecard-parse.ts';
import { runStrategyCases } from '../domain/strategy-cases.ts';
import { parseStrategy } from '../domain/strategy-parse.ts';
import { type Strategy, versionName } from '../domain/strategy.ts';
import { parseTemplate } from '../domain/template-parse.ts';
import { type DraftRow, liveOf, rivalsOf } from './views/rules.ts';

export interface Checked {
  readonly faults: readonly Fault[];
  readonly report: CheckReport;
}

type Draft = Pick<DraftRow, 'kind' | 'document' | 'document_sm3' | 'code' | 'version'>;

/** What a draft of one kind gave: faults of the document, or the cases that were run on it. */
interface Tried {
  readonly faults: readonly Fault[];
  readonly cases: CheckReport['cases'];
}

const invalid = (faults: readonly Fault[]): Tried => ({ faults, cases: null });

interface Ground {
  readonly products: readonly Product[];
  readonly policyRows: readonly PolicyRow[];
  readonly strategy: unknown;
}

/** What is in force: the ground that a draft is tried on. */
async function groundOf(db: Queryable): Promise<Ground> {
  const activations = await readActivations(db, 'PRODUCT');
  const codes = [...new Set(activations.map((row) => row.code))];
  const products: Product[] = [];
  for (const code of codes) {
    const live = liveOf(rivalsOf(activations, 'PRODUCT', code));
    // A published product was parsed when it was approved, and the table refuses any change after that.
    if (live !== null) products.push(publishedProduct(await readRulebook(db, live)));
  }
  const keys = await newestRulebooks(db, '');
  const read = async (kind: RulebookKey['kind']) => {
    const key = keys.find((one) => one.kind === kind);
    return key === undefined ? undefined : await readRulebook(db, key);
  };
  // The same holds for the policy.
  const published = (await read('POLICY')) as readonly PolicyRow[] | undefined;
  const policyRows = published === undefined ? [] : withRulesUnknownTo(published);
  return { products, policyRows, strategy: await read('STRATEGY') };
}

const NO_GROUND = fault(
  '',
  'NOTHING_IN_FORCE',
  '没有生效的产品或政策，无法运行用例',
  'No product or policy is in force that the cases could run on',
);

/** Runs the cases inside a strategy on the product that has been on sale longest, and the policy of the day. */
function runCases(strategy: Strategy, scorecard: Scorecard, ground: Ground, day: string): Tried {
  const [product] = ground.products;
  if (product === undefined || ground.policyRows.length === 0) return invalid([NO_GROUND]);
  const policy = policyOf(ground.policyRows, day, product.lenderType);
  const faults = runStrategyCases(
    strategy,
    compileStrategy({ strategy, scorecard, product, policy }),
  );
  const failed = strategy.tests.filter((_, i) =>
    faults.some(({ path }) => path.startsWith(`tests[${i}]`)),
  );
  return { faults, cases: { total: strategy.tests.length, failed: failed.map(({ id }) => id) } };
}

async function tryStrategy(
  db: Queryable,
  document: unknown,
  ground: Ground,
  day: string,
): Promise<Tried> {
  const read = parseStrategy(document);
  if (!read.ok) return invalid(read.faults);
  const [code = '', version = ''] = read.strategy.scorecard.split('@');
  const key = { kind: 'SCORECARD', code, version: Number(version) } as const;
  const card = Number.isSafeInteger(key.version)
    ? parseScorecard(await readRulebook(db, key))
    : undefined;
  if (card?.ok !== true)
    return invalid([
      fault(
        'scorecard',
        'SCORECARD_UNPUBLISHED',
        '所引用的评分卡版本尚未发布',
        'The version of the scorecard is not published',
      ),
    ]);
  return runCases(read.strategy, card.scorecard, ground, day);
}

/** A card of the code that the strategy in force names is tried in its place: the cases must come out as before. */
function tryScorecard(document: unknown, ground: Ground, day: string): Tried {
  const card = parseScorecard(document);
  if (!card.ok) return invalid(card.faults);
  const named = parseStrategy(ground.strategy);
  if (!named.ok || named.strategy.scorecard.split('@')[0] !== card.scorecard.id)
    return { faults: [], cases: null };
  const strategy = { ...named.strategy, scorecard: versionName(card.scorecard) };
  return runCases(strategy, card.scorecard, ground, day);
}

/** What the policy forbids of products in force, said of the policy as a whole: the products stay as they are. */
function forbiddenByPolicy(
  rows: readonly PolicyRow[],
  products: readonly Product[],
  day: string,
): readonly Fault[] {
  return products.flatMap((product) =>
    productFaults(product, policyOf(rows, day, product.lenderType), day).map(({ code, zh, en }) =>
      fault('', code, `${product.code}：${zh}`, `${product.code}: ${en}`),
    ),
  );
}

function tryProduct(document: unknown, ground: Ground, day: string): Tried {
  const read = parseProduct(document);
  if (!read.ok) return invalid(read.faults);
  if (ground.policyRows.length === 0) return invalid([NO_GROUND]);
  const policy = policyOf(ground.policyRows, day, read.product.lenderType);
  return invalid(productFaults(read.product, policy, day));
}

function tryPolicy(document: unknown, ground: Ground, day: string): Tried {
  const read = parsePolicy(document, day);
  if (!read.ok) return invalid(read.faults);
  return invalid(forbiddenByPolicy(read.rows, ground.products, day));
}

/** A script is read strictly: every variable it names is one that each loan has. */
function tryRecordingScript(document: unknown): Tried {
  const read = parseRecordingScript(document);
  return invalid(read.ok ? [] : read.faults);
}

/** A template is read strictly: what it names is what its kind of paper is given, and what the paper must say is there. */
function tryTemplate(document: unknown): Tried {
  const read = parseTemplate(document);
  return invalid(read.ok ? [] : read.faults);
}

function tryMatrix(document: unknown): Tried {
  const read = parseMatrix(document);
  if (read.ok) return invalid([]);
  return invalid(read.faults.map((one) => ({ ...one, path: one.path.replace(/^\$\.?/, '') })));
}

async function tried(db: Queryable, draft: Draft, day: string): Promise<Tried> {
  const ground = await groundOf(db);
  switch (draft.kind) {
    case 'STRATEGY':
      return await tryStrategy(db, draft.document, ground, day);
    case 'SCORECARD':
      return tryScorecard(draft.document, ground, day);
    case 'PRODUCT':
      return tryProduct(draft.document, ground, day);
    case 'POLICY':
      return tryPolicy(draft.document, ground, day);
    case 'MATRIX':
      return tryMatrix(draft.document);
    case 'TEMPLATE':
      return tryTemplate(draft.document);
    case 'RECORDING_SCRIPT':
      return tryRecordingScript(draft.document);
  }
}

/** Whether this very document was rehearsed; what decides nothing by itself needs no rehearsal. */
async function rehearsal(db: Queryable, draft: Draft): Promise<CheckReport['backtest']> {
  if (draft.kind !== 'STRATEGY' && draft.kind !== 'SCORECARD') return 'NOT_NEEDED';
  if ((await finishedBacktest(db, draft.document_sm3)) !== undefined) return 'DONE';
  return (await hasRecordedInputs(db)) ? 'MISSING' : 'NO_RECORDED_INPUTS';
}

const UNREHEARSED = fault(
  '',
  'BACKTEST_MISSING',
  '此版本尚未完成回测',
  'No backtest of this very document is finished',
);

/** Checks a draft on what is in force. @param day the business day, ISO */
export async function checkDraft(db: Queryable, draft: Draft, day: string): Promise<Checked> {
  const { faults, cases } = await tried(db, draft, day);
  const backtest = await rehearsal(db, draft);
  const all = backtest === 'MISSING' ? [...faults, UNREHEARSED] : faults;
  const report = {
    documentSm3: draft.document_sm3,
    cases,
    backtest,
    passed: all.length === 0,
  };
  return { faults: all, report };
}
