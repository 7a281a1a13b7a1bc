/** Backtests are started by risk on what is published or drafted, read by oversight too, and by nobody else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishShippedRulebooks } from '../../activities/shipped-rulebooks.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { type Answer, openWorld, type World } from './world.ts';

let world: World;
let officer: string;
beforeAll(async () => {
  world = await openWorld();
  await publishShippedRulebooks(world.db);
  officer = await world.token('officer-1', ['risk-officer']);
});
afterAll(async () => await world.close());

const PUBLISHED = { code: STRATEGY_V2.id, version: STRATEGY_V2.version };
const DAYS = { from: '2026-01-01', to: '2026-06-30' };
const start = (json: object, token = officer, more = {}) =>
  world.call('POST', '/v1/backtests', { token, json: { ...DAYS, ...json }, ...more });
const codeOf = (answer: Answer) => answer.body['code'];

async function drafted(kind: string, code: string, document: object): Promise<string> {
  const made = await world.call('POST', '/v1/rule-drafts', {
    token: officer,
    json: { kind, code, document, reason: 'TUNING' },
  });
  expect(made.status, made.text).toBe(201);
  return String(made.body['id']);
}

const kept = async (answer: Answer) =>
  await world.db
    .selectFrom('backtests')
    .selectAll()
    .where('id', '=', String(answer.body['id']))
    .executeTakeFirstOrThrow();

describe('a backtest', () => {
  it('of a published version begins in the background, is audited and shows how far it is', async () => {
    const answer = await start({ strategy: PUBLISHED });
    expect(answer.status, answer.text).toBe(202);
    const id = String(answer.body['id']);
    expect(answer.body).toMatchObject({
      state: 'RUNNING',
      strategy: { draftId: null, ...PUBLISHED },
      scorecard: { name: 'PERSONAL_EXPERT@1' },
      from: '2025-12-31T16:00:00.000Z',
      until: '2026-06-30T16:00:00.000Z',
      decided: 0,
      report: null,
      startedBy: 'officer-1',
    });
    expect(world.loan.heard.at(-1)).toEqual({
      to: 'backtest',
      name: 'begin',
      input: { backtestId: id },
    });
    const read = await world.call('GET', `/v1/backtests/${id}`, { token: officer });
    expect(read.body).toEqual(answer.body);
    const entry = await world.db
      .selectFrom('audit_entries')
      .select(['actor', 'action'])
      .where('subject_id', '=', id)
      .executeTakeFirst();
    expect(entry).toEqual({ actor: 'officer-1', action: 'backtest.start' });
  });

  it('of a draft tries the document as it stands now, whatever becomes of the draft', async () => {
    const draftId = await drafted('STRATEGY', STRATEGY_V2.id, STRATEGY_V2);
    const answer = await start({ strategy: { draftId } });
    expect(answer.status, answer.text).toBe(202);
    const row = await kept(answer);
    const draft = await world.db
      .selectFrom('rule_drafts')
      .select(['document', 'document_sm3'])
      .where('id', '=', draftId)
      .executeTakeFirstOrThrow();
    expect(row.strategy).toEqual(draft.document);
    expect([row.strategy_sm3, row.draft_id]).toEqual([draft.document_sm3, draftId]);
  });

  it('with a drafted scorecard tries the strategy as another document, under a digest of its own', async () => {
    const draftId = await drafted('SCORECARD', SCORECARD_V1.id, SCORECARD_V1);
    const plain = await kept(await start({ strategy: PUBLISHED }));
    const answer = await start({ strategy: PUBLISHED, scorecard: { draftId } });
    expect(answer.status, answer.text).toBe(202);
    const row = await kept(answer);
    expect(row.strategy).toMatchObject({ scorecard: 'PERSONAL_EXPERT@2' });
    expect(row.strategy_sm3).not.toBe(plain.strategy_sm3);
    expect(row.scorecard_sm3).not.toBe(plain.scorecard_sm3);
  });

  it('asked for twice under one key is one', async () => {
    const once = { key: 'backtest-once-1' };
    const [first, second] = [
      await start({ strategy: PUBLISHED }, officer, once),
      await start({ strategy: PUBLISHED }, officer, once),
    ];
    expect(second.body['id']).toBe(first.body['id']);
  });

  it.each([
    ['a version that is not there', { strategy: { ...PUBLISHED, version: 99 } }, 404, 'NOT_FOUND'],
    [
      'a scorecard that is not there',
      { strategy: PUBLISHED, scorecard: { code: 'NOBODYS', version: 1 } },
      422,
      'BACKTEST_SCORECARD_MISSING',
    ],
    [
      'days in the wrong order',
      { strategy: PUBLISHED, from: '2026-02-01', to: '2026-01-01' },
      422,
      'BACKTEST_RANGE_EMPTY',
    ],
    ['no strategy', {}, 422, 'VALIDATION_FAILED'],
    ['too many samples', { strategy: PUBLISHED, sampleLimit: 9_999 }, 422, 'VALIDATION_FAILED'],
  ])('of %s is refused', async (_, asked, status, code) => {
    const answer = await start(asked);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });

  it('of a draft that does not parse is refused with the place', async () => {
    const draftId = await drafted('STRATEGY', 'BROKEN', { ...STRATEGY_V2, cutoffs: {} });
    const answer = await start({ strategy: { draftId } });
    expect([answer.status, codeOf(answer)]).toEqual([422, 'RULE_DOCUMENT_INVALID']);
    expect(answer.text).toContain('/document/cutoffs');
  });
});

describe('who may', () => {
  it.each(['risk-officer', 'risk-approver'])('%s starts and reads', async (role) => {
    const token = await world.token(`${role}-x`, [role]);
    const answer = await start({ strategy: PUBLISHED }, token);
    expect(answer.status, answer.text).toBe(202);
    const list = await world.call('GET', '/v1/backtests', { token });
    expect(list.status).toBe(200);
    expect(list.text).toContain(String(answer.body['id']));
  });

  it.each(['compliance', 'auditor'])('%s reads and does not start', async (role) => {
    const token = await world.token(`${role}-x`, [role]);
    const id = String((await start({ strategy: PUBLISHED })).body['id']);
    expect((await world.call('GET', `/v1/backtests/${id}`, { token })).status).toBe(200);
    expect(codeOf(await start({ strategy: PUBLISHED }, token))).toBe('ROLE_MISSING');
  });

  it.each(['reviewer', 'applicant', 'finance-maker'])('%s does neither', async (role) => {
    const token = await world.token(`${role}-x`, [role]);
    expect(codeOf(await start({ strategy: PUBLISHED }, token))).toBe('ROLE_MISSING');
    expect(codeOf(await world.call('GET', '/v1/backtests', { token }))).toBe('ROLE_MISSING');
  });
});
