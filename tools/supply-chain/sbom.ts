/** Writes the bill of materials (CycloneDX) that npm makes of the lock file, and checks that nothing is missing from it. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { LockFile } from './packages.ts';

export const SBOM_FILE = '.build/sbom.cdx.json';

const bill = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  components: z.array(z.object({ name: z.string(), version: z.string(), purl: z.string() })),
});
export type Bill = z.infer<typeof bill>;

/** Packages of the lock file that the bill does not name. */
export function missingFrom(sbom: Bill, lock: LockFile): readonly string[] {
  const named = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`));
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(
      ([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`,
    )
    .filter((one) => !named.has(one));
}

/** @throws Error when npm cannot make it */
export async function writeSbom(root: string): Promise<Bill> {
  const { stdout } = await promisify(execFile)(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const file = join(root, SBOM_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, stdout);
  return bill.parse(JSON.parse(stdout));
}
