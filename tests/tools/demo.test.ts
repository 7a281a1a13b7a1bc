/** The demonstration: what it tells, what it refuses, and how it counts the time in each stage. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../tools/demo/arguments.ts';
import { readPlace, workflowPage } from '../../tools/demo/place.ts';
import { byWhom, type StageEvent, withDurations } from '../../tools/demo/stage.ts';
import { STORIES } from '../../tools/demo/stories.ts';
import { freePort } from '../../tools/start/ports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const event = (at: string, more: Partial<StageEvent> = {}): StageEvent => ({
  from: 'APPLY',
  to: 'VERIFY',
  actorKind: 'human',
  actor: 'somebody',
  role: 'applicant',
  reason: 'SUBMITTED',
  at,
  ...more,
});

describe('the demonstration', () => {
  it('tells nine stories, each under a key of its own', () => {
    expect(readArguments([]).stories).toHaveLength(9);
    expect(new Set(STORIES.map(({ key }) => key)).size).toBe(9);
  });

  it('tells only the straight approval as the sample of a first start', () => {
    const { stories, sample } = readArguments(['--sample']);
    expect(sample).toBe(true);
    expect(stories.map(({ key }) => key)).toEqual(['straight-approval']);
  });

  it('names the stories when one is asked for that is not there', () => {
    expect(() => readArguments(['--only', 'nobody'])).toThrow(/nobody.*straight-approval/);
    expect(() => readArguments(['--loud'])).toThrow(/^Usage/);
  });

  it('counts a stage from the change before it, the first from the beginning of the draft', () => {
    const events = [event('2026-01-01T00:00:01.000Z'), event('2026-01-01T00:00:01.250Z')];
    const stood = withDurations(events, '2026-01-01T00:00:00.500Z').map(({ stoodMs }) => stoodMs);
    expect(stood).toEqual([500, 250]);
  });

  it('names staff by themselves, applicants by their role, and what acts alone by its kind', () => {
    const at = '2026-01-01T00:00:00.000Z';
    expect(byWhom(event(at))).toBe('applicant');
    expect(byWhom(event(at, { actor: 'senior-zhao', role: 'senior-reviewer' }))).toBe(
      'senior-zhao',
    );
    expect(byWhom(event(at, { actorKind: 'timer', actor: null, role: null }))).toBe('timer');
  });

  it('links a loan to its workflow with the slash of the id escaped', () => {
    const place = readPlace(ROOT, { TEMPORAL_UI_PORT: '8999', TEMPORAL_NAMESPACE: 'loans' });
    expect(workflowPage(place, 'abc')).toBe(
      'http://127.0.0.1:8999/namespaces/loans/workflows/loan%2Fabc',
    );
  });

  it('ends with one sentence and exit code 1 when no house runs', async () => {
    const port = String(await freePort());
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'tools/demo/main.ts'],
      { cwd: ROOT, encoding: 'utf8', env: { ...process.env, API_PORT: port, SANDBOX_PORT: port } },
    );
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('run npm start');
  }, 60_000);
});
