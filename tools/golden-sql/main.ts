/** `npm run golden-sql`: writes the SQL of every query function to db/sql, where a review sees what a change does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goldenFiles } from './golden.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

for (const { path, text } of await goldenFiles()) {
  const target = join(ROOT, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  process.stdout.write(`${path}\n`);
}
