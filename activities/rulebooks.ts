/** Reads rules by version, once per process, because a published version never changes; and pins the newest at admission. */
import type { PolicyReader, PolicyRow } from '../domain/policy.ts';
import { policyOf } from '../domain/policy.ts';
import { withRulesUnknownTo } from '../domain/policy-rows.ts';
import type { Product } from '../domain/products.ts';
import type { Queryable } from '../db/database.ts';
import { newestRulebooks, readRulebook, type RulebookKey } from '../db/queries/rulebooks.ts';
import type { PinnedVersions } from '../db/schema/apply.ts';

/** Every rule of one loan, as pinned. */
export interface Rules {
  readonly product: Product;
  readonly policyRows: readonly PolicyRow[];
  /** Documents as published: compiled.ts parses them and says so where one cannot be used. */
  readonly scorecard: unknown;
  readonly strategy: unknown;
}

export interface RulebookReader {
  /**
   * The versions in force now for a product, or null when the product or a book of rules is not published. The scorecard
   * is the one that the strategy in force names: its cut-offs were set for that one.
   */
  newest(db: Queryable, productCode: string): Promise<PinnedVersions | null>;
  /** The same versions with another published strategy and its scorecard, or null when one of them is not published. */
  withStrategy(
    db: Queryable,
    pinned: PinnedVersions,
    strategy: { readonly code: string; readonly version: number },
  ): Promise<PinnedVersions | null>;
  /** The policy in force now, for work that belongs to no loan yet. */
  newestPolicy(db: Queryable): Promise<readonly PolicyRow[]>;
  /**
   * The documents of pinned versions. Throws when one is not there: a loan never runs on other rules than its own.
   * @param db the open transaction where there is one: a second connection from inside one can empty the pool for ever
   */
  read(db: Queryable, pinned: PinnedVersions): Promise<Rules>;
}

/** The policy of a loan on a date, for the lender type of its product. */
export function policyFor(rules: Rules, date: string): PolicyReader {
  return policyOf(rules.policyRows, date, rules.product.lenderType);
}

const pin = ({ code, version }: { readonly code: string; readonly version: number }) => ({
  code,
  version,
});

/** The scorecard that a strategy's document names as `id@version`, or null when it names none. */
function scorecardOf(
  strategy: unknown,
): { readonly code: string; readonly version: number } | null {
  if (typeof strategy !== 'object' || strategy === null || !('scorecard' in strategy)) return null;
  const [, code, version] = /^([^@]+)@([1-9]\d{0,8})$/.exec(String(strategy.scorecard)) ?? [];
  return code === undefined ? null : { code, version: Number(version) };
}

/** A document as the house reads it. Products and policies were parsed when they were published, and never change. */
function readAs({ kind }: RulebookKey, published: unknown): unknown {
  return kind === 'POLICY' ? withRulesUnknownTo(published as readonly PolicyRow[]) : published;
}

export function createRulebookReader(): RulebookReader {
  const known = new Map<string, unknown>();

  /** The same version gives the same object, by which compiled.ts knows what it has compiled already. */
  async function document(db: Queryable, key: RulebookKey): Promise<unknown> {
    const name = `${key.kind}/${key.code}/${key.version}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const published = await readRulebook(db, key);
    if (published === undefined) throw new Error(`rulebook ${name} is not published`);
    const read = readAs(key, published);
    known.set(name, read);
    return read;
  }

  return {
    async newest(queryable, productCode) {
      const keys = await newestRulebooks(queryable, productCode);
      const of = (kind: RulebookKey['kind']) => keys.find((key) => key.kind === kind);
      const [product, policy, strategy] = [of('PRODUCT'), of('POLICY'), of('STRATEGY')];
      if (product === undefined || policy === undefined || strategy === undefined) return null;
      const scorecard = scorecardOf(await document(queryable, strategy));
      if (scorecard === null) return null;
      return {
        product: pin(product),
        policy: pin(policy),
        scorecard,
        strategy: pin(strategy),
      };
    },
    async withStrategy(db, pinned, strategy) {
      const found = await readRulebook(db, { kind: 'STRATEGY', ...strategy });
      const scorecard = scorecardOf(found);
      if (scorecard === null) return null;
      const published = await readRulebook(db, { kind: 'SCORECARD', ...scorecard });
      return published === undefined ? null : { ...pinned, strategy: pin(strategy), scorecard };
    },
    async newestPolicy(db) {
      const policy = (await newestRulebooks(db, '')).find((key) => key.kind === 'POLICY');
      if (policy === undefined) throw new Error('no policy is published');
      return (await document(db, policy)) as readonly PolicyRow[];
    },
    async read(db, pinned) {
      return {
        product: (await document(db, { kind: 'PRODUCT', ...pinned.product })) as Product,
        policyRows: (await document(db, {
          kind: 'POLICY',
          ...pinned.policy,
        })) as readonly PolicyRow[],
        scorecard: await document(db, { kind: 'SCORECARD', ...pinned.scorecard }),
        strategy: await document(db, { kind: 'STRATEGY', ...pinned.strategy }),
      };
    },
  };
}
