/** What follows a payout that was refused or held back: one person proposes to try again or to give up, another approves. */
import type { Actor } from '../../domain/journey.ts';
import type { Tx } from '../../db/database.ts';
import { mayResolve } from '../../domain/disburse.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  approve,
  createPayout,
  lockPayout,
  type Payout,
  propose,
  readProposal,
  type RetryProposal,
} from '../../db/queries/disburse.ts';
import { advance, setPending } from '../../db/queries/journey.ts';
import { openCase } from '../../db/queries/operations.ts';
import type { ActivityDeps } from '../deps.ts';
import { refusalCode } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';
import { requestNumber } from '../outside.ts';
import type { Placed, Recorded } from '../outcomes.ts';
import { lockPinned } from '../pinned.ts';
import { giveUpRest } from './give-up.ts';
import { trancheStep } from './tranches.ts';

export interface ResolvePayoutAct {
  readonly applicationId: string;
  readonly payoutId: string;
  readonly step: 'PROPOSE' | 'APPROVE';
  readonly action: 'RETRY' | 'CANCEL';
  readonly reason: string;
  readonly actor: Actor;
  readonly cause: string;
  readonly at: string;
}

/** Whoever may propose never approves: the two steps belong to two roles that no person holds together. */
const ROLE_OF_STEP = { PROPOSE: 'finance-maker', APPROVE: 'finance-checker' } as const;

export type Resolved = Recorded<{ readonly nextPayoutId: string | null }>;

async function auditStep(tx: Tx, act: ResolvePayoutAct): Promise<void> {
  await recordAudit(tx, {
    actor: act.actor.subject,
    role: act.actor.role,
    action: act.step === 'PROPOSE' ? 'payout.propose' : 'payout.approve',
    subjectKind: 'payout',
    subjectId: act.payoutId,
    result: 'DONE',
    detail: { action: act.action, applicationId: act.applicationId },
  });
}

export async function resolvePayout(deps: ActivityDeps, act: ResolvePayoutAct): Promise<Resolved> {
  return await deps.db.transaction().execute(async (tx) => {
    const { application } = await lockPinned(deps, tx, act.applicationId);
    const payout = await lockPayout(tx, act.applicationId, act.payoutId);
    if (payout === undefined) return { ok: false, code: 'NO_SUCH_PAYOUT' };
    if (!mayResolve(payout.state)) return { ok: false, code: 'PAYOUT_STATE_DOES_NOT_FIT' };
    if (act.actor.role !== ROLE_OF_STEP[act.step]) return { ok: false, code: 'ROLE_DOES_NOT_FIT' };
    if (application.owner_subject === act.actor.subject)
      return { ok: false, code: 'SELF_APPROVAL' };
    const proposal = await readProposal(tx, payout.id);
    const at = { stage: application.stage, version: application.version } as const;
    return act.step === 'PROPOSE'
      ? await put(tx, act, proposal, at)
      : await agree(deps, tx, act, payout, proposal, at);
  });
}

type At = Pick<Placed, 'stage' | 'version'>;

async function put(
  tx: Tx,
  act: ResolvePayoutAct,
  known: RetryProposal | undefined,
  at: At,
): Promise<Resolved> {
  const proposed = {
    ok: true,
    ...at,
    pending: 'PAYOUT_RETRY_APPROVAL',
    nextPayoutId: null,
  } as const;
  if (known !== undefined) {
    const same = known.proposedBy === act.actor.subject && known.action === act.action;
    return same ? proposed : { ok: false, code: 'ALREADY_PROPOSED' };
  }
  await propose(tx, {
    payoutId: act.payoutId,
    action: act.action,
    by: act.actor.subject,
    reason: act.reason,
  });
  await setPending(tx, act.applicationId, 'PAYOUT_RETRY_APPROVAL');
  await auditStep(tx, act);
  return proposed;
}

async function agree(
  deps: ActivityDeps,
  tx: Tx,
  act: ResolvePayoutAct,
  payout: Payout,
  proposal: RetryProposal | undefined,
  at: At,
): Promise<Resolved> {
  if (proposal === undefined) return { ok: false, code: 'NO_PROPOSAL' };
  if (proposal.proposedBy === act.actor.subject) return { ok: false, code: 'FOUR_EYES' };
  if (proposal.action !== act.action) return { ok: false, code: 'ACTION_DIFFERS' };
  await approve(tx, payout.id, act.actor.subject, new Date(act.at));
  await auditStep(tx, act);
  if (act.action === 'CANCEL') return await giveUp(tx, act, at, payout.tranche);
  const nextPayoutId = await nextAttempt(deps, tx, act, payout, proposal.proposedBy);
  await setPending(tx, act.applicationId, 'BANK');
  return { ok: true, ...at, pending: 'BANK', nextPayoutId };
}

/**
 * Before any money moved, the loan ends. In service, the part and what is planned after it end; the application goes on while
 * another note of it lives or was settled.
 */
async function giveUp(
  tx: Tx,
  act: ResolvePayoutAct,
  { stage }: At,
  tranche: number,
): Promise<Resolved> {
  const { applicationId, actor, cause } = act;
  const goesOn = stage === 'SERVICE' ? await giveUpRest(tx, act, tranche) : null;
  if (goesOn !== null) return { ok: true, ...goesOn, nextPayoutId: null };
  // A loan whose money came back is in service, with nothing owed on it.
  const from = stage === 'SERVICE' ? 'SERVICE' : 'DISBURSE';
  const move = { from, to: 'CANCELLED', reason: 'PAYOUT_GIVEN_UP' } as const;
  const moved = await advance(tx, { applicationId, actor, cause, ...move });
  if (!moved.ok) return { ok: false, code: refusalCode(moved) };
  return {
    ok: true,
    stage: 'CANCELLED',
    version: moved.version,
    pending: null,
    nextPayoutId: null,
  };
}

/** A new attempt is a new row with a new number: the bank has refused the old one for good. */
async function nextAttempt(
  deps: ActivityDeps,
  tx: Tx,
  act: ResolvePayoutAct,
  refused: Payout,
  proposedBy: string,
): Promise<string> {
  const attempt = refused.attempt + 1;
  const step = trancheStep(refused.tranche, attempt);
  const id = derivedUuid(refused.contractId, step);
  const cipher = await deps.vault.of(tx, act.applicationId);
  const account = cipher.openJson(
    'payouts.sealed_account',
    refused.id,
    refused.sealedAccount,
    (value) => value,
  );
  await createPayout(tx, {
    id,
    applicationId: act.applicationId,
    contractId: refused.contractId,
    attempt,
    requestNo: requestNumber(act.applicationId, step),
    amountFen: refused.amountFen,
    ...(refused.principalFen === null
      ? {}
      : { part: { tranche: refused.tranche, principalFen: refused.principalFen } }),
    sealedAccount: cipher.sealJson('payouts.sealed_account', id, account),
    state: 'RELEASED',
    retry: { proposedBy, approvedBy: act.actor.subject },
  });
  return id;
}

/** Tells people that the bank has not said for longer than the policy allows what became of a payout; asking goes on. */
export async function reportUnknownPayout(
  deps: ActivityDeps,
  input: { readonly applicationId: string; readonly payoutId: string; readonly at: string },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await openCase(tx, {
      applicationId: input.applicationId,
      step: 'disburse.unknown',
      failureCode: 'PAYOUT_UNKNOWN',
      cause: `disburse.unknown:${input.payoutId}`,
    });
  });
}
