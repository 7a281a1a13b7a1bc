/** A request by right as its workflow, on a real server: the copy is made, reminders come in time, an answer ends it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepRightsRequest, readRightsRequest } from '../../../db/queries/rights.ts';
import type { Right } from '../../../domain/rights.ts';
import { queueName, rightsWorkflowId } from '../../../workflows/ids.ts';
import { type House, openHouse } from '../../support/house.ts';
import { newDraft, readName, saveName } from '../keys/people.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 240_000);
afterAll(async () => {
  await house.close();
});

/** A draft of somebody and their request about it, with its workflow begun. */
async function begun(kind: Right, dueOn: string) {
  const applicationId = await newDraft(house.db);
  await saveName(house.db, house.deps.vault, applicationId, '王小明');
  const { owner_subject: ownerSubject } = await house.db
    .updateTable('applications')
    .set({ stage: 'WITHDRAWN', ended_at: new Date() })
    .where('id', '=', applicationId)
    .returning('owner_subject')
    .executeTakeFirstOrThrow();
  const id = randomUUID();
  const receivedAt = new Date();
  const asked = { kind, items: [], dueOn, receivedAt, sealedWords: null };
  const request = { id, applicationId, ownerSubject, ...asked };
  await keepRightsRequest(house.db, request);
  const handle = await house.client.workflow.start('personRights', {
    workflowId: rightsWorkflowId(id),
    taskQueue: queueName(house.config.temporal.taskQueuePrefix, 'loan'),
    args: [{ requestId: id, kind, dueOn }],
  });
  return { id, applicationId, handle };
}

const FAR = '2099-01-05';

describe('the workflow of a request', () => {
  it('makes the copy as a PDF that only the person’s keys open', async () => {
    const { id, applicationId, handle } = await begun('EXPORT', FAR);
    await handle.result();
    expect(await readRightsRequest(house.db, id)).toMatchObject({ state: 'ANSWERED' });
    const cipher = await house.deps.vault.of(house.db, applicationId);
    const pdf = await house.deps.objects.get(`exports/${id}.pdf`, cipher);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('reminds and says what is overdue, and erases once two people have answered', async () => {
    const { id, applicationId, handle } = await begun('ERASURE', '2026-01-05');
    const marked = async () => (await readRightsRequest(house.db, id))?.overdue_at ?? null;
    await expect.poll(marked, { timeout: 30_000 }).not.toBeNull();
    const two = { proposed_by: 'wu', approved_by: 'zheng', answered_at: new Date() };
    await house.db
      .updateTable('rights_requests')
      .set({ state: 'ANSWERED', outcome: 'DONE', reason: 'GRANTED', ...two })
      .where('id', '=', id)
      .execute();
    await handle.signal('rightsAnswered');
    await handle.result();
    expect((await readRightsRequest(house.db, id))?.concluded_at).not.toBeNull();
    await expect(readName(house.db, house.deps.vault, applicationId)).rejects.toMatchObject({
      code: 'SUBJECT_ERASED',
    });
  });

  it('of the daily retention round ends and says what it did', async () => {
    const result: unknown = await house.client.workflow.execute('retention', {
      workflowId: `retention-${randomUUID()}`,
      taskQueue: queueName(house.config.temporal.taskQueuePrefix, 'loan'),
      args: [],
    });
    expect(result).toMatchObject({ reports: 0 });
  });
});
