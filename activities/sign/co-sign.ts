/** Records what a co-signer says: that they sign the contract that was shown to them, or that they do not; and reminds whose turn it is. */
import { answerParty, type PartyAnswer } from '../../domain/co-signing.ts';
import type { Actor } from '../../domain/journey.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { markAnswered, markReminded, partiesOf } from '../../db/queries/co-signers.ts';
import { readContract, voidContracts } from '../../db/queries/contract.ts';
import type { Tx } from '../../db/database.ts';
import { advance, setPending } from '../../db/queries/journey.ts';
import { isSigningProved } from '../../db/queries/signing.ts';
import type { ActivityDeps } from '../deps.ts';
import { placed } from '../failures.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { lockPinned } from '../pinned.ts';
import { type CoSignerTurn, inviteTurn, oweInvitation, partiesWith } from '../co-signers.ts';

export interface CoSignAct {
  readonly applicationId: string;
  /** The co-signer's turn. */
  readonly partyId: string;
  readonly answer: PartyAnswer;
  /** SM3 of what they were shown, hex. */
  readonly digestSm3: string;
  readonly actor: Actor;
  readonly cause: string;
}

type Contract = NonNullable<Awaited<ReturnType<typeof readContract>>>;

/** Who signs must have proved who they are, seen these very bytes, and said so by a code of their own for this act. */
async function refuseProof(
  tx: Tx,
  act: CoSignAct,
  contract: Contract,
  turn: CoSignerTurn,
): Promise<RefusalCode | null> {
  if (act.digestSm3 !== contract.sm3) return 'DIGEST_DIFFERS';
  if (turn.proved_at === null) return 'CO_SIGNER_UNPROVED';
  const asked = { contractId: contract.id, partyId: turn.id, digestSm3: contract.sm3 };
  return (await isSigningProved(tx, act.cause, asked)) ? null : 'SIGNING_CODE_MISSING';
}

/** A refusal voids the contract and ends the story: nobody pays on a contract without its guarantor. */
async function decline(tx: Tx, act: CoSignAct): Promise<Recorded> {
  const { applicationId, actor, cause } = act;
  await voidContracts(tx, applicationId);
  const move = { applicationId, from: 'SIGN', to: 'WITHDRAWN', actor, cause } as const;
  const moved = await advance(tx, { ...move, reason: 'CO_SIGNER_DECLINED' });
  return { ok: true, ...placed(moved, 'WITHDRAWN') };
}

async function record(
  deps: ActivityDeps,
  tx: Tx,
  act: CoSignAct,
  { contract, turn }: { readonly contract: Contract; readonly turn: CoSignerTurn },
): Promise<void> {
  const { actor } = act;
  const signs = act.answer === 'SIGN';
  await markAnswered(tx, turn.id, signs ? 'SIGNED' : 'DECLINED', act.cause);
  await recordAudit(tx, {
    actor: actor.subject,
    role: actor.role,
    action: signs ? 'contract.co-sign' : 'contract.co-sign-decline',
    subjectKind: 'contract',
    subjectId: contract.id,
    result: 'DONE',
    detail: { party: turn.id, digestSm3: contract.sm3 },
  });
  if (!signs) return;
  const complete = await inviteTurn(deps, tx, act.applicationId, contract);
  if (complete) await setPending(tx, act.applicationId, null);
}

/** Only whose turn it is answers, once; the answer that is there already is told again to the act that gave it. */
export async function admitCoSignature(deps: ActivityDeps, act: CoSignAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const { applicationId } = act;
    const { application } = await lockPinned(deps, tx, applicationId);
    const contract = await readContract(tx, applicationId);
    const turns = contract === undefined ? [] : await partiesOf(tx, contract.id);
    const turn = turns.find(({ id }) => id === act.partyId);
    const { stage, version, pending } = application;
    if (contract === undefined || turn === undefined)
      return { ok: false, code: 'NO_SUCH_CONTRACT' };
    if (turn.subject !== act.actor.subject) return { ok: false, code: 'ROLE_DOES_NOT_FIT' };
    if (turn.answered_cause === act.cause) return { ok: true, stage, version, pending };
    if (stage !== 'SIGN' || contract.state !== 'READY')
      return { ok: false, code: 'STAGE_DOES_NOT_FIT' };
    const borrower = pending === 'CO_SIGNERS' ? 'SIGNED' : 'INVITED';
    const outcome = answerParty(partiesWith(borrower, turns), turn.position, act.answer);
    if (!outcome.ok) return { ok: false, code: outcome.refusal };
    const unproved = act.answer === 'SIGN' ? await refuseProof(tx, act, contract, turn) : null;
    if (unproved !== null) return { ok: false, code: unproved };
    await record(deps, tx, act, { contract, turn });
    if (act.answer === 'DECLINE') return await decline(tx, act);
    const waits = outcome.parties.some(({ state }) => state !== 'SIGNED');
    return { ok: true, stage, version, pending: waits ? 'CO_SIGNERS' : null };
  });
}

/** Reminds whose turn it is, once. */
export async function remindCoSigner(
  deps: ActivityDeps,
  { applicationId }: { readonly applicationId: string },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const contract = await readContract(tx, applicationId);
    if (contract === undefined || contract.state !== 'READY') return;
    const turns = await partiesOf(tx, contract.id);
    const turn = turns.find(({ state }) => state === 'INVITED');
    if (turn === undefined || !(await markReminded(tx, turn.id))) return;
    const what = { contract: contract.number, reminds: true };
    await oweInvitation(deps, tx, applicationId, turn, what);
  });
}
