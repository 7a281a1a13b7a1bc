/**
 * `npm start`: prepares the machine, then becomes the supervisor in this same process.
 */
import './setup/node-version.mjs';
import { runEntry } from './setup/report.mjs';
import { ROOT, setUp } from './setup.mjs';

await runEntry(async () => {
  const { temporalCli } = await setUp();
  const { register } = await import('tsx/esm/api');
  register();
  const { runStart } = await import('./start/main.ts');
  const { xindai } = await import('./start/house.ts');
  process.exit(await runStart({ root: ROOT, temporalCli, house: xindai(ROOT) }));
});
