/** An experiment and its report as staff read them. */
import { reportOf } from '../../domain/experiment-report.ts';
import type { Queryable } from '../../db/database.ts';
import { countArms, countShadows } from '../../db/queries/experiment-arms.ts';
import {
  type ExperimentRecord,
  readArmStops,
  type StoredArmStop,
} from '../../db/queries/experiments.ts';
import { iso, isoOrNull } from '../times.ts';

const stopView = (stop: StoredArmStop) => ({ ...stop, at: iso(stop.at) });

export async function experimentViewOf(db: Queryable, experiment: ExperimentRecord) {
  const { document } = experiment;
  const stops = await readArmStops(db, experiment.id);
  return {
    id: experiment.id,
    code: experiment.code,
    strategyCode: document.strategyCode,
    status: experiment.status,
    document: {
      ...document,
      arms: [...document.arms],
      stopLoss: [...document.stopLoss],
    },
    documentSm3: experiment.documentSm3,
    createdBy: experiment.createdBy,
    proposedBy: experiment.proposedBy,
    approvedBy: experiment.approvedBy,
    stoppedBy: experiment.stoppedBy,
    stopReason: experiment.stopReason,
    createdAt: iso(experiment.createdAt),
    proposedAt: isoOrNull(experiment.proposedAt),
    approvedAt: isoOrNull(experiment.approvedAt),
    endedAt: isoOrNull(experiment.endedAt),
    armStops: stops.map(stopView),
  };
}

/** The report: only an experiment that came to its planned end concludes anything. */
export async function experimentReportOf(db: Queryable, experiment: ExperimentRecord, now: Date) {
  const { document, id, code, status } = experiment;
  const ended =
    status === 'FINISHED' || (status === 'RUNNING' && now.getTime() >= Date.parse(document.endsAt));
  const report = reportOf(document, await countArms(db, id), ended);
  return {
    id,
    code,
    status,
    confidence: report.confidence,
    differenceConfidence: report.differenceConfidence,
    arms: [...report.arms],
    balance:
      report.balance === null ? null : { test: 'PEARSON_CHI_SQUARE' as const, ...report.balance },
    shadows: [...(await countShadows(db, id))],
    armStops: (await readArmStops(db, id)).map(stopView),
  };
}
