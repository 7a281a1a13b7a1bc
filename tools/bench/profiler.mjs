/**
 * Preloaded into a process of the bench (`node --import`): samples where its processor time goes, and writes the profile
 * into the folder XINDAI_PROFILE when the process or thread ends. Node refuses its own `--cpu-prof` in NODE_OPTIONS.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { basename, join } from 'node:path';
import { threadId } from 'node:worker_threads';

const folder = process.env.XINDAI_PROFILE;
const script = process.argv[1];

if (folder !== undefined && script !== undefined) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 1_000 });
  session.post('Profiler.start');
  process.on('exit', () => {
    session.post('Profiler.stop', (error, answer) => {
      const name = `${basename(script)}.${process.pid}.${threadId}.cpuprofile`;
      if (error === null) writeFileSync(join(folder, name), JSON.stringify(answer.profile));
    });
  });
}
