/**
 * House rule: every room imports only what the architecture lets it.
 */
import { describe, expect, test } from 'vitest';
import { CHAPTERS, chapterCrossings } from './chapters.ts';
import { forbiddenImports } from './room-rules.ts';
import { ROOMS, sourcesIn } from './sources.ts';

describe('imports by room', () => {
  test.each(ROOMS)('every import in %s is one that the room may have', (room) => {
    expect(sourcesIn([room]).flatMap(forbiddenImports)).toEqual([]);
  });

  test.each([
    ['domain/score.ts', "import { readFileSync } from 'node:fs';"],
    ['domain/score.ts', "import { z } from 'zod';"],
    ['domain/score.ts', "import { sql } from '../db/database.ts';"],
    ['workflows/story.ts', "import { createActivities } from '../activities/index.ts';"],
    ['workflows/story.ts', "import { randomBytes } from 'crypto';"],
    ['workflows/story.ts', "import { ApplicationFailure } from '@temporalio/common';"],
    ['workflows/story.ts', "export { x } from '../platform/log.ts';"],
    ['activities/score/run.ts', "import { loan } from '../../workflows/index.ts';"],
    ['activities/score/run.ts', "const { app } = await import('../../api/app.ts');"],
    ['db/database.ts', "import { fen } from '../domain/money.ts';"],
    ['db/database.ts', "import { hono } from 'hono';"],
    ['api/app.ts', "import { loanOrigination } from '../workflows/loan-origination.ts';"],
    ['api/app.ts', "import { createActivities } from '../activities/index.ts';"],
    ['platform/log.ts', "import type { Fen } from '../domain/money.ts';"],
    ['sandbox/bank.ts', "import { loadConfig } from '../platform/config.ts';"],
    ['sandbox/bank.ts', "const { fen } = require('../domain/money.ts');"],
  ])('a planted violation in %s is found: %s', (path, text) => {
    expect(forbiddenImports({ path, text })).toHaveLength(1);
  });

  test.each([
    ['workflows/doors.ts', "import type { Activities } from '../activities/index.ts';"],
    ['workflows/story.ts', "import { type RetryPolicy } from '@temporalio/common';"],
    ['db/queries/journey.ts', "import { mayFollow } from '../../domain/journey.ts';"],
    ['api/app.ts', "import type { loanOrigination } from '../workflows/loan-origination.ts';"],
    ['sandbox/bank.ts', "import { sm2Sign } from '../platform/crypto/sm2.ts';"],
  ])('what the architecture allows passes in %s: %s', (path, text) => {
    expect(forbiddenImports({ path, text })).toEqual([]);
  });
});

describe('chapters', () => {
  test('no chapter of the activities imports another chapter', () => {
    expect(sourcesIn(['activities']).flatMap(chapterCrossings)).toEqual([]);
  });

  test('a planted crossing is found, the shared folders are none', () => {
    const crossing = {
      path: 'activities/score/run.ts',
      text: "import { pull } from '../bureau/pull.ts';\nimport { pboc } from '../ports/pboc.ts';",
    };
    expect(chapterCrossings(crossing)).toEqual([
      'activities/score/run.ts imports ../bureau/pull.ts: chapter score reaches into bureau',
    ]);
  });

  test('there are eleven chapters in the order of the story', () => {
    expect(CHAPTERS.join(' ')).toBe(
      'apply verify bureau fraud score decide offer contract sign disburse service',
    );
  });
});
