/** The bureau desk over the API: two people ask by hand, oversight reads the register, a person sees an objection through. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginVerifying, markObjection } from '../../db/queries/objections.ts';
import { fillPages, newDraft, showLetter } from './drafting.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let owner: string;
let wang: string;
let li: string;
let wu: string;
beforeAll(async () => {
  world = await openWorld();
  owner = await world.token('owner-1', ['applicant']);
  wang = await world.token('wang', ['risk-officer']);
  li = await world.token('li', ['risk-approver']);
  wu = await world.token('wu', ['compliance']);
});
afterAll(async () => await world.close());

const post = (path: string, token: string, json: unknown) =>
  world.call('POST', path, { token, json });
const get = (path: string, token: string) => world.call('GET', path, { token });

/** A draft whose person is known. */
async function known(): Promise<string> {
  const id = await newDraft(world, owner);
  await fillPages(world, owner, id);
  await showLetter(world, owner, id);
  return id;
}
const wanted = (applicationId: string) => ({
  applicationId,
  bureau: 'PBOC',
  purpose: '02',
  reason: 'MATERIAL_CHANGE',
});
const actions = async (subjectId: string) =>
  (
    await world.db
      .selectFrom('audit_entries')
      .select('action')
      .where('subject_id', '=', subjectId)
      .where('action', 'like', 'bureau.%')
      .orderBy('id')
      .execute()
  ).map(({ action }) => action);

describe('a query by hand', () => {
  it('is asked when another person approves it, and by nobody alone', async () => {
    const proposed = await post('/v1/bureau-queries', wang, wanted(await known()));
    expect(proposed.status, proposed.text).toBe(201);
    expect(proposed.body).toMatchObject({ state: 'PROPOSED', proposedBy: 'wang', offHours: false });
    const id = String(proposed.body['id']);
    const path = `/v1/bureau-queries/${id}/approve`;
    expect((await post(path, wang, {})).body['code']).toBe('SAME_PERSON_TWICE');
    const before = world.loan.heard.length;
    expect((await post(path, li, {})).body).toMatchObject({ state: 'APPROVED', approvedBy: 'li' });
    expect(world.loan.heard.slice(before)).toEqual([
      { to: 'desk', name: 'ask', input: { requestId: id } },
    ]);
    expect((await post(path, li, {})).body['code']).toBe('ALREADY_DECIDED');
    expect(await actions(id)).toEqual(['bureau.propose', 'bureau.approve']);
    const listed = await get('/v1/bureau-queries/proposals', wu);
    expect(listed.text).toContain(id);
  });

  it('raises an alert at night, and is for no application that is not there nor for one of one’s own', async () => {
    const application = await known();
    const day = world.clock.now;
    world.clock.now = new Date('2026-11-24T14:00:00Z');
    const late = await world.token('wang', ['risk-officer']);
    const proposed = await post('/v1/bureau-queries', late, wanted(application));
    expect(proposed.body, proposed.text).toMatchObject({ offHours: true });
    expect(await actions(String(proposed.body['id']))).toEqual([
      'bureau.propose',
      'bureau.off-hours',
    ]);
    world.clock.now = day;
    expect((await post('/v1/bureau-queries', wang, wanted(randomUUID()))).status).toBe(404);
  });
});

describe('the register', () => {
  it('is read by risk officers, compliance and auditors, and by nobody else', async () => {
    for (const token of [wang, li, wu]) {
      expect((await get('/v1/bureau-queries', token)).status).toBe(200);
      expect((await get('/v1/bureau-queries/weekly-reports', token)).body).toEqual({ items: [] });
    }
    for (const role of ['reviewer', 'operations', 'finance-maker'] as const)
      expect((await get('/v1/bureau-queries', await world.token('x', [role]))).status).toBe(403);
    expect((await get('/v1/bureau-queries', owner)).status).toBe(403);
  });
});

describe('an objection', () => {
  const claim = (applicationId: string) => ({
    applicationId,
    bureau: 'PBOC',
    item: 'ACCOUNT',
    reference: 'AC1',
    statement: '该账户非本人办理',
  });

  it('is raised by its person, answered in writing by compliance, and read by both', async () => {
    const raised = await post('/v1/objections', owner, claim(await known()));
    expect(raised.status, raised.text).toBe(201);
    expect(raised.body).toMatchObject({ state: 'RECEIVED', dueOn: '2026-12-14', overdue: false });
    const id = String(raised.body['id']);
    expect(world.loan.heard.at(-1)).toEqual({
      to: 'desk',
      name: 'object',
      input: { objectionId: id, remindOn: '2026-12-09', dueOn: '2026-12-14' },
    });
    const path = `/v1/objections/${id}`;
    const said = { outcome: 'UPHELD', answer: '经核查，该账户由本人于2019年办理。' };
    expect((await post(`${path}/answer`, wu, said)).body['code']).toBe('OBJECTION_NOT_VERIFYING');
    await markObjection(world.db, id, new Date());
    await beginVerifying(world.db, id, 'OB1');
    expect((await post(`${path}/answer`, wang, said)).status).toBe(403);
    // Nobody answers what they do not have in hand, and one person has it at a time.
    expect((await post(`${path}/answer`, wu, said)).body['code']).toBe('NOT_YOUR_TASK');
    const feng = await world.token('feng', ['compliance']);
    expect((await post(`${path}/claim`, wang, {})).status).toBe(403);
    expect((await post(`${path}/claim`, feng, {})).body).toMatchObject({
      kind: 'OBJECTION',
      state: 'CLAIMED',
      assignee: 'feng',
    });
    expect((await post(`${path}/claim`, wu, {})).body['code']).toBe('ALREADY_CLAIMED');
    expect((await post(`${path}/release`, wu, {})).body['code']).toBe('NOT_YOUR_TASK');
    expect((await post(`${path}/release`, feng, {})).body).toMatchObject({ state: 'OPEN' });
    await post(`${path}/claim`, feng, {});
    const stolen = await post(`${path}/steal`, wu, { reason: 'FENG_IS_ILL' });
    expect(stolen.body).toMatchObject({ assignee: 'wu' });
    const queue = await get('/v1/reviews?kind=OBJECTION&assignee=me', wu);
    expect(queue.body['items'], queue.text).toMatchObject([
      { subjectId: id, state: 'CLAIMED', slaDueAt: '2026-12-14T16:00:00.000Z' },
    ]);
    const others = await get('/v1/reviews?kind=OBJECTION', wang);
    expect(others.body['items'], others.text).toEqual([]);
    expect((await post(`${path}/answer`, wu, said)).body).toMatchObject({ state: 'UPHELD' });
    expect((await post(`${path}/answer`, wu, said)).body['code']).toBe('ALREADY_DECIDED');
    expect(world.loan.heard.at(-1)).toMatchObject({ to: 'desk', name: 'decided' });
    const read = await get(path, owner);
    expect(read.body).toMatchObject({
      statement: '该账户非本人办理',
      answer: said.answer,
      outcome: 'UPHELD',
    });
    expect((await get('/v1/objections', wu)).text).not.toContain('非本人办理');
    const stored = await world.db
      .selectFrom('objections')
      .select(['sealed_claim', 'sealed_answer'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(stored.sealed_claim.includes('非本人办理')).toBe(false);
    expect(stored.sealed_answer?.includes('2019')).toBe(false);
    const other = await world.token('owner-2', ['applicant']);
    expect((await get(path, other)).status).toBe(404);
  });

  it('is refused for what the bureau does not report', async () => {
    const wrong = { ...claim(await known()), item: 'WATCH_LIST', reference: null };
    const answer = await post('/v1/objections', owner, wrong);
    expect([answer.status, answer.body['code']]).toEqual([422, 'OBJECTION_ITEM_UNKNOWN']);
  });
});
