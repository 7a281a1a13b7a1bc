/** Checks what decisions have measured against the thresholds, and tells risk once a day and cause. */
import {
  alertsOf,
  DEFAULT_THRESHOLDS,
  type MonitoringAlert,
  monitorsOf,
  windowsOn,
} from '../../domain/monitoring.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { readThresholds, readWindows, recordAlert } from '../../db/queries/monitoring.ts';
import { oweHouseNotice } from '../../db/queries/outbox.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';

export interface CheckOutcome {
  /** Causes that were news today. */
  readonly raised: readonly string[];
}

const CHECKER = 'risk-monitor';

async function raise(tx: Tx, day: string, alert: MonitoringAlert): Promise<boolean> {
  if (!(await recordAlert(tx, day, alert))) return false;
  const { cause, kind, measured, threshold } = alert;
  await recordAudit(tx, {
    actor: CHECKER,
    role: null,
    via: 'worker',
    action: 'monitoring.alert',
    subjectKind: 'strategy',
    subjectId: alert.strategyCode,
    result: 'DONE',
    reason: kind,
    detail: { cause, measured, threshold, day },
  });
  await oweHouseNotice(tx, 'risk.alert', { kind, cause, measured, threshold, day });
  return true;
}

/** One check. Safe to repeat: what was said today is not said again. */
export async function checkDecisions(
  deps: Pick<ActivityDeps, 'db' | 'log'>,
): Promise<CheckOutcome> {
  const day = businessDate(new Date());
  const limits = (await readThresholds(deps.db))?.thresholds ?? DEFAULT_THRESHOLDS;
  const counts = await readWindows(deps.db, windowsOn(day, limits));
  const raised: string[] = [];
  for (const alert of alertsOf(monitorsOf(counts), limits)) {
    const news = await deps.db.transaction().execute((tx) => raise(tx, day, alert));
    if (news) raised.push(alert.cause);
  }
  if (raised.length > 0) deps.log.warn({ causes: raised }, 'decisions moved past a threshold');
  return { raised };
}
