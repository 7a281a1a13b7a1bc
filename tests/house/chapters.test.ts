/**
 * House rule: the chapters have the same names in every room, and what is beside them is named here.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHAPTERS, namesOutOfPlace } from './chapters.ts';
import { ROOT } from './sources.ts';

/** Where chapters live, and what else lives there. */
const PLACES = [
  {
    folder: 'activities',
    beside: [
      'ports',
      'adapters',
      'audit',
      'desk',
      'evidence',
      'experiments',
      'keys',
      'monitoring',
      'operations',
      'rights',
    ],
    files: false,
  },
  {
    folder: 'workflows/chapters',
    beside: ['close', 'conditions', 'decided-cases', 'operations', 'review', 'undo', 'withdraw'],
    files: true,
  },
] as const;

describe.each(PLACES)('$folder', ({ folder, beside, files }) => {
  const names = readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() !== files)
    .map((entry) => entry.name.replace(/\.ts$/, ''));

  test('has every chapter', () => {
    expect(CHAPTERS.filter((chapter) => !names.includes(chapter))).toEqual([]);
  });

  test('has nothing under a name that is neither a chapter nor known to stand beside them', () => {
    expect(namesOutOfPlace(names, beside)).toEqual([]);
  });
});

test('a planted chapter of another name is found', () => {
  expect(namesOutOfPlace(['apply', 'scoring', 'ports'], ['ports'])).toEqual(['scoring']);
});
