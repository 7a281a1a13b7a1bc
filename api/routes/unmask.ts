/** Unmasking: a person of ours asks to see fields of a form in clear, says what for, and may for a short while. */
import { readApplication } from '../../db/queries/apply.ts';
import { holdsTask, keepUnmaskGrant } from '../../db/queries/unmask.ts';
import { UNMASK_MINUTES } from '../../domain/unmask.ts';
import { recordDeed } from '../audit.ts';
import { actKeyOf, type AppContext, callerOf } from '../deps.ts';
import { derivedId } from '../derived-id.ts';
import { refuseOwnApplication, visible } from '../ownership.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { unmasking, unmaskingGranted } from '../schemas/unmask.ts';
import { SIGHTS } from '../sight.ts';
import { iso } from '../times.ts';

const unmask = defineRoute('POST /v1/applications/{id}/unmask', {
  summary: 'Ask to see fields of a form in clear',
  description: `For ${UNMASK_MINUTES} minutes the application and its case show these fields in clear to whoever asked. Reviewers need the task claimed. The purpose and the act are recorded.`,
  tags: ['oversight'],
  request: { params: idParam, body: jsonBody(unmasking) },
  responses: { 201: jsonAnswer('Granted', unmaskingGranted) },
});

/** @throws ApiProblem NOT_FOUND, SELF_APPROVAL, TASK_NOT_IN_HAND */
async function requireReason(c: AppContext, applicationId: string): Promise<void> {
  const { db } = c.get('deps');
  const { subject, role } = callerOf(c);
  const application = visible(c, await readApplication(db, applicationId));
  refuseOwnApplication(c, application.owner_subject);
  if (SIGHTS[role].unmasking === 'purpose') return;
  if (!(await holdsTask(db, applicationId, subject))) throw new ApiProblem('TASK_NOT_IN_HAND');
}

export function registerUnmask(app: App): void {
  app.openapi(unmask, async (c) => {
    const { id: applicationId } = c.req.valid('param');
    const { fields, purpose } = c.req.valid('json');
    await requireReason(c, applicationId);
    const { db, now } = c.get('deps');
    const { subject, role } = callerOf(c);
    const id = derivedId(actKeyOf(c), 'unmask');
    const grantedAt = now();
    const expiresAt = new Date(grantedAt.getTime() + UNMASK_MINUTES * 60_000);
    const ends = await db.transaction().execute(async (tx) => {
      const grant = { id, applicationId, subject, role, fields, purpose, grantedAt, expiresAt };
      const kept = await keepUnmaskGrant(tx, grant);
      await recordDeed(c, tx, {
        action: 'form.unmask',
        subjectKind: 'application',
        subjectId: applicationId,
        result: 'DONE',
        reason: purpose,
        detail: { fields },
      });
      return kept;
    });
    return c.json({ id, applicationId, fields, purpose, expiresAt: iso(ends) }, 201);
  });
}
