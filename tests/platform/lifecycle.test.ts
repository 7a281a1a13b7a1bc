/**
 * A process tells its parent when it is ready, stops when asked or orphaned, and ends with an honest exit code.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('fixtures/process.ts', import.meta.url));
const children: ChildProcess[] = [];

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The exit code, once everything was printed. */
  readonly exit: Promise<unknown>;
}

function run(fate: string): Run {
  const child = fork(script, [fate], { execArgv: ['--import', 'tsx'], silent: true });
  children.push(child);
  let text = '';
  const printed = [child.stdout, child.stderr].flatMap((stream) => {
    stream?.on('data', (data: Buffer) => {
      text += data.toString();
    });
    return stream === null ? [] : [finished(stream)];
  });
  // The event `close` never comes for a child whose channel was disconnected.
  const exit = Promise.all([once(child, 'exit'), ...printed]).then(([[code]]) => code);
  return { child, output: () => text, exit };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('a process', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`says that it is ready, and stops gracefully on ${signal}`, async () => {
      const { child, output, exit } = run('well');
      expect((await once(child, 'message'))[0]).toEqual({ ready: true, port: 4711 });
      child.kill(signal);
      expect(await exit).toBe(0);
      expect(output()).toBe('stopped\n');
    });
  }

  it('stops gracefully when its parent is gone', async () => {
    const { child, output, exit } = run('well');
    await once(child, 'message');
    child.disconnect();
    expect(await exit).toBe(0);
    expect(output()).toBe('stopped\n');
  });

  it('that cannot start says why in one sentence and exits with 1', async () => {
    const { output, exit } = run('fails');
    expect(await exit).toBe(1);
    expect(output()).toBe('fixture: API_PORT is taken by another program.\n');
  });

  it('that cannot stop gracefully exits with 1', async () => {
    const { child, output, exit } = run('stuck-stop');
    await once(child, 'message');
    child.kill('SIGTERM');
    expect(await exit).toBe(1);
    expect(output()).toBe('fixture: could not stop\n');
  });
});
