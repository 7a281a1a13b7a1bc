/**
 * Builds the workflow bundle once for a whole test run, since building it in every test file would be the usual slowness.
 */
import { join } from 'node:path';
import { buildWorkflowBundle } from '../../platform/temporal/bundle.ts';

/**
 * Builds the bundle.
 * @param folder where it is written
 * @returns the path of the bundle's code
 */
export async function buildTestBundle(
  root: string,
  folder: string,
  say: (line: string) => void,
): Promise<string> {
  const startedAt = Date.now();
  const { codePath } = await buildWorkflowBundle({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    outDir: join(folder, 'bundles'),
  });
  say(`the workflow bundle is built (${((Date.now() - startedAt) / 1_000).toFixed(1)} s)`);
  return codePath;
}
