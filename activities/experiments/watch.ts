/** Watches the running experiments: an arm that has left one of its bands stops itself, and what is over is finished. */
import { challengersOf } from '../../domain/experiment.ts';
import { type Breach, breachOf } from '../../domain/experiment-report.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { countArms } from '../../db/queries/experiment-arms.ts';
import {
  type ExperimentRecord,
  finishExperiment,
  lockExperiment,
  readArmStops,
  recordArmStop,
  runningExperiments,
} from '../../db/queries/experiments.ts';
import { oweHouseNotice } from '../../db/queries/outbox.ts';
import type { ActivityDeps } from '../deps.ts';

export interface WatchOutcome {
  readonly watched: number;
  /** `experiment/arm` of every arm that this run stopped. */
  readonly stopped: readonly string[];
  /** Ids of experiments whose time was over. */
  readonly finished: readonly string[];
}

const WATCHER = 'experiment-watch';

async function stopArm(tx: Tx, experiment: ExperimentRecord, breach: Breach): Promise<boolean> {
  const { band, seen } = breach;
  const { arm, measure, lowBp, highBp } = band;
  const stopped = await recordArmStop(tx, {
    experimentId: experiment.id,
    arm,
    stoppedBy: WATCHER,
    breach: { measure, hits: seen.hits, seen: seen.of, lowBp, highBp },
  });
  if (!stopped) return false;
  await recordAudit(tx, {
    actor: WATCHER,
    role: null,
    via: 'worker',
    action: 'experiment.arm-stopped',
    subjectKind: 'experiment',
    subjectId: experiment.id,
    result: 'DONE',
    reason: measure,
    detail: { arm, hits: seen.hits, of: seen.of, lowBp, highBp },
  });
  await oweHouseNotice(tx, 'risk.alert', {
    kind: 'ARM_STOPPED',
    experiment: experiment.code,
    arm,
    measure,
    measured: `${seen.hits}/${seen.of}`,
    band: `${lowBp}-${highBp}`,
  });
  return true;
}

async function finish(tx: Tx, experiment: ExperimentRecord): Promise<void> {
  await finishExperiment(tx, experiment.id);
  await recordAudit(tx, {
    actor: WATCHER,
    role: null,
    via: 'worker',
    action: 'experiment.finish',
    subjectKind: 'experiment',
    subjectId: experiment.id,
    result: 'DONE',
    detail: { code: experiment.code },
  });
}

interface Seen {
  readonly stopped: readonly string[];
  readonly finished: boolean;
}

async function watchOne(deps: Pick<ActivityDeps, 'db'>, id: string, now: Date): Promise<Seen> {
  return await deps.db.transaction().execute(async (tx) => {
    const experiment = await lockExperiment(tx, id);
    if (experiment?.status !== 'RUNNING') return { stopped: [], finished: false };
    const { document } = experiment;
    const counts = await countArms(tx, id);
    const gone = new Set((await readArmStops(tx, id)).map(({ arm }) => arm));
    const stopped: string[] = [];
    for (const { name } of challengersOf(document).filter((arm) => !gone.has(arm.name))) {
      const arm = counts.find((one) => one.arm === name);
      const breach = arm === undefined ? null : breachOf(document.stopLoss, arm);
      if (breach !== null && (await stopArm(tx, experiment, breach)))
        stopped.push(`${experiment.code}/${name}`);
    }
    const finished = now.getTime() >= Date.parse(document.endsAt);
    if (finished) await finish(tx, experiment);
    return { stopped, finished };
  });
}

/**
 * One look at every running experiment, each in a transaction of its own. A stopped arm lets new loans go to the champion;
 * loans that pinned it keep it. Safe to repeat: an arm stops once.
 */
export async function watchExperiments(
  deps: Pick<ActivityDeps, 'db' | 'log'>,
): Promise<WatchOutcome> {
  const now = new Date();
  const running = await runningExperiments(deps.db);
  const stopped: string[] = [];
  const finished: string[] = [];
  for (const { id } of running) {
    const seen = await watchOne(deps, id, now);
    stopped.push(...seen.stopped);
    if (seen.finished) finished.push(id);
  }
  if (stopped.length > 0) deps.log.warn({ stopped }, 'arms of experiments stopped themselves');
  return { watched: running.length, stopped, finished };
}
