/** The authority's revocation list at signing: nobody signs under a certificate it names, and it is kept as evidence. */
import { keepRevocationList } from '../../db/queries/evidence.ts';
import type { ActivityDeps } from '../deps.ts';
import { overTheBorder } from '../failures.ts';
import { cancellationSignal } from '../signal.ts';

export interface ListAtSigning {
  /** DER. */
  readonly list: Buffer;
  /** Keeps the list once the signature judged by it stands; the first stands. */
  readonly keep: () => Promise<void>;
}

export async function listAtSigning(
  deps: Pick<ActivityDeps, 'db' | 'ports'>,
  contractId: string,
): Promise<ListAtSigning> {
  const list = await overTheBorder(() => deps.ports.ca.crl(cancellationSignal()));
  return { list, keep: () => keepRevocationList(deps.db, contractId, list) };
}
