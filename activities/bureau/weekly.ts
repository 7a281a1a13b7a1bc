/**
 * Writes the report of the week that is over: every query that no application followed or whose application was withdrawn
 * or ran out, every refused attempt, every query by hand out of hours.
 */
import { addDays } from '../../domain/calendar.ts';
import { findingsOf, WEEKLY_FINDINGS, weekOf } from '../../domain/bureau-desk.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { oweHouseNotice } from '../../db/queries/outbox.ts';
import { keepWeeklyReport, queriesWithFate } from '../../db/queries/bureau-desk.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';

export interface WeeklyInput {
  /** The moment whose last whole week is reported, ISO. */
  readonly at: string;
}

type Query = Awaited<ReturnType<typeof queriesWithFate>>[number];

const itemOf = (query: Query) => ({
  queryId: query.id,
  applicationId: query.applicationId,
  bureau: query.bureau,
  operation: query.operation,
  operator: query.operator,
  refusal: query.refusal,
  findings: findingsOf({
    result: query.result,
    kind: query.kind,
    offHours: query.offHours,
    submitted: query.submittedAt !== null,
    stage: query.stage,
    withdrawn: query.authorisationState === 'WITHDRAWN',
  }),
});

/** Reports a week once, whoever asks again. Gives whether the report is new. */
export async function reportBureauWeek(
  deps: Pick<ActivityDeps, 'db' | 'log'>,
  { at }: WeeklyInput,
): Promise<boolean> {
  const week = addDays(weekOf(businessDate(new Date(at))), -7);
  const midnight = (day: string) => new Date(`${day}T00:00:00+08:00`);
  const span = { from: midnight(week), until: midnight(addDays(week, 7)) };
  const queries = await queriesWithFate(deps.db, span);
  const items = queries.map(itemOf).filter((item) => item.findings.length > 0);
  const found = WEEKLY_FINDINGS.map((finding) => [
    finding,
    items.filter((item) => item.findings.includes(finding)).length,
  ]);
  const figures = {
    queries: queries.filter((query) => query.result !== 'REFUSED').length,
    costFen: queries.reduce((sum, query) => sum + query.costFen, 0),
    findings: Object.fromEntries(found),
  };
  const isNew = await deps.db.transaction().execute(async (tx) => {
    if (!(await keepWeeklyReport(tx, { weekOf: week, figures, items }))) return false;
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: 'bureau.weekly-report',
      subjectKind: 'bureau-week',
      subjectId: week,
      result: 'DONE',
      detail: { ...figures, items: items.length },
    });
    if (items.length > 0)
      await oweHouseNotice(tx, 'bureau.weekly-report', { weekOf: week, items: `${items.length}` });
    return true;
  });
  if (isNew && items.length > 0)
    deps.log.warn({ weekOf: week, items: items.length }, 'bureau queries to account for');
  return isNew;
}
