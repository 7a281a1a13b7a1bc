/**
 * Builds the workflow bundle once for a whole test run, since building it in every test file would be the usual slowness.
 */
import { join } from 'node:path';
import { buildWorkflowBundle } from '../../platform/temporal/bundle.ts';
import { reasonOf } from '../start/failure.ts';

/**
 * Builds the bundle. When it cannot be built that is told, and the tests that need it fail while the others still run.
 * @param folder where it is written
 * @returns the path of the bundle's code; empty when there is none
 */
export async function buildTestBundle(
  root: string,
  folder: string,
  say: (line: string) => void,
): Promise<string> {
  const startedAt = Date.now();
  try {
    const { codePath } = await buildWorkflowBundle({
      workflowsPath: join(root, 'workflows', 'index.ts'),
      outDir: join(folder, 'bundles'),
    });
    say(`the workflow bundle is built (${((Date.now() - startedAt) / 1_000).toFixed(1)} s)`);
    return codePath;
  } catch (error) {
    say(`the workflow bundle could not be built: ${reasonOf(error)}`);
    return '';
  }
}
