/** No way round the second person: every act that decides is tried by its maker, over the API, in its activity, and in the table. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { undoApproval } from '../../../activities/decide/undo.ts';
import { resolveCondition } from '../../../activities/decide/conditions.ts';
import { resolvePayout } from '../../../activities/disburse/resolve.ts';
import { resolveCase } from '../../../activities/operations/cases.ts';
import { type Access, PERMISSIONS } from '../../../api/permissions.ts';
import type { Db } from '../../../db/database.ts';
import { MATRIX_V1 } from '../../../domain/approval-matrix.ts';
import { act, codeOf, LI, person, referred, vote, ZHAO } from '../../activities/review-desk.ts';
import { openWorkplace, type Workplace } from '../../activities/workplace.ts';
import { newDraft } from '../../api/drafting.ts';
import { underReview } from '../../api/story.ts';
import { openWorld, type World } from '../../api/world.ts';
import { contract, payoutRow, refusal } from '../../db/rows.ts';
import { MONEY_ON_A_LOAN, MONEY_SECONDS } from './money-seconds.ts';
import { decided, FOUR_EYES, put, refusedOverApi, refusedByTable, type Second } from './seconds.ts';

let world: World;
let place: Workplace;
let owner: string;
beforeAll(async () => {
  [world, place] = await Promise.all([openWorld(), openWorkplace()]);
  owner = await world.token('owner-1', ['integrator']);
});
afterAll(async () => {
  await world?.close();
  await place?.close();
});

const SM3 = '0'.repeat(64);

const draftOf = async (db: Db, maker: string) =>
  await put(db, 'rule_drafts', {
    kind: 'MATRIX',
    code: `M${randomUUID().slice(0, 8).toUpperCase()}`,
    version: 1,
    state: 'PROPOSED',
    document: JSON.stringify(MATRIX_V1),
    document_sm3: SM3,
    checked_sm3: SM3,
    created_by: maker,
    edited_by: maker,
    proposed_by: maker,
  });

const retryOf = async (db: Db, maker: string) =>
  await put(db, 'bulk_retries', { filter: '{}', cap: 1, reason: 'R', proposed_by: maker });

const SECONDS: readonly Second[] = [
  {
    route: 'POST /v1/authority-changes/{id}/decide',
    propose: async (db, maker) =>
      await put(db, 'authority_changes', {
        subject: 'wang',
        capacity: 5,
        reason: 'R',
        proposed_by: maker,
      }),
    role: 'risk-approver',
    body: { outcome: 'APPROVED' },
    table: { name: 'authority_changes', set: decided },
  },
  {
    route: 'POST /v1/delegations/{id}/decide',
    propose: async (db, maker) =>
      await put(db, 'delegations', {
        from_subject: 'zhao',
        to_subject: 'li',
        role: 'reviewer',
        limit_fen: 1,
        starts_at: new Date('2026-11-24T00:00:00Z'),
        ends_at: new Date('2026-12-01T00:00:00Z'),
        reason: 'R',
        proposed_by: maker,
      }),
    role: 'risk-approver',
    body: { outcome: 'APPROVED' },
    table: { name: 'delegations', set: decided },
  },
  {
    route: 'POST /v1/conflict-endings/{id}/decide',
    propose: async (db, maker) => {
      const conflict_id = await put(db, 'conflict_declarations', {
        subject: 'wang',
        identity_index: Buffer.from(randomUUID()),
        relation: 'FRIEND',
      });
      const of = { conflict_id, subject: 'wang', reason: 'R' };
      return await put(db, 'conflict_endings', { ...of, proposed_by: maker });
    },
    role: 'compliance',
    body: { outcome: 'APPROVED' },
    table: { name: 'conflict_endings', set: decided },
  },
  {
    route: 'POST /v1/list-proposals/{id}/decide',
    propose: async (db, maker) => {
      const entry_id = await put(db, 'list_entries', {
        kind: 'GREY',
        subject: 'MOBILE',
        value_index: Buffer.from(randomUUID()),
        source: 'HOUSE',
        reason: 'R',
        listed_on: '2026-11-24',
        appeal: 'CUSTOMER_SERVICE',
      });
      const entry = { act: 'ADD', entry_id, reason: 'R', proposed_by: maker };
      return await put(db, 'list_proposals', entry);
    },
    role: 'risk-approver',
    body: { outcome: 'APPROVED' },
  },
  {
    route: 'POST /v1/rule-drafts/{id}/approve',
    propose: draftOf,
    role: 'risk-approver',
    body: { documentSm3: SM3, reason: 'LOOKED_AT' },
    table: {
      name: 'rule_drafts',
      set: (maker) => `state = 'APPROVED', approved_by = '${maker}'`,
    },
  },
  {
    route: 'POST /v1/rule-drafts/{id}/reject',
    propose: draftOf,
    role: 'risk-approver',
    body: { reason: 'LOOKED_AT' },
  },
  {
    route: 'POST /v1/experiments/{id}/approve',
    propose: async (db, maker) =>
      await put(db, 'experiments', {
        code: `E${randomUUID().slice(0, 8).toUpperCase()}`,
        strategy_code: 'S',
        document: JSON.stringify({ endsAt: '2027-01-01T00:00:00Z' }),
        document_sm3: SM3,
        status: 'PROPOSED',
        created_by: 'somebody',
        proposed_by: maker,
      }),
    role: 'risk-approver',
    body: { documentSm3: SM3 },
    table: {
      name: 'experiments',
      set: (maker) => `status = 'RUNNING', approved_by = '${maker}', approved_at = now()`,
    },
  },
  {
    route: 'POST /v1/operations/bulk-retries/{id}/approve',
    propose: retryOf,
    role: 'operations',
    body: {},
    table: {
      name: 'bulk_retries',
      set: (maker) => `state = 'RUNNING', decided_by = '${maker}', decided_at = now()`,
    },
  },
  {
    route: 'POST /v1/operations/bulk-retries/{id}/reject',
    propose: retryOf,
    role: 'operations',
    body: {},
  },
  {
    route: 'POST /v1/bureau-queries/{id}/approve',
    propose: async (db, maker) =>
      await put(db, 'bureau_query_requests', {
        application_id: (await underReview(world, owner)).id,
        bureau: 'PBOC',
        purpose: '01',
        reason: 'R',
        off_hours: false,
        proposed_by: maker,
        proposed_role: 'risk-officer',
        proposed_at: new Date(),
      }),
    role: 'risk-approver',
    body: {},
    table: {
      name: 'bureau_query_requests',
      set: (maker) => `state = 'APPROVED', approved_by = '${maker}', approved_at = now()`,
    },
  },
  {
    route: 'POST /v1/rights-requests/{id}/approve',
    propose: async (db, maker) =>
      await put(db, 'rights_requests', {
        application_id: await newDraft(world, owner),
        owner_subject: 'owner-1',
        kind: 'ERASURE',
        state: 'PROPOSED',
        due_on: '2026-12-24',
        outcome: 'DONE',
        reason: 'R',
        proposed_by: maker,
        received_at: new Date(),
      }),
    role: 'compliance',
    body: {},
    table: {
      name: 'rights_requests',
      set: (maker) => `state = 'ANSWERED', answered_at = now(), approved_by = '${maker}'`,
    },
  },
];

/** Acts on a loan: the API passes them on, and the activity that records them refuses; each is tried below. */
const ON_A_LOAN = [
  'POST /v1/reviews/{id}/decide',
  'POST /v1/conditions/{id}/resolve',
  'POST /v1/applications/{id}/undo-approval',
  'POST /v1/payouts/{id}/approve',
  'POST /v1/operator-cases/{id}/approve',
] as const;

/** Deciding acts that one person does, and who else had a part before. */
const BY_ONE: Readonly<Record<string, string>> = {
  'POST /v1/decision-reviews/{id}/decide': 'the holder had no part in the decision (desk_task_bar)',
  'POST /v1/objections/{id}/answer': 'the bureau verifies before; the holder has no tie',
  'POST /v1/kill-switch/approve-release': 'tried below: its state is the house’s one switch',
  'POST /v1/payouts/{id}/release': 'whoever approved the loan holds no role of finance',
};

describe('the maker as the checker', () => {
  it('is thought of for every route whose name says that it decides', () => {
    const decides =
      /\/(approve|approve-release|reject|decide|resolve|undo-approval|answer|confirm|close|lift)$/;
    const known = [
      ...[...SECONDS, ...MONEY_SECONDS].map(({ route }) => route),
      ...[...ON_A_LOAN, ...MONEY_ON_A_LOAN],
      ...Object.keys(BY_ONE),
    ];
    const routes = Object.entries<Access>(PERMISSIONS)
      .filter(
        ([key, access]) =>
          decides.test(key) && (typeof access === 'string' || !access.includes('applicant')),
      )
      .map(([key]) => key);
    expect(routes.filter((key) => !known.includes(key))).toEqual([]);
  });

  it.each(SECONDS)('is refused by $route', async (second) => {
    await refusedOverApi(world, second);
  });

  it.each(SECONDS.filter(({ table }) => table !== undefined))(
    'is refused by the table of $route, whoever writes it',
    async (second) => {
      await refusedByTable(world.db, second);
    },
  );

  it('does not let the rules decide again, nor decide on a list, in the table either', async () => {
    const officer = await world.token('chen', ['risk-officer']);
    const reasoned = { token: officer, json: { reason: 'DRILL' } };
    await world.call('POST', '/v1/kill-switch', reasoned);
    await world.call('POST', '/v1/kill-switch/propose-release', reasoned);
    const own = await world.call('POST', '/v1/kill-switch/approve-release', reasoned);
    expect(FOUR_EYES, own.text).toContain(own.body['code']);
    const off = sql`insert into rule_switches (act, actor, actor_role, proposed_by, reason)
                    values ('OFF', 'chen', 'risk-officer', 'chen', 'R')`;
    expect(await refusal(off.execute(world.db))).toBe('rule_switches_two_people');
    const listed = sql`insert into list_decisions (proposal_id, proposed_by, outcome, decided_by)
                       select id, proposed_by, 'APPROVED', proposed_by from list_proposals limit 1`;
    expect(await refusal(listed.execute(world.db))).toBe('list_decisions_two_people');
  });
});

describe('acts on a loan', () => {
  const said = (applicationId: string, actor: ReturnType<typeof person>) => ({
    applicationId,
    actor,
    cause: randomUUID(),
    at: '2026-11-24T02:00:00.000Z',
  });

  it('second approval and waiver are not their first person’s', async () => {
    const { id } = await referred(place, { amountFen: 150_000_00 });
    expect(codeOf(await vote(place, id, ZHAO))).toBe('OK');
    expect(codeOf(await vote(place, id, ZHAO, { stage: 2 }))).toBe('SAME_PERSON_TWICE');
    const conditionId = await put(place.owner, 'loan_conditions', {
      application_id: id,
      round: 1,
      kind: 'INCOME_PROOF',
      gate: 'OFFER',
      issued_by: 'sun',
    });
    const waive = async (step: 'PROPOSE_WAIVER' | 'APPROVE_WAIVER') =>
      await resolveCondition(place.deps, { ...said(id, ZHAO), conditionId, step, reason: 'KNOWN' });
    await waive('PROPOSE_WAIVER');
    expect(codeOf(await waive('APPROVE_WAIVER'))).toBe('FOUR_EYES');
    expect((await act(place, id, LI, { stage: 2 })).applicationId).toBe(id);
  });

  it('an undo, a parked step and a payout are not their proposer’s', async () => {
    const { id } = await referred(place);
    await vote(place, id, LI);
    const undo = async (step: 'PROPOSE' | 'APPROVE') =>
      await undoApproval(place.deps, { ...said(id, ZHAO), step, reason: 'WRONG' });
    await undo('PROPOSE');
    expect(codeOf(await undo('APPROVE'))).toBe('FOUR_EYES');

    const maker = person('operations-wu', 'operations');
    const caseId = await put(place.owner, 'operator_cases', {
      application_id: id,
      step: 'contract.render',
      failure_code: 'F',
      cause: randomUUID(),
      state: 'OPEN',
    });
    const retry = async (step: 'PROPOSE' | 'APPROVE') =>
      await resolveCase(place.deps, {
        ...said(id, maker),
        caseId,
        step,
        action: 'RETRY',
        reason: 'MENDED',
      });
    await retry('PROPOSE');
    expect(codeOf(await retry('APPROVE'))).toBe('FOUR_EYES');
    const solved = sql`update operator_cases set state = 'RESOLVED', approved_by = ${maker.subject} where id = ${caseId}`;
    expect(await refusal(solved.execute(place.owner))).toBe('operator_cases_two_people');

    await place.owner
      .updateTable('applications')
      .set({ stage: 'DISBURSE' })
      .where('id', '=', id)
      .execute();
    const row = payoutRow(id, await contract(place.owner, id), { state: 'REFUSED' });
    await place.owner.insertInto('payouts').values(row).execute();
    const pay = async (step: 'PROPOSE' | 'APPROVE', role: string) =>
      await resolvePayout(place.deps, {
        ...said(id, person('finance-qian', role)),
        payoutId: row.id,
        step,
        action: 'RETRY',
        reason: 'MENDED',
      });
    await pay('PROPOSE', 'finance-maker');
    expect(codeOf(await pay('APPROVE', 'finance-checker'))).toBe('FOUR_EYES');
    const released = sql`update payout_retries set approved_by = proposed_by where payout_id = ${row.id}`;
    expect(await refusal(released.execute(place.owner))).toMatch(/check/);
  });
});
