/**
 * The audit trail of one loan with the proof of its chain: its entries in full, everybody else's between them and the next
 * seal by their digests alone.
 */
import { type LinkedEntry, readLinks } from '../../db/queries/audit-chain.ts';
import { readSeals, type StoredSeal } from '../../db/queries/audit-seals.ts';
import { chainValueAt, linksOfLoan } from '../../db/queries/evidence.ts';
import type { Db } from '../../db/database.ts';
import { type AuditedFacts, NOTHING_BEFORE, sealText } from '../../domain/audit-chain.ts';
import type { EvidenceAudience } from '../../domain/evidence.ts';
import { entryDigest, linkOver } from '../audit/link.ts';
import { finalFailure } from '../failures.ts';
import type { EvidenceMaterial, MaterialSeal } from './material.ts';

const PAGE = 1_000;

/** A stretch of the chain from a link whose value is stated to the one that a seal is over. */
interface Segment {
  readonly from: number;
  readonly before: string;
  readonly seal: StoredSeal;
  /** Positions of entries that are shown. */
  readonly shown: ReadonlySet<number>;
}

async function allSeals(db: Db): Promise<readonly StoredSeal[]> {
  const seals: StoredSeal[] = [];
  for (;;) {
    const page = await readSeals(db, (seals.at(-1)?.number ?? 0) + 1, PAGE);
    seals.push(...page);
    if (page.length < PAGE) return seals;
  }
}

async function* links(db: Db, from: number, to: number): AsyncGenerator<LinkedEntry, void> {
  for (let next = from; next <= to; ) {
    const page = await readLinks(db, next, Math.min(PAGE, to - next + 1));
    yield* page;
    if (page.length === 0) return;
    next += page.length;
  }
}

/** Whether every link of a segment follows from the one before by the digest of its entry alone. */
async function isProvable(db: Db, { from, before, seal }: Segment): Promise<boolean> {
  let value = before;
  for await (const { link, entry } of links(db, from, seal.position)) {
    if (entry === null) throw finalFailure('AUDIT_ENTRY_MISSING');
    value = linkOver(value, entryDigest(link.position, link.day, entry));
    if (value !== link.value) return false;
  }
  return value === seal.value;
}

async function segmentsOf(
  db: Db,
  positions: readonly number[],
  seals: readonly StoredSeal[],
): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  let rest = positions;
  for (const seal of seals) {
    const [first] = rest;
    if (first === undefined) break;
    const here = rest.filter((position) => position <= seal.position);
    if (here.length === 0) continue;
    rest = rest.slice(here.length);
    const before = first === 1 ? NOTHING_BEFORE : await chainValueAt(db, first - 1);
    if (before === undefined) throw finalFailure('AUDIT_LINK_MISSING');
    segments.push({ from: first, before, seal, shown: new Set(here) });
  }
  return segments;
}

/** Field by field, so that nothing but what the chain proves leaves the house. */
const factsOf = (entry: AuditedFacts): AuditedFacts => ({
  id: entry.id,
  at: entry.at,
  actor: entry.actor,
  role: entry.role,
  via: entry.via,
  action: entry.action,
  subjectKind: entry.subjectKind,
  subjectId: entry.subjectId,
  result: entry.result,
  reason: entry.reason,
  origin: entry.origin,
  requestId: entry.requestId,
  detail: entry.detail,
});

async function* lines(db: Db, segments: readonly Segment[]): AsyncGenerator<Uint8Array, void> {
  const line = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
  for (const { from, before, seal, shown } of segments) {
    yield line({ after: from - 1, value: before });
    for await (const { link, entry } of links(db, from, seal.position)) {
      if (entry === null) throw finalFailure('AUDIT_ENTRY_MISSING');
      const { position, day } = link;
      yield shown.has(position)
        ? line({ position, day, entry: factsOf(entry) })
        : line({ position, sm3: entryDigest(position, day, entry) });
    }
    yield line({ seal: seal.number });
  }
}

const sealOf = (seal: StoredSeal): MaterialSeal => ({
  number: seal.number,
  keyId: seal.keyId,
  text: sealText(seal),
  signature: seal.signature,
  reply: seal.reply,
});

export interface ExcerptOf {
  readonly applicationId: string;
  readonly audience: EvidenceAudience;
  /** Subject of the person, whose own acts they may see. */
  readonly ownerSubject: string;
}

/** The excerpt up to the newest seal; what was not sealed yet is in no bundle. */
export async function auditExcerpt(
  db: Db,
  of: ExcerptOf,
  keys: ReadonlyMap<string, string>,
): Promise<EvidenceMaterial['audit']> {
  const seals = await allSeals(db);
  const upTo = seals.at(-1)?.position ?? 0;
  const mine = await linksOfLoan(db, of.applicationId, upTo);
  const visible = mine.filter(({ actor }) => of.audience === 'STAFF' || actor === of.ownerSubject);
  const planned = await segmentsOf(
    db,
    visible.map(({ position }) => position),
    seals,
  );
  const proved: Segment[] = [];
  for (const segment of planned) if (await isProvable(db, segment)) proved.push(segment);
  const count = proved.reduce((sum, { shown }) => sum + shown.size, 0);
  const needed = proved.map(({ seal }) => seal);
  return {
    excerpt: () => lines(db, proved),
    proved: count,
    unproved: visible.length - count,
    seals: needed.map(sealOf),
    keys: new Map([...keys].filter(([id]) => needed.some(({ keyId }) => keyId === id))),
  };
}
