/** Fields of a form are shown in clear to whoever has said why, for ten minutes, and only these fields. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PAGES } from '../../api/drafting.ts';
import { underReview } from '../../api/story.ts';
import { openWorld, type World } from '../../api/world.ts';

let world: World;
let owner: string;
let reviewer: string;
let compliance: string;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner-1', ['integrator']);
  reviewer = await world.token('li', ['reviewer']);
  compliance = await world.token('feng', ['compliance']);
});
afterAll(async () => await world.close());
beforeEach(() => {
  world.clock.now = new Date('2026-11-24T04:00:00Z');
});

const { idNumber, mobile } = PAGES.identity;
const ASKED = { fields: ['mobile'], purpose: 'CONTACT_APPLICANT' };

async function claim(taskId: string, assignee: string): Promise<void> {
  await world.db
    .updateTable('review_tasks')
    .set({ state: 'CLAIMED', assignee })
    .where('id', '=', taskId)
    .execute();
}

const unmask = (id: string, token: string, json: unknown = ASKED) =>
  world.call('POST', `/v1/applications/${id}/unmask`, { token, json });
const read = async (id: string, token: string) =>
  (await world.call('GET', `/v1/applications/${id}`, { token })).text;

describe('unmasking', () => {
  it('shows the asked fields and no others, to the one who asked, until ten minutes are over', async () => {
    const { id, taskId } = await underReview(world, owner);
    await claim(taskId, 'li');
    expect(await read(id, reviewer)).not.toContain(mobile);
    const granted = await unmask(id, reviewer);
    expect(granted.status, granted.text).toBe(201);
    expect(granted.text).not.toContain(mobile);
    expect(granted.body['expiresAt']).toBe('2026-11-24T04:10:00.000Z');
    const seen = await read(id, reviewer);
    expect(seen).toContain(mobile);
    expect(seen).not.toContain(idNumber);
    const shown = await world.call('GET', `/v1/reviews/${taskId}`, { token: reviewer });
    expect(shown.text).toContain(mobile);
    expect(await read(id, await world.token('wang', ['reviewer']))).not.toContain(mobile);
    world.clock.now = new Date('2026-11-24T04:10:00.001Z');
    expect(await read(id, reviewer)).not.toContain(mobile);
  });

  it('is refused to a reviewer who has not claimed the task, and to one whose claim has ended', async () => {
    const { id, taskId } = await underReview(world, owner);
    expect((await unmask(id, reviewer)).body['code']).toBe('TASK_NOT_IN_HAND');
    await claim(taskId, 'wang');
    expect((await unmask(id, reviewer)).body['code']).toBe('TASK_NOT_IN_HAND');
    expect(await read(id, reviewer)).not.toContain(mobile);
  });

  it('is open to compliance for a purpose, and is on the audit trail with it', async () => {
    const { id } = await underReview(world, owner);
    const asked = { fields: ['idNumber', 'name'], purpose: 'REGULATOR_REQUEST' };
    expect((await unmask(id, compliance, asked)).status).toBe(201);
    expect(await read(id, compliance)).toContain(idNumber);
    const entries = await world.db
      .selectFrom('audit_entries')
      .select(['actor', 'actor_role', 'reason', 'detail'])
      .where('action', '=', 'form.unmask')
      .where('subject_id', '=', id)
      .execute();
    expect(entries).toEqual([
      {
        actor: 'feng',
        actor_role: 'compliance',
        reason: 'REGULATOR_REQUEST',
        detail: { fields: ['idNumber', 'name'] },
      },
    ]);
  });

  it('needs a purpose and known fields, and is not there for an application out of sight', async () => {
    const { id } = await underReview(world, owner);
    for (const json of [
      { fields: ['mobile'] },
      { fields: ['mobile'], purpose: 'CURIOSITY' },
      { fields: [], purpose: 'COMPLAINT' },
      { fields: ['salary'], purpose: 'COMPLAINT' },
    ]) {
      expect((await unmask(id, compliance, json)).status).toBe(422);
    }
    await world.db.deleteFrom('review_tasks').where('application_id', '=', id).execute();
    expect((await unmask(id, reviewer)).status).toBe(404);
  });

  it('is not for auditors, finance, operations or the people themselves', async () => {
    const { id } = await underReview(world, owner);
    for (const role of ['auditor', 'finance-maker', 'operations', 'risk-approver', 'integrator']) {
      const answer = await unmask(id, await world.token('one', [role]));
      expect([role, answer.body['code']]).toEqual([role, 'ROLE_MISSING']);
    }
  });

  it('cannot be prolonged or widened afterwards, not even in the database', async () => {
    const { id } = await underReview(world, owner);
    await unmask(id, compliance);
    const longer = world.db
      .updateTable('unmask_grants')
      .set({ expires_at: new Date('2027-01-01T00:00:00Z') })
      .where('application_id', '=', id);
    await expect(longer.execute()).rejects.toThrow(/append-only/);
  });
});
