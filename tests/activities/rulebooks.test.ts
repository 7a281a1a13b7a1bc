/** Reading rules: what was read and compiled once for a version is not read and compiled again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compiledFor, scorerOf } from '../../activities/compiled.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

it('compiles the pinned documents once, however often the same versions are read', async () => {
  const { rulebooks, db } = place.deps;
  const pinned = await rulebooks.newest(db, 'PERSONAL_CREDIT');
  if (pinned === null) throw new Error('no rules are published');
  const [first, again] = [await rulebooks.read(db, pinned), await rulebooks.read(db, pinned)];
  expect(again.policyRows).toBe(first.policyRows);
  expect(scorerOf(again.scorecard)).toBe(scorerOf(first.scorecard));
  expect(compiledFor(again, '2026-11-24')).toBe(compiledFor(first, '2026-11-24'));
});
