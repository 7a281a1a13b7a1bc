/** Records what becomes of a condition precedent: the applicant answers it, staff clear it, or two of them waive it. */
import {
  type ConditionAct,
  type ConditionRefusal,
  gateAfter,
  isMet,
  type LoanCondition,
  onCondition,
} from '../../domain/conditions.ts';
import { isDecidingRole } from '../../domain/authority.ts';
import type { Actor } from '../../domain/journey.ts';
import { isEnding, type Stage } from '../../domain/journey.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { type ConditionChange, lockCondition, saveCondition } from '../../db/queries/conditions.ts';
import { readConflicts } from '../../db/queries/desk-people.ts';
import { setPending } from '../../db/queries/journey.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Recorded, RefusalCode } from '../outcomes.ts';
import { lockPinned, type Pinned } from '../pinned.ts';
import { refuse } from './desk.ts';
import { isGateShut } from '../gates.ts';

interface ActOnCondition {
  readonly applicationId: string;
  readonly conditionId: string;
  readonly actor: Actor;
  readonly cause: string;
  /** Instant by the workflow's clock, ISO. */
  readonly at: string;
}

export interface AnswerConditionAct extends ActOnCondition {
  /** Base64 of what the applicant says, sealed for `loan_conditions.sealed_answer` of the condition's id. */
  readonly sealedAnswer: string;
}

export interface ResolveConditionAct extends ActOnCondition {
  readonly step: 'CLEAR' | 'REJECT' | 'PROPOSE_WAIVER' | 'APPROVE_WAIVER' | 'REFUSE_WAIVER';
  /** Coded reason. */
  readonly reason: string;
}

const CODE_OF: Readonly<Record<ConditionRefusal, RefusalCode>> = {
  CONDITION_CLOSED: 'CONDITION_CLOSED',
  NOT_ANSWERED: 'CONDITION_NOT_ANSWERED',
  NO_PROPOSAL: 'NO_PROPOSAL',
  FOUR_EYES: 'FOUR_EYES',
};

/** What the application waits for behind a gate once it opens. */
const BEHIND: Partial<Readonly<Record<Stage, 'PAYOUT_RELEASE'>>> = { DISBURSE: 'PAYOUT_RELEASE' };

/** The gate an application stands before, by its stage: one that waits in OFFER has no offer yet. */
function gateBefore({ stage, pending }: Pinned['application']) {
  if (pending !== 'CONDITIONS') return null;
  if (stage === 'OFFER') return 'OFFER';
  return stage === 'CONTRACT' ? 'CONTRACT' : gateAfter(stage);
}

/** Where the application stands after a condition has changed: it waits no longer once its gate is open. */
async function standAfter(tx: Tx, { application }: Pinned): Promise<Recorded> {
  const { id, round, stage, version } = application;
  const gate = gateBefore(application);
  if (gate === null || (await isGateShut(tx, id, round, gate)))
    return { ok: true, stage, version, pending: application.pending };
  const pending = BEHIND[stage] ?? null;
  await setPending(tx, id, pending);
  return { ok: true, stage, version, pending };
}

async function keep(
  tx: Tx,
  act: ActOnCondition,
  after: LoanCondition,
  change: Omit<ConditionChange, 'at' | 'closedBy'> & { readonly step: string },
): Promise<void> {
  const { step, ...kept } = change;
  await saveCondition(tx, after, {
    ...kept,
    closedBy: isMet(after) ? act.actor.subject : null,
    at: new Date(act.at),
  });
  await recordAudit(tx, {
    actor: act.actor.subject,
    role: act.actor.role,
    action: `condition.${step.toLowerCase().replaceAll('_', '-')}`,
    subjectKind: 'application',
    subjectId: act.applicationId,
    result: 'DONE',
    reason: kept.reason,
    detail: { conditionId: after.id, kind: after.kind, gate: after.gate, state: after.state },
  });
}

/** What a condition is acted on with: itself and its application, both locked, or why it cannot be. */
async function lock(deps: ActivityDeps, tx: Tx, act: ActOnCondition) {
  const pinned = await lockPinned(deps, tx, act.applicationId);
  const { application } = pinned;
  if (isEnding(application.stage)) return 'AFTER_ENDING' as const;
  const condition = await lockCondition(tx, application.id, application.round, act.conditionId);
  return condition === undefined ? ('NO_SUCH_CONDITION' as const) : { pinned, condition };
}

/** The applicant's answer; only the owner of the application gives one. */
export async function answerCondition(
  deps: ActivityDeps,
  act: AnswerConditionAct,
): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const found = await lock(deps, tx, act);
    if (typeof found === 'string') return refuse(found);
    const { pinned, condition } = found;
    if (pinned.application.owner_subject !== act.actor.subject) return refuse('ROLE_DOES_NOT_FIT');
    const answer = onCondition(condition, { kind: 'ANSWER' });
    if (!answer.ok) return refuse(CODE_OF[answer.refusal]);
    const sealedAnswer = Buffer.from(act.sealedAnswer, 'base64');
    await keep(tx, act, answer.condition, { step: 'ANSWER', sealedAnswer });
    return await standAfter(tx, pinned);
  });
}

/** A repeated act finds the state it brought about: the answer is where the application stands. */
function isDone(condition: LoanCondition, act: ResolveConditionAct): boolean {
  const { subject } = act.actor;
  switch (act.step) {
    case 'CLEAR':
      return condition.state === 'CLEARED';
    case 'APPROVE_WAIVER':
      return condition.state === 'WAIVED';
    case 'PROPOSE_WAIVER':
      return condition.state === 'WAIVER_PROPOSED' && condition.proposedBy === subject;
    case 'REJECT':
    case 'REFUSE_WAIVER':
      return false;
  }
}

const REASON = /^[A-Z][A-Z0-9_]{1,63}$/;

/** Staff clear an answered condition, or propose and approve to waive one: never by one person alone. */
export async function resolveCondition(
  deps: ActivityDeps,
  act: ResolveConditionAct,
): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const found = await lock(deps, tx, act);
    if (typeof found === 'string') return refuse(found);
    const { pinned, condition } = found;
    const { subject, role } = act.actor;
    if (role === null || !isDecidingRole(role)) return refuse('ROLE_DOES_NOT_FIT');
    if (pinned.application.owner_subject === subject) return refuse('SELF_APPROVAL');
    if ((await readConflicts(tx, act.applicationId, [subject])).size > 0)
      return refuse('CONFLICT_OF_INTEREST');
    if (!REASON.test(act.reason)) return refuse('REASON_MISSING');
    if (isDone(condition, act)) return await standAfter(tx, pinned);
    const asked: ConditionAct = { kind: act.step, by: subject };
    const answer = onCondition(condition, asked);
    if (!answer.ok) return refuse(CODE_OF[answer.refusal]);
    await keep(tx, act, answer.condition, { step: act.step, reason: act.reason });
    const standing = await standAfter(tx, pinned);
    // Proposed is not done: the answer says that a second person is waited for.
    return act.step === 'PROPOSE_WAIVER' && standing.ok
      ? { ...standing, pending: 'WAIVER_APPROVAL' }
      : standing;
  });
}
