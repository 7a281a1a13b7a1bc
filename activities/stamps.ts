/** Time stamps of a contract: one per moment, asked for once, verified by the port before it is kept. */
import { hasTimestamp, storeTimestamp } from '../db/queries/sign.ts';
import type { ActivityDeps } from './deps.ts';
import { overTheBorder } from './failures.ts';
import { cancellationSignal } from './signal.ts';

/** `BEFORE`: over the contract when it is offered for signing. `AFTER`: over all signatures in their order. */
export type StampMoment = 'BEFORE' | 'AFTER';

/** @param imprint SM3, 32 bytes; the stamp that is kept first stands */
export async function stampOnce(
  deps: Pick<ActivityDeps, 'db' | 'ports'>,
  contractId: string,
  moment: StampMoment,
  imprint: Buffer,
): Promise<void> {
  if (await hasTimestamp(deps.db, contractId, moment)) return;
  const { reply, generatedAt } = await overTheBorder(() =>
    deps.ports.tsa.stamp(imprint, cancellationSignal()),
  );
  const imprintSm3 = imprint.toString('hex');
  await storeTimestamp(deps.db, { contractId, moment, imprintSm3, reply, generatedAt });
}

/**
 * Stamps a contract as it is put before the person. An authority that is away must not keep the person from reading: then
 * the stamp is made when they sign, before anything is signed.
 */
export async function stampOffered(
  deps: Pick<ActivityDeps, 'db' | 'ports' | 'log'>,
  contractId: string,
  contractSm3: string,
): Promise<void> {
  try {
    await stampOnce(deps, contractId, 'BEFORE', Buffer.from(contractSm3, 'hex'));
  } catch (error) {
    deps.log.warn({ err: error, contractId }, 'contract offered without a time stamp');
  }
}
