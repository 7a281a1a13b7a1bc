/** How audit entries and seals are written down for hashing: one text for one meaning, the same today and in ten years. */

/** What the chain proves of an entry. */
export interface AuditedFacts {
  readonly id: number;
  /** UTC with microseconds, `2026-11-24T04:00:00.000001Z`. */
  readonly at: string;
  readonly actor: string;
  readonly role: string | null;
  readonly via: string | null;
  readonly action: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly result: string;
  readonly reason: string | null;
  readonly origin: string | null;
  readonly requestId: string | null;
  /** JSON as the database writes it. */
  readonly detail: string;
}

/** What a seal is put under. */
export interface SealedFacts {
  readonly number: number;
  /** Business day of the last link, ISO. */
  readonly day: string;
  readonly position: number;
  /** Value of the last link, 64 hexadecimal digits. */
  readonly value: string;
  /** SM3 over the seal before, 64 hexadecimal digits. */
  readonly previous: string;
}

/** The value before the first link and before the first seal. */
export const NOTHING_BEFORE = '0'.repeat(64);

/** An entry at its place: a JSON array, since the order of its members is fixed and every text in it is escaped. */
export function entryText(position: number, day: string, entry: AuditedFacts): string {
  return JSON.stringify([
    'xindai-audit-entry-1',
    position,
    day,
    entry.id,
    entry.at,
    entry.actor,
    entry.role,
    entry.via,
    entry.action,
    entry.subjectKind,
    entry.subjectId,
    entry.result,
    entry.reason,
    entry.origin,
    entry.requestId,
    entry.detail,
  ]);
}

/** A seal's text, over which the signature is made. */
export function sealText(seal: SealedFacts): string {
  return JSON.stringify([
    'xindai-audit-seal-1',
    seal.number,
    seal.day,
    seal.position,
    seal.value,
    seal.previous,
  ]);
}

/**
 * The day a link belongs to: that of its entry, but never one before the day of the link in front of it, so that the
 * days follow each other although transactions begin and end in different orders around midnight.
 */
export function dayOfLink(dayBefore: string | undefined, dayOfEntry: string): string {
  return dayBefore !== undefined && dayBefore > dayOfEntry ? dayBefore : dayOfEntry;
}
