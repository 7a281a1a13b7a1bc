/**
 * Counts the tests for the last line of `npm test`, and remembers what was skipped and why.
 *
 * Written for vitest's reporter interface; the file it writes is named by XINDAI_TEST_SUMMARY.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import type { TestSummary } from './count.ts';

/** The reporter that vitest loads. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const path = process.env.XINDAI_TEST_SUMMARY;
    if (path === undefined) return;
    writeFileSync(path, JSON.stringify(summarise(modules, errors.length)));
  }
}

/**
 * Counts one run.
 * @param unhandled errors that no test caught
 */
export function summarise(modules: readonly TestModule[], unhandled: number): TestSummary {
  const summary: TestSummary = { passed: 0, failed: unhandled, skipped: [] };
  for (const module of modules) {
    const before = summary.failed;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') summary.passed += 1;
      else if (result.state === 'skipped')
        summary.skipped.push({
          title: `${module.relativeModuleId}: ${test.fullName}`,
          reason: result.note ?? 'the condition is in the test',
        });
      else summary.failed += 1;
    }
    // A file that fails as a whole (it does not load, or a hook throws) would otherwise count nothing.
    if (module.state() === 'failed' && summary.failed === before) summary.failed += 1;
  }
  return summary;
}
