/**
 * Orders the test files longest first, so that both workers end together: a file of a minute that starts last would keep
 * one of them waiting for the other.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Seconds that a file takes by itself, as the run of 2026-11-24 told on two cores. Only the order counts, and only these
 * are worth naming; a file that is not here is taken for short.
 */
export const LONG_FILES: Readonly<Record<string, number>> = {
  'tests/crash/worker.test.ts': 87,
  'tests/lessons/lessons.test.ts': 79,
  'tests/tools/start.test.ts': 63,
  'tests/crash/chaos.test.ts': 62,
  'tests/crash/upgrade.test.ts': 53,
  'tests/journeys/desk-interleavings.test.ts': 45,
  'tests/journeys/operator-bulk.test.ts': 42,
  'tests/journeys/payout.test.ts': 33,
  'tests/journeys/bureau-outage.test.ts': 30,
  'tests/journeys/undone.test.ts': 30,
  'tests/crash/api.test.ts': 29,
  'tests/journeys/serviced.test.ts': 27,
  'tests/journeys/operator-reset.test.ts': 25,
  'tests/journeys/operator.test.ts': 22,
  'tests/sandbox/process.test.ts': 21,
  'tests/journeys/servicing-life.test.ts': 21,
  'tests/journeys/withdrawn.test.ts': 20,
  'tests/tools/test-servers.test.ts': 18,
  'tests/trust/keys/workflow.test.ts': 17,
  'tests/journeys/reviewed.test.ts': 16,
  'tests/journeys/operator-correction.test.ts': 15,
  'tests/platform/temporal/server.test.ts': 14,
  'tests/prefill/reading.test.ts': 14,
  'tests/papers/evidence-tampering.test.ts': 11,
};

const secondsOf = ({ moduleId }: Pick<TestSpecification, 'moduleId'>): number => {
  const name = Object.keys(LONG_FILES).find((path) => moduleId.endsWith(`/${path}`));
  return name === undefined ? 0 : (LONG_FILES[name] ?? 0);
};

/** The given files, longest first; those of equal length stay in the order in which they come. */
export function longestFirst<T extends Pick<TestSpecification, 'moduleId'>>(
  files: readonly T[],
): T[] {
  return files.toSorted((one, other) => secondsOf(other) - secondsOf(one));
}

/** The order that vitest takes, where none is asked for on the command line. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}
