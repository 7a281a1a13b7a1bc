/** Judges the seals over the chain: each by itself, each against the one before, and against the chain under it. */
import { sealDigest, sealMessage } from '../../activities/audit/link.ts';
import type { StoredSeal } from '../../db/queries/audit-seals.ts';
import { NOTHING_BEFORE } from '../../domain/audit-chain.ts';
import { secondOpinionVerify } from '../../platform/crypto/second-opinion.ts';
import { sm2Verify } from '../../platform/crypto/sm2.ts';
import { verifyTimestampReply } from '../../platform/crypto/timestamp.ts';
import { type Break, breakAt } from './findings.ts';

/** Whom the verification believes; nothing secret. */
export interface Trust {
  /** SM2 public keys that seal or have sealed, by key id. */
  readonly auditKeys: ReadonlyMap<string, string>;
  /** PEM of the time-stamp authority or of the CA above it. */
  readonly tsaCertificates: readonly string[];
}

/** Clocks of ours and of the authority may differ by this much. */
const CLOCKS_MS = 5 * 60_000;

function brokenPart(seal: StoredSeal, previous: string, trust: Trust): string | null {
  if (seal.previous !== previous) return 'PREVIOUS_SEAL_DIFFERS';
  const key = trust.auditKeys.get(seal.keyId);
  if (key === undefined) return 'KEY_UNKNOWN';
  const message = sealMessage(seal);
  if (!sm2Verify(key, message, seal.signature)) return 'SIGNATURE_WRONG';
  if (!secondOpinionVerify(key, message, seal.signature)) return 'IMPLEMENTATIONS_DIFFER';
  const verdict = verifyTimestampReply({
    imprint: sealDigest(seal, seal.signature),
    algorithm: 'SM3',
    reply: seal.reply,
    trustedCertificates: trust.tsaCertificates,
  });
  if (!verdict.ok) return `TIMESTAMP_${verdict.reason}`;
  return verdict.genTime.getTime() === seal.generatedAt.getTime() ? null : 'TIME_DIFFERS';
}

/** The first seal that is gone or does not hold by itself. */
export function judgeSeals(seals: readonly StoredSeal[], trust: Trust): Break | null {
  let previous = NOTHING_BEFORE;
  let number = 0;
  for (const seal of seals) {
    number += 1;
    if (seal.number !== number) return breakAt('SEAL_REMOVED', { seal: number });
    const detail = brokenPart(seal, previous, trust);
    if (detail !== null) {
      return breakAt('SEAL_BROKEN', { seal: number, position: seal.position, detail });
    }
    previous = sealDigest(seal, seal.signature).toString('hex');
  }
  return null;
}

/** Compares the chain with what is sealed while it is walked: give it every link that holds, in order. */
export class SealedPlaces {
  readonly #byPosition: ReadonlyMap<number, StoredSeal>;
  #found: Break | null = null;
  #unsealedSince: { readonly position: number; readonly atMs: number } | null = null;

  constructor(seals: readonly StoredSeal[]) {
    this.#byPosition = new Map(seals.map((seal) => [seal.position, seal]));
  }

  /** The first place where the chain is not what was sealed. */
  get found(): Break | null {
    return this.#found;
  }

  /** The oldest link that no seal covers. */
  get unsealedSince(): { readonly position: number; readonly atMs: number } | null {
    return this.#unsealedSince;
  }

  pass(
    end: { readonly position: number; readonly value: string; readonly day: string | undefined },
    atMs: number,
  ): void {
    const { position } = end;
    const seal = this.#byPosition.get(position);
    this.#unsealedSince ??= { position, atMs };
    if (seal === undefined) return;
    this.#unsealedSince = null;
    const at = { position, seal: seal.number };
    if (seal.value !== end.value || seal.day !== end.day) {
      this.#found ??= breakAt('CHAIN_REWRITTEN', at);
    } else if (atMs > seal.generatedAt.getTime() + CLOCKS_MS) {
      this.#found ??= breakAt('CHAIN_REWRITTEN', { ...at, detail: 'YOUNGER_THAN_ITS_SEAL' });
    }
  }
}
