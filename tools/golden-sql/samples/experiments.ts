/** Sample calls of the queries of experiments and of monitoring. */
import { DEFAULT_THRESHOLDS, windowsOn } from '../../../domain/monitoring.ts';
import type { ExperimentDocument } from '../../../domain/experiment.ts';
import * as arms from '../../../db/queries/experiment-arms.ts';
import * as experiments from '../../../db/queries/experiments.ts';
import * as monitoring from '../../../db/queries/monitoring.ts';
import type { Samples } from '../recorder.ts';
import { AMOUNT, ID, PINNED } from './values.ts';

const DOCUMENT: ExperimentDocument = {
  format: 1,
  code: 'E',
  strategyCode: 'S',
  salt: 's',
  arms: [],
  exposureCap: { maxPersons: 1, maxFen: null },
  stopLoss: [],
  earlyOverdue: { days: 7, marginBp: 100 },
  minimumSample: 100,
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: '2026-02-01T00:00:00Z',
};
const ASSIGNMENT = { arm: 'a', bucket: 1, actingArm: 'a', cause: 'BUCKET' } as const;
const ALERT = {
  kind: 'OVERRIDES',
  cause: 'c',
  strategyCode: 'S',
  measured: 'm',
  threshold: 't',
} as const;

export const EXPERIMENTS: Samples = {
  createExperiment: ({ tx }) =>
    experiments.createExperiment(tx, {
      id: ID,
      document: DOCUMENT,
      documentSm3: 'h',
      createdBy: 's',
    }),
  readExperiment: ({ tx }) => experiments.readExperiment(tx, ID),
  lockExperiment: ({ tx }) => experiments.lockExperiment(tx, ID),
  listExperiments: ({ tx }) => experiments.listExperiments(tx, 10),
  runningExperiment: ({ tx }) => experiments.runningExperiment(tx, 'S'),
  runningExperiments: ({ tx }) => experiments.runningExperiments(tx),
  proposeExperiment: ({ tx }) => experiments.proposeExperiment(tx, ID, 's'),
  approveExperiment: ({ tx }) => experiments.approveExperiment(tx, ID, 't'),
  stopExperiment: ({ tx }) => experiments.stopExperiment(tx, ID, { subject: 's', reason: 'RISK' }),
  finishExperiment: ({ tx }) => experiments.finishExperiment(tx, ID),
  recordArmStop: ({ tx }) =>
    experiments.recordArmStop(tx, {
      experimentId: ID,
      arm: 'a',
      stoppedBy: 's',
      breach: null,
    }),
  readArmStops: ({ tx }) => experiments.readArmStops(tx, ID),
};

export const EXPERIMENT_ARMS: Samples = {
  readAssignment: ({ tx }) => arms.readAssignment(tx, ID, ID),
  recordAssignment: ({ tx }) =>
    arms.recordAssignment(tx, { experimentId: ID, applicantId: ID }, ASSIGNMENT),
  readExposure: ({ tx }) => arms.readExposure(tx, ID, ['a']),
  countArms: ({ tx }) => arms.countArms(tx, ID),
  recordShadow: ({ tx }) =>
    arms.recordShadow(tx, {
      applicationId: ID,
      round: 1,
      experimentId: ID,
      arm: 'a',
      strategy: { code: 'S', version: 1 },
      result: {
        outcome: 'APPROVE',
        reasons: [],
        grade: 'A',
        total: 600,
        amountFen: AMOUNT,
        annualRate: '7.20',
        recordSm3: 'h',
      },
    }),
  countShadows: ({ tx }) => arms.countShadows(tx, ID),
};

export const MONITORING: Samples = {
  recordMeasure: ({ tx }) =>
    monitoring.recordMeasure(tx, {
      applicationId: ID,
      round: 1,
      day: '2026-01-05',
      versions: PINNED,
      outcome: 'APPROVE',
      leaning: 'APPROVE',
      grade: 'A',
      total: 600,
      rules: {},
      bands: {},
    }),
  openDays: ({ tx }) => monitoring.openDays(tx, '2026-01-05', 3),
  countDay: ({ tx }) => monitoring.countDay(tx, '2026-01-04'),
  readWindows: ({ tx }) => monitoring.readWindows(tx, windowsOn('2026-01-05', DEFAULT_THRESHOLDS)),
  readThresholds: ({ tx }) => monitoring.readThresholds(tx),
  setThresholds: ({ tx }) =>
    monitoring.setThresholds(tx, {
      after: 0,
      thresholds: DEFAULT_THRESHOLDS,
      setBy: 's',
      reason: 'REVIEWED',
    }),
  recordAlert: ({ tx }) => monitoring.recordAlert(tx, '2026-01-05', ALERT),
  listAlerts: ({ tx }) => monitoring.listAlerts(tx, 10),
  readScoreDrift: ({ tx }) => monitoring.readScoreDrift(tx),
};
