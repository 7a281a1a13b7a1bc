/** The bureau desk: every query and refusal is on the register, caps hold, two people ask by hand, weeks and objections are accounted for. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askByHand } from '../../activities/bureau/by-hand.ts';
import {
  markDisputed,
  remindObjection,
  replyToObjection,
  sendObjection,
} from '../../activities/bureau/object.ts';
import { pullBaihang, pullPboc } from '../../activities/bureau/pull.ts';
import { reportBureauWeek } from '../../activities/bureau/weekly.ts';
import { openBureaus } from '../../activities/bureau-variables.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { OutsideFailure } from '../../activities/ports/answers.ts';
import { approveQuery, proposeQuery, readQueryRequest } from '../../db/queries/bureau-desk.ts';
import { decideObjection, keepObjection, readObjection } from '../../db/queries/objections.ts';
import { withdrawAuthorisation } from '../../db/queries/verify.ts';
import { application as form } from '../domain/samples.ts';
import {
  admitted,
  consent,
  finalCode,
  openWorkplace,
  retryableCode,
  type Workplace,
} from './workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

const TODAY = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);

async function registerOf(applicationId: string) {
  return await place.deps.db
    .selectFrom('bureau_queries')
    .selectAll()
    .where('application_id', '=', applicationId)
    .orderBy('asked_at')
    .execute();
}

/** The same place under other rules of the desk. */
const under = (
  deps: ActivityDeps,
  rule: 'bureau.houseDailyCap' | 'bureau.operatorDailyCap',
  value: number,
): ActivityDeps => ({
  ...deps,
  rulebooks: {
    ...deps.rulebooks,
    newestPolicy: async (db) => [
      {
        ruleId: rule,
        version: 9,
        value,
        effectiveFrom: '2026-01-01',
        effectiveTo: null,
        lenderType: 'ANY',
        source: 'test',
      },
      ...(await deps.rulebooks.newestPolicy(db)),
    ],
  },
});

async function byHand(
  deps: ActivityDeps,
  applicationId: string,
  change: { purpose?: '01' | '02'; by?: string } = {},
): Promise<string> {
  const id = randomUUID();
  await proposeQuery(deps.db, {
    id,
    applicationId,
    bureau: 'PBOC',
    purpose: change.purpose ?? '02',
    reason: 'MATERIAL_CHANGE',
    offHours: false,
    by: change.by ?? 'wang',
    role: 'risk-officer',
    from: '10.0.0.0/24',
    at: new Date(),
  });
  expect(await approveQuery(deps.db, { id, by: 'li', role: 'risk-approver', at: new Date() })).toBe(
    true,
  );
  await askByHand(deps, { requestId: id });
  return id;
}
const stateOf = async (id: string) => {
  const row = await readQueryRequest(place.deps.db, id);
  return [row?.state, row?.failure_code];
};

describe('the register', () => {
  it('has each query of a story once, with its consent, digests and cost, and nobody can change it', async () => {
    const { deps } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    const authorisationId = await consent(deps, one);
    await pullPboc(deps, { applicationId: one.id, round: 1 });
    await pullPboc(deps, { applicationId: one.id, round: 2 });
    const rows = await registerOf(one.id);
    expect(rows).toMatchObject([
      {
        kind: 'STORY',
        operator: 'xindai',
        bureau: 'PBOC',
        operation: 'report',
        purpose: '02',
        result: 'ANSWERED',
        authorisation_id: authorisationId,
        charged: true,
        cost_fen: 500,
        off_hours: false,
      },
    ]);
    const { db } = deps;
    await expect(db.deleteFrom('bureau_queries').execute()).rejects.toThrow();
    await expect(
      db.updateTable('bureau_queries').set({ operator: 'x' }).execute(),
    ).rejects.toThrow();
  });

  it('has every attempt without a consent, on the trail as well', async () => {
    const { deps, ports } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    expect(await finalCode(pullPboc(deps, { applicationId: one.id, round: 1 }))).toBe(
      'AUTHORISATION_MISSING',
    );
    expect(ports.calls).toEqual([]);
    expect(await registerOf(one.id)).toMatchObject([
      { result: 'REFUSED', refusal: 'AUTHORISATION_MISSING' },
    ]);
    const entries = await deps.db
      .selectFrom('audit_entries')
      .select(['action', 'result', 'reason'])
      .where('subject_id', '=', one.id)
      .execute();
    expect(entries).toEqual([
      { action: 'bureau.refuse', result: 'DENIED', reason: 'AUTHORISATION_MISSING' },
    ]);
  });

  it('refuses over the cap of the house, and the refusal leaves the round without a report', async () => {
    const { deps, ports } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    const capped = under(deps, 'bureau.houseDailyCap', 0);
    expect(await finalCode(pullPboc(capped, { applicationId: one.id, round: 1 }))).toBe(
      'BUREAU_CAP_HOUSE',
    );
    expect(ports.calls).toEqual([]);
    const cipher = await deps.vault.of(deps.db, one.id);
    const { gaps } = await openBureaus(deps.db, cipher, one.id, form().identity, TODAY);
    expect(gaps).toContain('GAP_PBOC_REPORT');
  });
});

describe('an answer that is not what was asked for', () => {
  it.each([
    ['of another house', { name: '别家银行', days: 0 }, 'pboc.NOT_OUR_QUERY'],
    ['of last year', { name: null, days: 400 }, 'pboc.STALE'],
  ])('%s is none, and is asked for again', async (_, change, code) => {
    const first = place.with({});
    const { deps } = place.with({
      pboc: {
        report: async (request) => {
          const answer = await first.ports.pboc.report(request);
          if (answer.kind !== 'FOUND') return answer;
          const report = answer.data as { PRH: Record<string, string> };
          const PRH = { ...report.PRH };
          if (change.name !== null) PRH['PA01BI02'] = change.name;
          const validity = change.days > 0;
          return { ...answer, data: validity ? aged(report) : { ...report, PRH } };
        },
      },
    });
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    expect(await retryableCode(pullPboc(deps, { applicationId: one.id, round: 1 }))).toBe(code);
    expect(await registerOf(one.id)).toEqual([]);
  });

  /** A whole report as it would have been then: every year in it is one less. */
  function aged(report: unknown): unknown {
    const text = JSON.stringify(report).replaceAll(
      /\b(20[0-4]\d)-(\d\d)/g,
      (_all, year: string, rest: string) => `${Number(year) - 1}-${rest}`,
    );
    return JSON.parse(text);
  }
});

describe('a report', () => {
  it('is reused for its purpose only while its own consent stands', async () => {
    const { deps, ports } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    const first = await consent(deps, one);
    await pullPboc(deps, { applicationId: one.id, round: 1 });
    const reports = () => ports.calls.filter((call) => call.operation === 'report').length;
    await withdrawAuthorisation(deps.db, first, new Date());
    expect(await finalCode(pullPboc(deps, { applicationId: one.id, round: 2 }))).toBe(
      'AUTHORISATION_MISSING',
    );
    await consent(deps, one);
    await pullPboc(deps, { applicationId: one.id, round: 2 });
    expect(reports()).toBe(2);
  });

  it('that no longer reads is a gap and a person looks, instead of a loan that stops', async () => {
    const { deps } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    await pullPboc(deps, { applicationId: one.id, round: 1 });
    const { db } = deps;
    const cipher = await deps.vault.of(db, one.id);
    const row = await db
      .selectFrom('bureau_reports')
      .select(['id', 'request_no'])
      .where('applicant_id', '=', one.applicantId)
      .executeTakeFirstOrThrow();
    const former = cipher.sealJson('bureau_reports.sealed_report', row.request_no, {
      PRH: {},
      PDA: [],
    });
    await db
      .updateTable('bureau_reports')
      .set({ sealed_report: former })
      .where('id', '=', row.id)
      .execute();
    const opened = await openBureaus(db, cipher, one.id, form().identity, TODAY);
    expect(opened.gaps).toContain('GAP_PBOC_REPORT');
    expect(opened.variables.maxOverdue24m).toBeNull();
  });
});

describe('Baihang without a report', () => {
  it('is asked for the watch list and the mobile, and their silence holds nothing up', async () => {
    const none = async () => ({ kind: 'NO_RECORD', charged: true }) as const;
    const { deps } = place.with({ baihang: { report: none, watchlist: none } });
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    await pullBaihang(deps, { applicationId: one.id, round: 1 });
    const cipher = await deps.vault.of(deps.db, one.id);
    const opened = await openBureaus(deps.db, cipher, one.id, form().identity, TODAY);
    expect(opened.variables).toMatchObject({
      watchLevel: 'NONE',
      mobileMonths: 96,
      baihangScore: null,
    });
    const rows = await registerOf(one.id);
    expect(rows.map((row) => [row.operation, row.result])).toEqual([
      ['report', 'NO_RECORD'],
      ['watchlist', 'NO_RECORD'],
      ['verify', 'ANSWERED'],
    ]);
    const away = async () => {
      throw new OutsideFailure('baihang', 'verify', 'UNREACHABLE');
    };
    const silent = place.with({ baihang: { report: none, watchlist: away, verify: away } });
    const two = await admitted(silent.deps, 'BUREAU');
    await consent(silent.deps, two);
    await pullBaihang(silent.deps, { applicationId: two.id, round: 1 });
    const missing = await openBureaus(
      deps.db,
      await deps.vault.of(deps.db, two.id),
      two.id,
      form().identity,
      TODAY,
    );
    expect(missing.variables).toMatchObject({ watchLevel: null, mobileMonths: null });
  });
});

describe('a query by hand', () => {
  it('is asked once two people agreed, and stands on the register with both', async () => {
    const { deps } = place.with({});
    const one = await admitted(deps, 'REVIEW');
    await consent(deps, one);
    const id = await byHand(deps, one.id);
    await askByHand(deps, { requestId: id });
    expect(await stateOf(id)).toEqual(['ANSWERED', null]);
    expect(await registerOf(one.id)).toMatchObject([
      {
        kind: 'MANUAL',
        operator: 'wang',
        approved_by: 'li',
        request_id: id,
        operator_from: '10.0.0.0/24',
      },
    ]);
  });

  it.each([
    ['for a loan that does not run', { purpose: '01' }, 'AUTHORISATION_NO_LOAN'],
    ['by the applicant', { by: 'applicant' }, 'SELF_QUERY'],
  ] as const)(
    '%s is refused and registered, and nothing leaves the house',
    async (_, change, code) => {
      const { deps, ports } = place.with({});
      const one = await admitted(deps, 'REVIEW');
      await consent(deps, one);
      const id = await byHand(deps, one.id, change);
      expect(await stateOf(id)).toEqual(['FAILED', code]);
      expect(ports.calls).toEqual([]);
      expect(await registerOf(one.id)).toMatchObject([
        { result: 'REFUSED', refusal: code, kind: 'MANUAL' },
      ]);
    },
  );

  it('is refused over the person’s own cap, whoever else asks', async () => {
    const { deps } = place.with({});
    const capped = under(deps, 'bureau.operatorDailyCap', 1);
    const ask = async (by: string) => {
      const one = await admitted(deps, 'REVIEW');
      await consent(deps, one);
      return await stateOf(await byHand(capped, one.id, { by }));
    };
    expect(await ask('busy')).toEqual(['ANSWERED', null]);
    expect(await ask('busy')).toEqual(['FAILED', 'BUREAU_CAP_OPERATOR']);
    expect(await ask('calm')).toEqual(['ANSWERED', null]);
  });
});

describe('the weekly report', () => {
  it('is written once and names what no application followed, by week and finding', async () => {
    const { deps } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    await pullPboc(deps, { applicationId: one.id, round: 1 });
    await deps.db
      .updateTable('applications')
      .set({ stage: 'WITHDRAWN' })
      .where('id', '=', one.id)
      .execute();
    const refused = await admitted(deps, 'BUREAU');
    await finalCode(pullPboc(deps, { applicationId: refused.id, round: 1 }));
    const at = new Date(Date.now() + 7 * 86_400_000).toISOString();
    expect(await reportBureauWeek(deps, { at })).toBe(true);
    expect(await reportBureauWeek(deps, { at })).toBe(false);
    const rows = await deps.db
      .selectFrom('bureau_weekly_reports')
      .select(['items', 'figures'])
      .execute();
    expect(rows).toHaveLength(1);
    const items = rows[0]?.items as { applicationId: string; findings: string[] }[];
    const findings = (id: string) => items.find((item) => item.applicationId === id)?.findings;
    expect(findings(one.id)).toEqual(['WITHDRAWN']);
    expect(findings(refused.id)).toEqual(['REFUSED_ATTEMPT']);
    await expect(deps.db.deleteFrom('bureau_weekly_reports').execute()).rejects.toThrow();
  });
});

describe('an objection', () => {
  async function objected(deps: ActivityDeps, reference: string | null) {
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    await pullPboc(deps, { applicationId: one.id, round: 1 });
    const id = randomUUID();
    await keepObjection(deps.db, await deps.vault.of(deps.db, one.id), {
      id,
      applicationId: one.id,
      applicantId: one.applicantId,
      ownerSubject: 'applicant',
      bureau: 'PBOC',
      item: 'ACCOUNT',
      claim: { reference, statement: '该账户非本人办理' },
      receivedAt: new Date(),
      dueOn: TODAY,
    });
    return { one, id };
  }
  const hold = async (deps: ActivityDeps, id: string, subject: string) =>
    await deps.db
      .updateTable('review_tasks')
      .set({ state: 'CLAIMED', assignee: subject })
      .where('kind', '=', 'OBJECTION')
      .where('subject_id', '=', id)
      .execute();
  const variables = async (deps: ActivityDeps, applicationId: string) =>
    (
      await openBureaus(
        deps.db,
        await deps.vault.of(deps.db, applicationId),
        applicationId,
        form().identity,
        TODAY,
      )
    ).variables;

  it('makes what rests on the item untellable until it is decided, and is carried to its answer', async () => {
    const { deps, ports } = place.with({});
    const { one, id } = await objected(deps, null);
    expect(await variables(deps, one.id)).toMatchObject({ openCards: null, disputed: true });
    await markDisputed(deps, { objectionId: id });
    await sendObjection(deps, { objectionId: id });
    await sendObjection(deps, { objectionId: id });
    expect(ports.calls.filter((call) => call.operation === 'objection')).toHaveLength(1);
    expect(await readObjection(deps.db, id)).toMatchObject({
      state: 'VERIFYING',
      bureau_reference: expect.stringMatching(/^OB/),
    });
    expect(await remindObjection(deps, { objectionId: id, step: 'REMIND' })).toBe(true);
    expect(await remindObjection(deps, { objectionId: id, step: 'REMIND' })).toBe(false);
    await hold(deps, id, 'feng');
    expect(await remindObjection(deps, { objectionId: id, step: 'OVERDUE' })).toBe(true);
    const freed = await deps.db
      .selectFrom('review_tasks')
      .select(['state', 'assignee'])
      .where('subject_id', '=', id)
      .execute();
    expect(freed).toEqual([{ state: 'OPEN', assignee: null }]);
    const cipher = await deps.vault.of(deps.db, one.id);
    const decision = {
      id,
      outcome: 'CORRECTED',
      answer: '经核查，该记录已更正。',
      by: 'wu',
      at: new Date(),
    } as const;
    await expect(decideObjection(deps.db, cipher, decision)).rejects.toThrow('do not hold');
    await hold(deps, id, 'wu');
    expect(await decideObjection(deps.db, cipher, decision)).toBe(true);
    expect(await decideObjection(deps.db, cipher, decision)).toBe(false);
    await replyToObjection(deps, { objectionId: id });
    await replyToObjection(deps, { objectionId: id });
    expect(await readObjection(deps.db, id)).toMatchObject({
      state: 'REPLIED',
      outcome: 'CORRECTED',
    });
    expect(await variables(deps, one.id)).toMatchObject({ openCards: 2, disputed: false });
    const owed = await deps.db
      .selectFrom('outbox')
      .select('topic')
      .where('application_id', '=', one.id)
      .where('topic', '=', 'objection.replied')
      .execute();
    expect(owed).toHaveLength(1);
  });

  it('that was upheld for the person ends the reuse of the report, which is asked for anew', async () => {
    const { deps, ports } = place.with({});
    const { one, id } = await objected(deps, null);
    await markDisputed(deps, { objectionId: id });
    await sendObjection(deps, { objectionId: id });
    const cipher = await deps.vault.of(deps.db, one.id);
    await hold(deps, id, 'wu');
    await decideObjection(deps.db, cipher, {
      id,
      outcome: 'CORRECTED',
      answer: '已更正',
      by: 'wu',
      at: new Date(),
    });
    await pullPboc(deps, { applicationId: one.id, round: 2 });
    await pullPboc(deps, { applicationId: one.id, round: 3 });
    expect(ports.calls.filter((call) => call.operation === 'report')).toHaveLength(2);
  });

  it('cannot be decided by the person it is about, by raw SQL either', async () => {
    const { deps } = place.with({});
    const { one, id } = await objected(deps, 'A1');
    await markDisputed(deps, { objectionId: id });
    await sendObjection(deps, { objectionId: id });
    const cipher = await deps.vault.of(deps.db, one.id);
    const own = {
      id,
      outcome: 'CORRECTED',
      answer: '已更正',
      by: 'applicant',
      at: new Date(),
    } as const;
    await expect(hold(deps, id, 'applicant')).rejects.toThrow('may not hold the task: OWN');
    await expect(decideObjection(deps.db, cipher, own)).rejects.toThrow();
  });
});
