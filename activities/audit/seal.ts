/** Seals the audit chain: an SM2 signature and a third party's time stamp over its end. Run hourly by a schedule. */
import { lastLink } from '../../db/queries/audit-chain.ts';
import { addSeal, lastSeal, type StoredSeal } from '../../db/queries/audit-seals.ts';
import { NOTHING_BEFORE } from '../../domain/audit-chain.ts';
import { sm2Sign } from '../../platform/crypto/sm2.ts';
import type { ActivityDeps } from '../deps.ts';
import { overTheBorder } from '../failures.ts';
import { cancellationSignal } from '../signal.ts';
import { chainAll } from './chain.ts';
import { sealDigest, sealMessage } from './link.ts';

export interface SealOutcome {
  /** Number of the newest seal; 0 before the first. */
  readonly number: number;
  /** The last link under it. */
  readonly position: number;
  /** False when nothing was chained since the seal before. */
  readonly sealed: boolean;
}

export type SealingDeps = Pick<ActivityDeps, 'db' | 'ports' | 'auditKey'>;

const outcomeOf = (seal: StoredSeal | undefined, sealed: boolean): SealOutcome => ({
  number: seal?.number ?? 0,
  position: seal?.position ?? 0,
  sealed,
});

/** Idempotent: a second attempt finds the chain sealed. An attempt that lost the race leaves the winner's seal. */
export async function sealAudit(deps: SealingDeps): Promise<SealOutcome> {
  await chainAll(deps.db);
  const before = await lastSeal(deps.db);
  const end = await lastLink(deps.db);
  if (end === undefined || end.position === before?.position) return outcomeOf(before, false);
  const facts = {
    number: (before?.number ?? 0) + 1,
    day: end.day,
    position: end.position,
    value: end.value,
    previous:
      before === undefined ? NOTHING_BEFORE : sealDigest(before, before.signature).toString('hex'),
  };
  const signature = sm2Sign(deps.auditKey.privateKey, sealMessage(facts));
  const imprint = sealDigest(facts, signature);
  const stamp = await overTheBorder(() => deps.ports.tsa.stamp(imprint, cancellationSignal()));
  const { keyId } = deps.auditKey;
  const { reply, generatedAt } = stamp;
  const seal = { ...facts, keyId, signature, reply, generatedAt };
  if (await addSeal(deps.db, seal)) return outcomeOf(seal, true);
  return outcomeOf(await lastSeal(deps.db), false);
}
