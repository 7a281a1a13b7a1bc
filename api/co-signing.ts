/** A co-signer at the door: the turn that is theirs, the proof of who they are, and the contract in its owner's sight. */
import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { countProof, markProved, readTurn } from '../db/queries/co-signers.ts';
import { readContract } from '../db/queries/reads/papers.ts';
import type { CoSignerPerson } from '../domain/co-signing.ts';
import { normaliseIdentifier } from '../domain/identifiers.ts';
import { normaliseName } from '../domain/names.ts';
import { inArea } from './area.ts';
import { recordDeed } from './audit.ts';
import { type AppContext, callerOf } from './deps.ts';
import { ApiProblem } from './problem-response.ts';

export const CO_SIGNER_COLUMN = 'co_signers.sealed_person';
const MOST_PROOFS = 5;

const personForm = z.object({ name: z.string(), idNumber: z.string(), mobile: z.string() });

export type Turn = NonNullable<Awaited<ReturnType<typeof readTurn>>>;
type ContractRow = NonNullable<Awaited<ReturnType<typeof readContract>>>;

/** A turn with its contract, which a co-signer sees through its owner and through nothing else. */
export interface OpenTurn {
  readonly turn: Turn;
  readonly contract: ContractRow;
  /** The sight of the contract's owner, for this one contract. */
  readonly db: Db;
}

/** The caller's own turn that has come. @throws ApiProblem NOT_FOUND */
export async function turnOf(c: AppContext, id: string): Promise<OpenTurn> {
  const deps = c.get('deps');
  const turn = await readTurn(deps.db, id);
  if (turn === undefined || turn.subject !== callerOf(c).subject || turn.invited_at === null)
    throw new ApiProblem('NOT_FOUND');
  const { db } = inArea(deps, 'applicant', turn.owner_subject);
  const contract = await readContract(db, turn.contract_id);
  if (contract === undefined) throw new ApiProblem('NOT_FOUND');
  return { turn, contract, db };
}

/** The same, once the person has proved who they are. @throws ApiProblem CO_SIGNER_UNPROVED */
export async function provedTurn(c: AppContext, id: string): Promise<OpenTurn> {
  const open = await turnOf(c, id);
  if (open.turn.proved_at === null) throw new ApiProblem('CO_SIGNER_UNPROVED');
  return open;
}

/** Who was named. */
export async function personOfTurn(c: AppContext, { turn, db }: OpenTurn): Promise<CoSignerPerson> {
  const cipher = await c.get('deps').vault.of(db, turn.application_id);
  return cipher.openJson(CO_SIGNER_COLUMN, turn.co_signer_id, turn.sealed_person, (value) =>
    personForm.parse(value),
  );
}

/**
 * Takes name and number of identity card of whoever holds the mobile; five tries in all.
 * @throws ApiProblem CO_SIGNER_IDENTITY_REFUSED, whatever is wrong
 */
export async function proveIdentity(
  c: AppContext,
  open: OpenTurn,
  said: Pick<CoSignerPerson, 'name' | 'idNumber'>,
): Promise<void> {
  const { turn } = open;
  if (turn.proved_at !== null) return;
  const { db, now } = c.get('deps');
  const about = { action: 'co-signer.prove', subjectKind: 'contract', subjectId: turn.contract_id };
  const counted = await countProof(db, turn.id, MOST_PROOFS);
  const named = await personOfTurn(c, open);
  const matches =
    normaliseName(said.name) === normaliseName(named.name) &&
    normaliseIdentifier(said.idNumber) === named.idNumber;
  const detail = { party: turn.id };
  if (!counted || !matches) {
    const reason = 'CO_SIGNER_IDENTITY_REFUSED';
    await recordDeed(c, db, { ...about, result: 'DENIED', reason, detail });
    throw new ApiProblem(reason);
  }
  await db.transaction().execute(async (tx) => {
    await markProved(tx, turn.id, now());
    await recordDeed(c, tx, { ...about, result: 'DONE', detail });
  });
}
