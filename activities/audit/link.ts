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
import { createSm3 } from '../../platform/crypto/sm3.ts';

/** SM3(value of the link before ‖ text of the entry at its place), 64 hexadecimal digits. */
export function linkValue(
  before: string,
  position: number,
  day: string,
  entry: AuditedFacts,
): string {
  return createSm3()
    .update(Buffer.from(before, 'hex'))
    .update(entryText(position, day, entry), 'utf8')
    .digest('hex');
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
