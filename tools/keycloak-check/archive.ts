/** Keycloak's own distribution: fetched once by Maven, checked against its digest, unpacked beside the run. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StartFailure } from '../start/failure.ts';

const VERSION = '26.0.8';
const SHA256 = 'd82a52098db41f036bcfe8f2ebfd9251781c8af5959af8714e8aa9b311081786';
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';

/** Runs to its end in silence. @throws StartFailure naming the program */
function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd, stdio: 'ignore' });
    child.once('error', () => reject(new StartFailure(`${command} cannot be run.`)));
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new StartFailure(`${command} ended with exit code ${String(code)}.`));
    });
  });
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(Buffer.from(chunk));
  return hash.digest('hex');
}

/**
 * The folder of an unpacked Keycloak under `workDir`.
 * @param say told before the 140 MB are fetched, once a machine
 * @throws StartFailure when it cannot be had or is not what it was when this check was written
 */
export async function unpackKeycloak(
  workDir: string,
  say: (line: string) => void,
): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'xindai', 'keycloak');
  const archive = join(cache, `keycloak-quarkus-dist-${VERSION}.zip`);
  mkdirSync(cache, { recursive: true });
  if (!existsSync(archive)) {
    say(`fetching Keycloak ${VERSION} by Maven (140 MB, once a machine)`);
    await run(
      'mvn',
      ['-q', '-B', COPY_GOAL, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${cache}`],
      cache,
    );
  }
  if ((await digestOf(archive)) !== SHA256)
    throw new StartFailure(`${archive} is not Keycloak ${VERSION}: its SHA-256 differs.`);
  await run('unzip', ['-q', archive, '-d', workDir], workDir);
  return join(workDir, `keycloak-${VERSION}`);
}
