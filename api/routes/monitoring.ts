/** Monitoring of decisions: what recent ones show beside those before them, what was alarming, and the thresholds for it. */
import { DEFAULT_THRESHOLDS, monitorsOf, windowsOn } from '../../domain/monitoring.ts';
import type { Queryable } from '../../db/database.ts';
import {
  listAlerts,
  readThresholds,
  readWindows,
  setThresholds,
} from '../../db/queries/monitoring.ts';
import { businessDate } from '../../platform/clock.ts';
import { recordDeed } from '../audit.ts';
import { callerOf } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';
import { monitoringView, newThresholds, thresholdsView } from '../schemas/monitoring.ts';
import { iso } from '../times.ts';

const ALERTS_MOST = 100;
const tags = ['monitoring'];

const read = defineRoute('GET /v1/risk/monitoring', {
  summary:
    'Hit rates, approval mix, drift and overrides by strategy and arm, and the newest alerts',
  tags,
  responses: { 200: jsonAnswer('Monitoring', monitoringView) },
});
const set = defineRoute('POST /v1/risk/monitoring/thresholds', {
  summary: 'Set the thresholds from which risk is told',
  tags,
  request: { body: jsonBody(newThresholds) },
  responses: { 201: jsonAnswer('The thresholds', thresholdsView) },
});

async function thresholdsOf(db: Queryable) {
  return (await readThresholds(db)) ?? { version: 0, thresholds: DEFAULT_THRESHOLDS };
}

export function registerMonitoring(app: App): void {
  app.openapi(read, async (c) => {
    const { db, now } = c.get('deps');
    const current = await thresholdsOf(db);
    const windows = windowsOn(businessDate(now()), current.thresholds);
    const monitors = monitorsOf(await readWindows(db, windows));
    const alerts = await listAlerts(db, ALERTS_MOST);
    return c.json(
      {
        windows,
        thresholds: current,
        strategies: monitors.map((one) => ({
          ...one,
          outcomes: [...one.outcomes],
          rules: [...one.rules],
          scores: [...one.scores],
          variables: [...one.variables],
        })),
        alerts: alerts.map((alert) => ({ ...alert, at: iso(alert.at) })),
      },
      200,
    );
  });

  app.openapi(set, async (c) => {
    const { after, thresholds, reason } = c.req.valid('json');
    const { db } = c.get('deps');
    await db.transaction().execute(async (tx) => {
      const { version } = await thresholdsOf(tx);
      const setBy = callerOf(c).subject;
      if (version !== after || !(await setThresholds(tx, { after, thresholds, setBy, reason })))
        throw new ApiProblem('THRESHOLDS_CHANGED');
      await recordDeed(c, tx, {
        action: 'monitoring.set-thresholds',
        subjectKind: 'monitoring-thresholds',
        subjectId: String(after + 1),
        result: 'DONE',
        reason,
        detail: { ...thresholds },
      });
    });
    return c.json({ version: after + 1, thresholds }, 201);
  });
}
