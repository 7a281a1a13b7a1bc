/** A credit report is asked for under a valid consent only, paid for once, and kept only when it fits. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pullBaihang, pullPboc } from '../../activities/bureau/pull.ts';
import { OutsideFailure } from '../../activities/ports/answers.ts';
import { withdrawAuthorisation } from '../../db/queries/verify.ts';
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

const reportCalls = (ports: { calls: readonly { operation: string }[] }) =>
  ports.calls.filter((call) => call.operation === 'report').length;

async function reportsOf(applicationId: string) {
  return await place.deps.db
    .selectFrom('bureau_reports as r')
    .innerJoin('authorisations as z', 'z.id', 'r.authorisation_id')
    .select(['r.id', 'r.bureau', 'r.outcome', 'r.sealed_report'])
    .where('z.application_id', '=', applicationId)
    .execute();
}

async function evidenceOf(applicationId: string) {
  return await place.deps.db
    .selectFrom('bureau_evidence')
    .select(['bureau', 'round', 'report_id'])
    .where('application_id', '=', applicationId)
    .orderBy('round')
    .execute();
}

describe('without a valid consent no question leaves the house', () => {
  it.each([
    ['nobody has agreed', 'AUTHORISATION_MISSING', null],
    ['the consent has run out', 'AUTHORISATION_EXPIRED', { validUntil: new Date(Date.now() - 1) }],
    [
      'the consent names the other bureau only',
      'AUTHORISATION_BUREAU',
      { bureaus: ['BAIHANG'] as const },
    ],
  ])('when %s', async (_, code, options) => {
    const { deps, ports } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    if (options !== null) await consent(deps, one, options);
    expect(await finalCode(pullPboc(deps, { applicationId: one.id, round: 1 }))).toContain(code);
    expect(ports.calls).toEqual([]);
    expect(await reportsOf(one.id)).toEqual([]);
  });

  it('when the consent was withdrawn', async () => {
    const { deps, ports } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    await withdrawAuthorisation(deps.db, await consent(deps, one), new Date());
    expect(await finalCode(pullPboc(deps, { applicationId: one.id, round: 1 }))).toBe(
      'AUTHORISATION_MISSING',
    );
    expect(ports.calls).toEqual([]);
  });
});

describe('a report', () => {
  it('is stored sealed with the query in the audit trail, and the same step again asks nobody', async () => {
    const { deps, ports } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    const input = { applicationId: one.id, round: 1 };
    await pullPboc(deps, input);
    await pullPboc(deps, input);
    expect(reportCalls(ports)).toBe(1);
    const [report] = await reportsOf(one.id);
    expect(report).toMatchObject({ bureau: 'PBOC', outcome: 'REPORT' });
    expect(report?.sealed_report?.includes('PA01')).toBe(false);
    const audit = await deps.db
      .selectFrom('audit_entries')
      .select(['action', 'reason', 'detail'])
      .where('subject_id', '=', one.id)
      .where('action', '=', 'bureau.query')
      .execute();
    expect(audit).toMatchObject([{ reason: '02', detail: { bureau: 'PBOC', charged: true } }]);
  });

  it('that is still valid serves a later round without a call', async () => {
    const { deps, ports } = place.with({});
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    await pullPboc(deps, { applicationId: one.id, round: 1 });
    await pullPboc(deps, { applicationId: one.id, round: 2 });
    expect(reportCalls(ports)).toBe(1);
    const evidence = await evidenceOf(one.id);
    expect(evidence.map((row) => row.round)).toEqual([1, 2]);
    expect(new Set(evidence.map((row) => row.report_id)).size).toBe(1);
  });

  it('whose answer was lost after it was made is fetched by the same number and paid for once', async () => {
    const first = place.with({});
    const one = await admitted(first.deps, 'BUREAU');
    await consent(first.deps, one);
    const numbers: string[] = [];
    const lossy = place.with({
      pboc: {
        report: async (request) => {
          numbers.push(request.requestNo);
          if (numbers.length === 1) throw new OutsideFailure('pboc', 'report', 'UNREACHABLE');
          return await first.ports.pboc.report(request);
        },
      },
    });
    const input = { applicationId: one.id, round: 1 };
    expect(await retryableCode(pullPboc(lossy.deps, input))).toBe('pboc.UNREACHABLE');
    await pullPboc(lossy.deps, input);
    expect(new Set(numbers).size).toBe(1);
    expect(await reportsOf(one.id)).toHaveLength(1);
  });

  it.each([
    ['malformed', 'pboc.BAD_ANSWER', { unexpected: true }],
    ['empty', 'pboc.BAD_ANSWER', null],
  ])('that is %s is no answer: asked for again and never stored', async (_, code, data) => {
    const { deps } = place.with({
      pboc: { report: async () => ({ kind: 'FOUND', charged: true, data }) },
    });
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    const input = { applicationId: one.id, round: 1 };
    expect(await retryableCode(pullPboc(deps, input))).toBe(code);
    expect(await reportsOf(one.id)).toEqual([]);
    expect(await evidenceOf(one.id)).toEqual([]);
  });

  it('about another person is never stored', async () => {
    const { ports } = place.with({});
    const { deps } = place.with({
      pboc: {
        report: async (request) => await ports.pboc.report({ ...request, name: '别人' }),
      },
    });
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    expect(await retryableCode(pullPboc(deps, { applicationId: one.id, round: 1 }))).toBe(
      'pboc.WRONG_PERSON',
    );
    expect(await reportsOf(one.id)).toEqual([]);
  });

  it('that the bureau does not have is an answer: kept, and not asked for again', async () => {
    const report = vi.fn(async () => ({ kind: 'NO_RECORD', charged: true }) as const);
    const { deps } = place.with({ baihang: { report } });
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    await pullBaihang(deps, { applicationId: one.id, round: 1 });
    await pullBaihang(deps, { applicationId: one.id, round: 2 });
    expect(report).toHaveBeenCalledTimes(1);
    expect(await reportsOf(one.id)).toMatchObject([{ outcome: 'NO_RECORD', sealed_report: null }]);
  });

  it('refused by the bureau for its authorisation is final', async () => {
    const { deps } = place.with({
      pboc: {
        report: async () => {
          throw new OutsideFailure('pboc', 'report', 'UNAUTHORISED');
        },
      },
    });
    const one = await admitted(deps, 'BUREAU');
    await consent(deps, one);
    expect(await finalCode(pullPboc(deps, { applicationId: one.id, round: 1 }))).toBe(
      'pboc.UNAUTHORISED',
    );
  });
});
