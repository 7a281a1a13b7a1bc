/** The hash of the audit chain and of its seals: SM3 over what came before and the text of what comes now. */
import {
  type AuditedFacts,
  dayOfLink,
  entryText,
  NOTHING_BEFORE,
  type SealedFacts,
  sealText,
} from '../../domain/audit-chain.ts';
import type { ChainableEntry, Link } from '../../db/queries/audit-chain.ts';
import { createSm3, sm3Hex } from '../../platform/crypto/sm3.ts';

const chained = (before: string, what: Uint8Array): string =>
  createSm3().update(Buffer.from(before, 'hex')).update(what).digest('hex');

/** SM3 of an entry's text at its place, 64 hexadecimal digits: what of an entry may be shown to whom it does not concern. */
export const entryDigest = (position: number, day: string, entry: AuditedFacts): string =>
  sm3Hex(entryText(position, day, entry));

/** The link after `before` over an entry of which the digest alone is known, 64 hexadecimal digits. */
export const linkOver = (before: string, digest: string): string =>
  chained(before, Buffer.from(digest, 'hex'));

/**
 * SM3(value of the link before ‖ SM3 of the text of the entry at its place), 64 hexadecimal digits. The entry goes in by
 * its digest, so that a chain can be proved to somebody who may read some of its entries only.
 */
export function linkValue(
  before: string,
  position: number,
  day: string,
  entry: AuditedFacts,
): string {
  return linkOver(before, entryDigest(position, day, entry));
}

/**
 * The link as chains of the first releases have it: SM3(value of the link before ‖ text of the entry). The two forms
 * cannot be taken for one another: 64 bytes are hashed in the one, and no entry's text is as short as 32 in the other.
 */
export function formerLinkValue(
  before: string,
  position: number,
  day: string,
  entry: AuditedFacts,
): string {
  return chained(before, Buffer.from(entryText(position, day, entry), 'utf8'));
}

/** The links of entries that follow the end of the chain, in the order given. */
export function linksOf(last: Link | undefined, entries: readonly ChainableEntry[]): Link[] {
  const links: Link[] = [];
  let before = last;
  for (const entry of entries) {
    const position = (before?.position ?? 0) + 1;
    const day = dayOfLink(before?.day, entry.day);
    const value = linkValue(before?.value ?? NOTHING_BEFORE, position, day, entry);
    before = { position, day, entryId: entry.id, entryXid: entry.xid, value };
    links.push(before);
  }
  return links;
}

/** What the SM2 signature of a seal is made over. */
export const sealMessage = (seal: SealedFacts): Buffer => Buffer.from(sealText(seal), 'utf8');

/** SM3 over a seal and its signature, 32 bytes: what is time-stamped, and what the next seal names as the one before. */
export function sealDigest(seal: SealedFacts, signature: Uint8Array): Buffer {
  return createSm3().update(sealMessage(seal)).update(signature).digest();
}
