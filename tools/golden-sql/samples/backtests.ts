/** Sample calls of the queries of backtests. */
import { emptyTally } from '../../../domain/backtest.ts';
import { backtestReport } from '../../../domain/backtest-report.ts';
import * as backtests from '../../../db/queries/backtests.ts';
import type { Samples } from '../recorder.ts';
import { AT, ID, OTHER_ID } from './values.ts';

const TERMS = { lgdPercent: 60, sampleLimit: 10 };
const RANGE = { from: AT, until: AT };

export const BACKTESTS: Samples = {
  startBacktest: ({ tx }) =>
    backtests.startBacktest(tx, {
      ...TERMS,
      id: ID,
      draftId: null,
      strategy: {},
      strategySm3: 's',
      scorecard: {},
      scorecardSm3: 's',
      decidedFrom: AT,
      decidedUntil: AT,
      startedBy: 's',
    }),
  readBacktest: ({ tx }) => backtests.readBacktest(tx, ID),
  listBacktests: ({ tx }) => backtests.listBacktests(tx, 10),
  finishedBacktest: ({ tx }) => backtests.finishedBacktest(tx, 's'),
  readDraftOfVersion: ({ tx }) =>
    backtests.readDraftOfVersion(tx, { kind: 'SCORECARD', code: 'S', version: 1 }),
  readBacktestTask: ({ tx }) => backtests.readBacktestTask(tx, ID),
  countRecorded: ({ tx }) => backtests.countRecorded(tx, RANGE),
  layOutParts: ({ tx }) =>
    backtests.layOutParts(tx, ID, 1, [{ part: 1, after: ID, until: OTHER_ID }], emptyTally()),
  readParts: ({ tx }) => backtests.readParts(tx, ID),
  recordedDecisions: ({ tx }) =>
    backtests.recordedDecisions(tx, { ...RANGE, after: ID, upTo: OTHER_ID, most: 500 }),
  movePart: ({ tx }) =>
    backtests.movePart(tx, {
      id: ID,
      part: 1,
      before: ID,
      after: OTHER_ID,
      decided: 1,
      tally: emptyTally(),
      done: false,
    }),
  concludeBacktest: ({ tx }) =>
    backtests.concludeBacktest(tx, ID, backtestReport(emptyTally(), TERMS)),
  failBacktest: ({ tx }) => backtests.failBacktest(tx, ID, 'FAILED'),
};
