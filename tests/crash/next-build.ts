/** The next build of the story: a copy of the workflows with one more step in it, bundled as a release would be. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorkflowBundle, type WorkflowBundle } from '../../platform/temporal/bundle.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the copy's story does before it asks who the applicant is; replaying an old history on it must fail. */
const MARK = `  story.show({ decision: 'NEXT_BUILD' });\n`;
/** The search attribute `DecisionOutcome` has this value from VERIFY on in loans of the next build. */
export const NEXT_BUILD = 'NEXT_BUILD';

interface Change {
  readonly file: string;
  /** A line of the file; the mark goes before it. */
  readonly before: string;
  readonly mark: string;
}

const CHANGES: readonly Change[] = [
  { file: 'chapters/verify.ts', before: '  const identity =', mark: MARK },
  {
    file: 'loan-servicing.ts',
    before: '  const { record } = openDoors();',
    mark: `  upsertSearchAttributes([{ key: LoanStage, value: '${NEXT_BUILD}' }]);\n`,
  },
];

/** Bundles the changed copy into `outDir`. @throws when a line to change is no longer there */
export async function buildNextBundle(outDir: string): Promise<WorkflowBundle> {
  const scratch = join(ROOT, '.build');
  await mkdir(scratch, { recursive: true });
  // Under the root, so that the copy finds the packages; the folder is ignored by git.
  const folder = await mkdtemp(join(scratch, 'next-'));
  try {
    for (const room of ['workflows', 'domain'])
      await cp(join(ROOT, room), join(folder, room), { recursive: true });
    for (const change of CHANGES) await apply(join(folder, 'workflows'), change);
    return await buildWorkflowBundle({ workflowsPath: join(folder, 'workflows/index.ts'), outDir });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function apply(folder: string, { file, before, mark }: Change): Promise<void> {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(before)) throw new Error(`${file} has no line ${before}: mend this test`);
  await writeFile(
    path,
    text.replace(before, () => mark + before),
  );
}
