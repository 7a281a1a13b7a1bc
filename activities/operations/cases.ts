/** Parks a failed step as a case for operations, and records the two people who send it on its way. */
import { type Actor, TIMER } from '../../domain/journey.ts';
import { readApplication } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { setPending } from '../../db/queries/journey.ts';
import {
  approveCase,
  lockCase,
  type NewCase,
  openCase as open,
  proposeCase,
} from '../../db/queries/operations.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import { dropCorrections } from '../../db/queries/corrections.ts';
import type { ActivityDeps } from '../deps.ts';
import { applyCorrections } from './correct.ts';
import type { Placed, Recorded } from '../outcomes.ts';

export async function openCase(
  deps: ActivityDeps,
  input: NewCase,
): Promise<{ readonly caseId: string }> {
  const caseId = await deps.db.transaction().execute(async (tx) => {
    const id = await open(tx, input);
    await recordAudit(tx, {
      actor: 'xindai',
      role: null,
      action: 'case.open',
      subjectKind: 'application',
      subjectId: input.applicationId,
      result: 'FAILED',
      detail: { step: input.step, failureCode: input.failureCode },
    });
    return id;
  });
  deps.log.error(
    { applicationId: input.applicationId, step: input.step, failureCode: input.failureCode },
    'loan parked for operations',
  );
  return { caseId };
}

export interface ResolveCaseAct {
  readonly applicationId: string;
  readonly caseId: string;
  readonly step: 'PROPOSE' | 'APPROVE';
  readonly action: 'RETRY' | 'SKIP';
  readonly reason: string;
  readonly actor: Actor;
  readonly cause: string;
  readonly at: string;
}

type CaseRow = NonNullable<Awaited<ReturnType<typeof lockCase>>>;

function refuse(
  row: CaseRow,
  act: ResolveCaseAct,
): Extract<Recorded, { ok: false }>['code'] | null {
  if (act.actor.role !== 'operations') return 'ROLE_DOES_NOT_FIT';
  if (act.step === 'PROPOSE') return row.state === 'OPEN' ? null : 'ALREADY_PROPOSED';
  if (row.state !== 'PROPOSED') return 'NO_PROPOSAL';
  if (row.proposed_by === act.actor.subject) return 'FOUR_EYES';
  return row.action === act.action ? null : 'ACTION_DIFFERS';
}

export async function resolveCase(deps: ActivityDeps, act: ResolveCaseAct): Promise<Recorded> {
  return await deps.db.transaction().execute(async (tx) => {
    const application = await readApplication(tx, act.applicationId);
    const row = await lockCase(tx, act.applicationId, act.caseId);
    if (application === undefined || row === undefined) return { ok: false, code: 'NO_SUCH_CASE' };
    const standing = { ok: true, stage: application.stage, version: application.version } as const;
    const { subject } = act.actor;
    const done = act.step === 'PROPOSE' ? row.proposed_by === subject : row.approved_by === subject;
    if (done && row.action === act.action) return { ...standing, pending: application.pending };
    const code = refuse(row, act);
    if (code !== null) return { ok: false, code };
    if (act.step === 'PROPOSE') {
      await proposeCase(tx, {
        caseId: row.id,
        action: act.action,
        by: subject,
        reason: act.reason,
      });
    } else {
      const refused =
        act.action === 'RETRY'
          ? await applyCorrections(deps, tx, application, row.id, act.actor)
          : null;
      if (refused !== null) return { ok: false, code: refused };
      await dropCorrections(tx, row.id);
      await approveCase(tx, row.id, subject, new Date(act.at));
      await setPending(tx, act.applicationId, null);
    }
    await recordAudit(tx, {
      actor: subject,
      role: act.actor.role,
      action: act.step === 'PROPOSE' ? 'case.propose' : 'case.approve',
      subjectKind: 'application',
      subjectId: act.applicationId,
      result: 'DONE',
      detail: { caseId: row.id, step: row.step, action: act.action },
    });
    return { ...standing, pending: act.step === 'PROPOSE' ? 'OPERATOR' : null };
  });
}

/**
 * Reminds people of a loan that waits for them: a notice is owed and the trail says so. Gives where the application stands,
 * which a story that was set back has forgotten.
 */
export async function remindPeople(
  deps: ActivityDeps,
  { applicationId, what }: { readonly applicationId: string; readonly what: string },
): Promise<Placed | undefined> {
  return await deps.db.transaction().execute(async (tx) => {
    await oweNotice(tx, 'people.reminder', applicationId, { what });
    await recordAudit(tx, {
      actor: TIMER.subject,
      role: null,
      action: 'people.remind',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { what },
    });
    const application = await readApplication(tx, applicationId);
    return application === undefined
      ? undefined
      : { stage: application.stage, version: application.version, pending: application.pending };
  });
}
