/** Those who sign beside the borrower, as activities see them: opened, in their order, invited when it is their turn. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Queryable, Tx } from '../db/database.ts';
import { markInvited, namedCoSigners, partiesOf } from '../db/queries/co-signers.ts';
import { oweCode } from '../db/queries/outbox.ts';
import type { SignerName } from '../db/schema/papers.ts';
import {
  type CoSignerPerson,
  type CoSignerRole,
  inviteNext,
  isSigningComplete,
  type Party,
  partyName,
} from '../domain/co-signing.ts';
import type { SubjectCipher } from '../platform/crypto/subject-cipher.ts';
import type { ActivityDeps } from './deps.ts';

export const CO_SIGNER_COLUMN = 'co_signers.sealed_person';
const OUTBOX_COLUMN = 'outbox.payload';

const personForm = z.object({ name: z.string(), idNumber: z.string(), mobile: z.string() });

/** Opens who was named. @throws ZodError, CryptoError */
export const openCoSigner = (cipher: SubjectCipher, id: string, sealed: Buffer): CoSignerPerson =>
  cipher.openJson(CO_SIGNER_COLUMN, id, sealed, (value) => personForm.parse(value));

export type CoSignerTurn = Awaited<ReturnType<typeof partiesOf>>[number];

/** Somebody who signs beside the borrower. */
export interface CoSigner {
  readonly state: CoSignerTurn['state'];
  readonly party: SignerName;
  readonly role: CoSignerRole;
  readonly subject: string;
  readonly person: CoSignerPerson;
}

/** Everybody who signs beside the borrower, in their order. */
export async function coSignersOf(
  deps: Pick<ActivityDeps, 'vault'>,
  db: Queryable,
  applicationId: string,
  contractId: string,
): Promise<readonly CoSigner[]> {
  const turns = await partiesOf(db, contractId);
  if (turns.length === 0) return [];
  const cipher = await deps.vault.of(db, applicationId);
  return turns.map((turn) => ({
    state: turn.state,
    party: partyName(turn.role, turn.position),
    role: turn.role,
    subject: turn.subject,
    person: openCoSigner(cipher, turn.co_signer_id, turn.sealed_person),
  }));
}

/** Those who are named on an application, opened. */
export async function readNamed(deps: ActivityDeps, applicationId: string) {
  const rows = await namedCoSigners(deps.db, applicationId);
  if (rows.length === 0) return [];
  const cipher = await deps.vault.of(deps.db, applicationId);
  return rows.map(({ id, position, role, sealed_person: sealed }) => ({
    id,
    position,
    role,
    person: openCoSigner(cipher, id, sealed),
  }));
}

/** The turns as the state machine takes them, the borrower first. */
export const partiesWith = (
  borrower: Party['state'],
  turns: readonly CoSignerTurn[],
): readonly Party[] => [
  { position: 0, state: borrower },
  ...turns.map(({ position, state }) => ({ position, state })),
];

/** Owes the co-signer an invitation to the number that was named, or a reminder of it; sealed as codes are. */
export async function oweInvitation(
  deps: Pick<ActivityDeps, 'vault'>,
  tx: Tx,
  applicationId: string,
  turn: CoSignerTurn,
  what: { readonly contract: string; readonly reminds: boolean },
): Promise<void> {
  const cipher = await deps.vault.of(tx, applicationId);
  const { mobile } = openCoSigner(cipher, turn.co_signer_id, turn.sealed_person);
  const id = randomUUID();
  const house = await deps.vault.ofHouse(tx);
  const sealed = house.sealJson(OUTBOX_COLUMN, id, { mobile, invitation: what.contract, ...what });
  await oweCode(tx, id, sealed.toString('base64'), applicationId);
}

/**
 * Invites whoever comes next once those before have signed.
 * @param borrower SIGNED from the borrower's own act on
 * @returns whether all have signed
 */
export async function inviteTurn(
  deps: Pick<ActivityDeps, 'vault'>,
  tx: Tx,
  applicationId: string,
  contract: { readonly id: string; readonly number: string },
): Promise<boolean> {
  const turns = await partiesOf(tx, contract.id);
  const before = partiesWith('SIGNED', turns);
  const after = inviteNext(before);
  for (const turn of turns) {
    const state = after.find(({ position }) => position === turn.position)?.state;
    if (state !== 'INVITED' || turn.state === 'INVITED') continue;
    await markInvited(tx, turn.id);
    const what = { contract: contract.number, reminds: false };
    await oweInvitation(deps, tx, applicationId, turn, what);
  }
  return isSigningComplete(after);
}
