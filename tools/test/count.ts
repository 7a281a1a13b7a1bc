/**
 * What a test run comes to, and the lines that `npm test` ends with.
 */

/** What a test run comes to. */
export interface TestSummary {
  passed: number;
  /** Failed tests, test files that could not be loaded, and errors outside any test. */
  failed: number;
  skipped: { readonly title: string; readonly reason: string }[];
}

/**
 * What was skipped and why, then the count line. A run that failed without a failed test (no test was found, or vitest
 * itself broke) counts one failure, so that the line never looks like a pass.
 */
export function closingLines(summary: TestSummary, code: number): string {
  const failed = code !== 0 && summary.failed === 0 ? 1 : summary.failed;
  const skipped = summary.skipped.map(({ title, reason }) => `skipped: ${title} (${reason})\n`);
  return `${skipped.join('')}${summary.passed} passed, ${failed} failed, ${summary.skipped.length} skipped\n`;
}
