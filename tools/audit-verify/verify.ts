/**
 * Verifies the audit trail whole, reading only: every entry has its link and every link its entry, every link follows
 * from the one before, every seal holds and is over this chain, and nothing waits unchained or unsealed for too long.
 */
import type { Db, Tx } from '../../db/database.ts';
import { oldestUnchained } from '../../db/queries/audit-chain.ts';
import { readSeals, type StoredSeal } from '../../db/queries/audit-seals.ts';
import { type Break, breakAt } from './findings.ts';
import { type ChainEnd, walkLinks } from './links.ts';
import { judgeSeals, SealedPlaces, type Trust } from './seals.ts';

export interface VerifyOptions {
  readonly trust: Trust;
  readonly now: Date;
  /** An entry may be unchained for this long. */
  readonly chainedWithinSeconds: number;
  /** A link may be unsealed for this long. */
  readonly sealedWithinMinutes: number;
  /** A position and its value as a former verification printed them and somebody noted elsewhere. */
  readonly anchor?: { readonly position: number; readonly value: string } | undefined;
}

/** The chainer is half a second behind, the sealer an hour; both may be restarted. */
export const DEFAULTS = { chainedWithinSeconds: 60, sealedWithinMinutes: 120 } as const;

export interface AuditVerdict {
  /** The first broken place in the order of the chain, then what lies outside of it; null when all holds. */
  readonly first: Break | null;
  readonly found: readonly Break[];
  readonly links: number;
  readonly seals: number;
  readonly end: ChainEnd;
}

const PAGE = 1_000;

async function allSeals(tx: Tx): Promise<readonly StoredSeal[]> {
  const seals: StoredSeal[] = [];
  for (;;) {
    const page = await readSeals(tx, (seals.at(-1)?.number ?? 0) + 1, PAGE);
    seals.push(...page);
    if (page.length < PAGE) return seals;
  }
}

/** What is wrong with seals beyond the end of the walk: they are over links that are not there. */
function sealsBeyond(seals: readonly StoredSeal[], end: ChainEnd): Break | null {
  const beyond = seals.find((seal) => seal.position > end.position);
  return beyond === undefined
    ? null
    : breakAt('LINK_REMOVED', { position: end.position + 1, seal: beyond.number });
}

function overdue(places: SealedPlaces, options: VerifyOptions): Break | null {
  const waiting = places.unsealedSince;
  if (waiting === null) return null;
  const waited = options.now.getTime() - waiting.atMs;
  return waited > options.sealedWithinMinutes * 60_000
    ? breakAt('SEAL_MISSING', { position: waiting.position })
    : null;
}

/** Verifies what one transaction sees. */
export async function verifyWithin(tx: Tx, options: VerifyOptions): Promise<AuditVerdict> {
  const seals = await allSeals(tx);
  const places = new SealedPlaces(seals);
  const { anchor } = options;
  let anchored: Break | null =
    anchor === undefined ? null : breakAt('ANCHOR_DIFFERS', { position: anchor.position });
  const walk = await walkLinks(tx, (end, atMs) => {
    places.pass(end, atMs);
    if (end.position === anchor?.position && end.value === anchor.value) anchored = null;
  });
  const unchained = await oldestUnchained(tx, options.chainedWithinSeconds);
  const found = [
    walk.found ?? sealsBeyond(seals, walk.end),
    places.found,
    judgeSeals(seals, options.trust),
    anchored,
    walk.found === null ? overdue(places, options) : null,
    unchained === undefined ? null : breakAt('ENTRY_UNCHAINED', { entryId: unchained.id }),
  ].filter((one) => one !== null);
  const place = (one: Break): number => one.position ?? Number.POSITIVE_INFINITY;
  const first = found.reduce<Break | null>(
    (best, one) => (best === null || place(one) < place(best) ? one : best),
    null,
  );
  return { first, found, links: walk.end.position, seals: seals.length, end: walk.end };
}

/** Verifies over one snapshot, so that a chain that grows meanwhile is not mistaken for a broken one. */
export async function verifyAudit(db: Db, options: VerifyOptions): Promise<AuditVerdict> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((tx) => verifyWithin(tx, options));
}
