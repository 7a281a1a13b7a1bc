/** The order of acts before a contract is sealed: the costs confirmed, then the borrower's word that they sign, then the seal. */
import type { StoredContract } from '../../db/queries/contract.ts';
import { confirmedDisclosure } from '../../db/queries/disclosures.ts';
import { isSigningProved } from '../../db/queries/signing.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';

/**
 * Admission has asked the same; whoever reaches the seal by another road, or under an act that was never proved, is stopped here.
 * @param cause of the act of signing
 * @throws a final failure DISCLOSURE_UNCONFIRMED, SIGNING_CODE_MISSING
 */
export async function assertOrder(
  { db }: Pick<ActivityDeps, 'db'>,
  contract: StoredContract,
  cause: string,
): Promise<void> {
  if ((await confirmedDisclosure(db, contract.id)) === undefined)
    throw finalFailure('DISCLOSURE_UNCONFIRMED');
  const asked = { contractId: contract.id, partyId: null, digestSm3: contract.sm3 };
  if (!(await isSigningProved(db, cause, asked))) throw finalFailure('SIGNING_CODE_MISSING');
}
