/**
 * Prepares development keys where no `npm start` does it, as in docker-compose.yml.
 *
 *   keys prepare FOLDER             makes our key files that are missing
 *   keys complete FOLDER SANDBOX    adds the sandbox's public keys to them
 */
import { completeKeys, prepareKeys } from './start/keys.ts';

const [step, folder, sandboxUrl] = process.argv.slice(2);
if (step === 'prepare' && folder !== undefined) {
  await prepareKeys(folder);
} else if (step === 'complete' && folder !== undefined && sandboxUrl !== undefined) {
  await completeKeys(folder, sandboxUrl);
} else {
  process.stderr.write('Usage: keys prepare FOLDER | keys complete FOLDER SANDBOX_URL\n');
  process.exitCode = 1;
}
