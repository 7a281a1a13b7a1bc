/** Carries an objection to its answer: marks the item, sends it to the bureau, minds the clock and tells the person. */
import { z } from 'zod';
import type { Tx } from '../../db/database.ts';
import { loadForm } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { freeOverdueTask } from '../../db/queries/desk-tasks.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import {
  beginVerifying,
  markObjection,
  markObjectionClock,
  type Objection,
  openClaim,
  readObjection,
  replyObjection,
} from '../../db/queries/objections.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import { businessDate } from '../../platform/clock.ts';
import { openBureaus } from '../bureau-variables.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { askOnce, requestNumber } from '../outside.ts';
import { cancellationSignal } from '../signal.ts';

export interface ObjectionInput {
  readonly objectionId: string;
}

const receipt = z.object({ objectionNo: z.string(), answerDueBy: z.string() });

async function record(tx: Tx, objection: Objection, action: string, detail: object): Promise<void> {
  await recordAudit(tx, {
    actor: 'system',
    role: null,
    via: 'worker',
    action,
    subjectKind: 'objection',
    subjectId: objection.id,
    result: 'DONE',
    detail: { application: objection.application_id, bureau: objection.bureau, ...detail },
  });
}

async function find(deps: Pick<ActivityDeps, 'db'>, id: string): Promise<Objection> {
  const objection = await readObjection(deps.db, id);
  if (objection === undefined) throw finalFailure('NOT_FOUND');
  return objection;
}

/** Marks the item: from here on the record says that decisions that rest on it refer. */
export async function markDisputed(
  deps: Pick<ActivityDeps, 'db'>,
  { objectionId }: ObjectionInput,
): Promise<void> {
  const objection = await find(deps, objectionId);
  await deps.db.transaction().execute(async (tx) => {
    if (await markObjection(tx, objectionId, new Date()))
      await record(tx, objection, 'objection.mark', { item: objection.item });
  });
}

/** Begins the verification, with the bureau's number where it took the objection on. */
async function verify(
  deps: Pick<ActivityDeps, 'db'>,
  objection: Objection,
  reference: string | null,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    if (await beginVerifying(tx, objection.id, reference))
      await record(tx, objection, 'objection.verify', { reference });
  });
}

/** Sends the person's words to the central bank's bureau. The report is named by its number, as the bureau asks for it. */
async function send(
  deps: ActivityDeps,
  objection: Objection,
  cipher: FieldCipher,
): Promise<string | null> {
  const applicationId = objection.application_id;
  const form = await loadForm(deps.db, cipher, applicationId);
  if (form === null) throw finalFailure('FORM_INCOMPLETE');
  const { name, idNumber } = form.identity;
  const today = businessDate(new Date());
  const { pboc } = await openBureaus(deps.db, cipher, applicationId, form.identity, today);
  if (pboc === null) return null;
  const { reference, statement } = openClaim(cipher, objection);
  const step = `objection:${objection.id}`;
  const requestNo = requestNumber(applicationId, step);
  const item = reference === null ? objection.item : `${objection.item} ${reference}`;
  const answer = await askOnce(
    { db: deps.db, fieldCipher: cipher },
    { requestNo, applicationId, step, service: 'pboc', operation: 'objection' },
    (number) =>
      deps.ports.pboc.objection({
        requestNo: number,
        signal: cancellationSignal(),
        name,
        idNumber,
        reportNo: pboc.PRH.PA01AI01,
        item,
        statement,
      }),
    receipt,
  );
  return answer.kind === 'FOUND' ? answer.data.objectionNo : null;
}

/** Hands the objection to the bureau. Baihang's simulated products take none: those are verified in the house. */
export async function sendObjection(
  deps: ActivityDeps,
  { objectionId }: ObjectionInput,
): Promise<void> {
  const objection = await find(deps, objectionId);
  if (objection.state !== 'MARKED') return;
  const cipher = await deps.vault.of(deps.db, objection.application_id);
  const reference =
    objection.bureau === 'PBOC' ? await overTheBorder(() => send(deps, objection, cipher)) : null;
  await verify(deps, objection, reference);
}

/** Verifies in the house what the bureau did not take on in time. */
export async function verifyInHouse(
  deps: Pick<ActivityDeps, 'db'>,
  { objectionId }: ObjectionInput,
): Promise<void> {
  await verify(deps, await find(deps, objectionId), null);
}

/** Says on the record, once, that the answer is nearly due or overdue. Gives whether it was news. */
export async function remindObjection(
  deps: Pick<ActivityDeps, 'db' | 'log'>,
  { objectionId, step }: ObjectionInput & { readonly step: 'REMIND' | 'OVERDUE' },
): Promise<boolean> {
  const objection = await find(deps, objectionId);
  const column = step === 'REMIND' ? 'reminded_at' : 'overdue_at';
  const marked = await deps.db.transaction().execute(async (tx) => {
    const at = new Date();
    if (!(await markObjectionClock(tx, objectionId, column, at))) return false;
    if (step === 'OVERDUE') await freeOverdueTask(tx, 'OBJECTION', objectionId, at);
    const action = step === 'REMIND' ? 'objection.remind' : 'objection.overdue';
    await record(tx, objection, action, { dueOn: objection.due_on });
    await oweNotice(tx, action, objection.application_id, { objectionId });
    return true;
  });
  if (marked) deps.log.warn({ objectionId, step }, 'objection');
  return marked;
}

/** Tells the person that the written answer is there. */
export async function replyToObjection(
  deps: Pick<ActivityDeps, 'db'>,
  { objectionId }: ObjectionInput,
): Promise<void> {
  const objection = await find(deps, objectionId);
  if (objection.outcome === null) throw finalFailure('NOT_DECIDED');
  await deps.db.transaction().execute(async (tx) => {
    if (await replyObjection(tx, objectionId))
      await record(tx, objection, 'objection.reply', { outcome: objection.outcome });
  });
}
