/** What the verification of the audit chain can find, and how it says so. */

export type BreakKind =
  /** The entry or the hash at this place is not what was chained. */
  | 'ENTRY_ALTERED'
  | 'ENTRY_REMOVED'
  /** An entry past its time that is not in the chain: put in behind the chainer's back. */
  | 'ENTRY_UNCHAINED'
  /** An entry that claims to be older than what was chained before it. */
  | 'ENTRY_BACKDATED'
  | 'LINK_REMOVED'
  | 'LINK_INSERTED'
  | 'LINKS_REORDERED'
  /** The day of a link is not that of its entry. */
  | 'DAY_WRONG'
  | 'SEAL_REMOVED'
  /** The seal's own parts do not hold: its signature, its stamp, or its reference to the seal before. */
  | 'SEAL_BROKEN'
  /** The seal is good and the chain under it is another one than was sealed. */
  | 'CHAIN_REWRITTEN'
  /** Links older than the sealing interval allows, and no seal over them. */
  | 'SEAL_MISSING'
  /** The chain does not hold the value that was noted elsewhere. */
  | 'ANCHOR_DIFFERS';

export interface Break {
  readonly kind: BreakKind;
  /** Position in the chain; null where the finding lies outside of it. */
  readonly position: number | null;
  readonly entryId: number | null;
  readonly seal: number | null;
  /** Coded detail, for example which part of a seal does not hold. */
  readonly detail: string | null;
}

/** A finding with what is known of its place. */
export function breakAt(kind: BreakKind, at: Partial<Omit<Break, 'kind'>> = {}): Break {
  return { kind, position: null, entryId: null, seal: null, detail: null, ...at };
}

const SENTENCES: Readonly<Record<BreakKind, string>> = {
  ENTRY_ALTERED: 'the entry or its hash was altered',
  ENTRY_REMOVED: 'the entry is gone',
  ENTRY_UNCHAINED: 'the entry was never chained although it is past its time',
  ENTRY_BACKDATED: 'the entry claims a time before those in front of it',
  LINK_REMOVED: 'the link is gone',
  LINK_INSERTED: 'a link was put in between those that were chained',
  LINKS_REORDERED: 'links stand in another order than they were chained in',
  DAY_WRONG: 'the link bears another day than its entry',
  SEAL_REMOVED: 'the seal is gone',
  SEAL_BROKEN: 'the seal does not hold',
  CHAIN_REWRITTEN: 'the seal is good, but the chain under it is not the one that was sealed',
  SEAL_MISSING: 'no seal was put over this link in time',
  ANCHOR_DIFFERS: 'the chain does not hold the value noted elsewhere',
};

/** One line for people: where, what, and the code. */
export function sentence(found: Break): string {
  const place = [
    found.position === null ? null : `position ${found.position}`,
    found.entryId === null ? null : `entry ${found.entryId}`,
    found.seal === null ? null : `seal ${found.seal}`,
  ].filter((part) => part !== null);
  const detail = found.detail === null ? '' : ` (${found.detail})`;
  return `${place.join(', ')}: ${SENTENCES[found.kind]}${detail} [${found.kind}]`;
}
