/**
 * `npm test`: prepares the machine with what the tests need, then runs them in this same process's care.
 */
import './setup/node-version.mjs';
import { runEntry } from './setup/report.mjs';
import { ROOT, setUp } from './setup.mjs';

await runEntry(async () => {
  const { temporalCli } = await setUp({ forTests: true });
  const { register } = await import('tsx/esm/api');
  register();
  const { runTests } = await import('./test/main.ts');
  process.exit(await runTests({ root: ROOT, temporalCli, args: process.argv.slice(2) }));
});
