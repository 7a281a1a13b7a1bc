/** Finds the documents that a backtest is to try: a strategy and the scorecard it names, published or drafts. */
import type { Queryable } from '../db/database.ts';
import { readDraftOfVersion } from '../db/queries/backtests.ts';
import { readDraft } from '../db/queries/rule-life.ts';
import { readVersion } from '../db/queries/rulebooks.ts';
import type { Fault } from '../domain/fault.ts';
import type { Scorecard } from '../domain/score.ts';
import { parseScorecard } from '../domain/scorecard-parse.ts';
import { type Strategy, versionName } from '../domain/strategy.ts';
import { parseStrategy } from '../domain/strategy-parse.ts';
import { ApiProblem } from './problem-response.ts';
import { documentSm3, problemsOf } from './rule-documents.ts';
import type { VersionChoice } from './schemas/backtests.ts';

type Kind = 'STRATEGY' | 'SCORECARD';

interface Found {
  readonly document: unknown;
  readonly sm3: string;
  readonly draftId: string | null;
}

/** What a backtest tries, as it is kept with it. */
export interface TriedDocuments {
  readonly draftId: string | null;
  readonly strategy: unknown;
  readonly strategySm3: string;
  readonly scorecard: unknown;
  readonly scorecardSm3: string;
}

const CLOSED = ['REJECTED', 'WITHDRAWN'];

async function find(db: Queryable, kind: Kind, choice: VersionChoice): Promise<Found | null> {
  if ('draftId' in choice) {
    const draft = await readDraft(db, choice.draftId);
    if (draft === undefined || draft.kind !== kind || CLOSED.includes(draft.state)) return null;
    return { document: draft.document, sm3: draft.document_sm3, draftId: draft.id };
  }
  const found = await readVersion(db, { kind, ...choice });
  return found === undefined
    ? null
    : { document: found.document, sm3: found.document_sm3, draftId: null };
}

function refused(faults: readonly Fault[]): ApiProblem {
  return new ApiProblem('RULE_DOCUMENT_INVALID', { errors: problemsOf(faults) });
}

function strategyOf(document: unknown): Strategy {
  const parsed = parseStrategy(document);
  if (!parsed.ok) throw refused(parsed.faults);
  return parsed.strategy;
}

function scorecardOf(document: unknown): Scorecard {
  const parsed = parseScorecard(document);
  if (!parsed.ok) throw refused(parsed.faults);
  return parsed.scorecard;
}

/** The scorecard of a name, `id@version`: the published one, or else the draft that is to become it. */
async function findByName(db: Queryable, name: string): Promise<Found | null> {
  const [code = '', version = ''] = name.split('@');
  const key = { code, version: Number(version) };
  const published = await find(db, 'SCORECARD', key);
  if (published !== null) return published;
  const draft = await readDraftOfVersion(db, { kind: 'SCORECARD', ...key });
  return draft === undefined
    ? null
    : { document: draft.document, sm3: draft.document_sm3, draftId: draft.id };
}

/**
 * The documents of a backtest. With a scorecard that the strategy does not name, the strategy is tried as if it did; that
 * is another document, with a digest of its own.
 * @throws ApiProblem NOT_FOUND, RULE_DOCUMENT_INVALID, BACKTEST_SCORECARD_MISSING
 */
export async function documentsOf(
  db: Queryable,
  asked: { readonly strategy: VersionChoice; readonly scorecard?: VersionChoice | undefined },
): Promise<TriedDocuments> {
  const found = await find(db, 'STRATEGY', asked.strategy);
  if (found === null) throw new ApiProblem('NOT_FOUND');
  const strategy = strategyOf(found.document);
  const card =
    asked.scorecard === undefined
      ? await findByName(db, strategy.scorecard)
      : await find(db, 'SCORECARD', asked.scorecard);
  if (card === null) throw new ApiProblem('BACKTEST_SCORECARD_MISSING');
  const name = versionName(scorecardOf(card.document));
  const tried = { scorecard: card.document, scorecardSm3: card.sm3, draftId: found.draftId };
  if (name === strategy.scorecard)
    return { ...tried, strategy: found.document, strategySm3: found.sm3 };
  const adapted: Strategy = { ...strategy, scorecard: name };
  return { ...tried, strategy: adapted, strategySm3: documentSm3(adapted) };
}
