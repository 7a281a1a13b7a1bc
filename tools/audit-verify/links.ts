/** Walks the chain link by link and stops at the first one that does not hold. */
import { formerLinkValue, linkValue } from '../../activities/audit/link.ts';
import type { Queryable } from '../../db/database.ts';
import { type LinkedEntry, readLinks } from '../../db/queries/audit-chain.ts';
import { dayOfLink, NOTHING_BEFORE } from '../../domain/audit-chain.ts';
import { type Break, breakAt, type BreakKind } from './findings.ts';

const PAGE = 1_000;
/** Links among which the true ones are looked for when one does not follow. */
const NEAR_BY = 50;
/** A transaction may begin this long before another one that ends sooner. */
export const OUT_OF_ORDER_MS = 15 * 60_000;

export interface ChainEnd {
  readonly position: number;
  readonly value: string;
  readonly day: string | undefined;
  /** The latest moment any entry so far has named, in milliseconds. */
  readonly latestMs: number;
}

export const BEGINNING: ChainEnd = {
  position: 0,
  value: NOTHING_BEFORE,
  day: undefined,
  latestMs: Number.NEGATIVE_INFINITY,
};

/** What the walk tells of every link that holds. */
export type Passed = (end: ChainEnd, atMs: number) => void;

export interface Walk {
  readonly end: ChainEnd;
  readonly found: Break | null;
}

/** The value, somewhere in `nearBy`, of a link that follows from `end` by some entry in it; or undefined. */
function follower(end: ChainEnd, nearBy: readonly LinkedEntry[]): ChainEnd | undefined {
  const values = new Set(nearBy.map(({ link }) => link.value));
  const position = end.position + 1;
  for (const { entry } of nearBy) {
    if (entry === null) continue;
    const day = dayOfLink(end.day, entry.day);
    for (const form of [linkValue, formerLinkValue]) {
      const value = form(end.value, position, day, entry);
      if (values.has(value)) return { position, value, day, latestMs: end.latestMs };
    }
  }
  return undefined;
}

/** What happened to a link that does not follow: judged by whether the true links still stand near by, and it among them. */
function kindOfBreak(
  end: ChainEnd,
  linked: LinkedEntry,
  nearBy: readonly LinkedEntry[],
): BreakKind {
  const reached = new Set<string>();
  let at = follower(end, nearBy);
  if (at === undefined) return 'ENTRY_ALTERED';
  while (at !== undefined && reached.size < nearBy.length) {
    reached.add(at.value);
    at = follower(at, nearBy);
  }
  return reached.has(linked.link.value) ? 'LINKS_REORDERED' : 'LINK_INSERTED';
}

/** The next end of the chain, or why this link is not it. */
function judge(end: ChainEnd, linked: LinkedEntry, page: readonly LinkedEntry[]): ChainEnd | Break {
  const { link, entry } = linked;
  const at = { position: end.position + 1, entryId: link.entryId };
  if (link.position !== end.position + 1) return breakAt('LINK_REMOVED', { position: at.position });
  if (entry === null) return breakAt('ENTRY_REMOVED', at);
  const { value } = link;
  const follows = [linkValue, formerLinkValue].some(
    (form) => form(end.value, link.position, link.day, entry) === value,
  );
  if (!follows) {
    const here = page.indexOf(linked);
    return breakAt(kindOfBreak(end, linked, page.slice(here, here + NEAR_BY)), at);
  }
  if (link.day !== dayOfLink(end.day, entry.day)) return breakAt('DAY_WRONG', at);
  const atMs = Date.parse(entry.at);
  if (atMs < end.latestMs - OUT_OF_ORDER_MS) return breakAt('ENTRY_BACKDATED', at);
  const latestMs = Math.max(end.latestMs, atMs);
  return { position: link.position, value, day: link.day, latestMs };
}

const isBreak = (one: ChainEnd | Break): one is Break => 'kind' in one;

/** Walks from the first link to the last. */
export async function walkLinks(db: Queryable, passed: Passed): Promise<Walk> {
  let end = BEGINNING;
  for (;;) {
    const page = await readLinks(db, end.position + 1, PAGE);
    for (const linked of page) {
      const next = judge(end, linked, page);
      if (isBreak(next)) return { end, found: next };
      end = next;
      passed(end, Date.parse(linked.entry?.at ?? ''));
    }
    if (page.length < PAGE) return { end, found: null };
  }
}
