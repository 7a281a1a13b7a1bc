/**
 * How the tests run: pure ones and then those that need servers, the latter with longer patience; two files at a time, in
 * two processes that keep what they have loaded. So a test file restores what it changes outside itself.
 */
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tools/test/longest-first.ts';

/** Rooms whose tests start processes or talk to the servers that tools/test brings up. */
const SERVER_ROOMS = [
  'activities',
  'api',
  'crash',
  'db',
  'journeys',
  'lessons',
  'ports',
  'sandbox',
  'tools',
  'trust',
];

/** A sequencer of ours would overrule `--sequence.shuffle.files`. */
const ordered = process.argv.some((argument) => argument.startsWith('--sequence'));

export default defineConfig({
  test: {
    ...(ordered ? {} : { sequence: { sequencer: LongestFirst } }),
    projects: [
      {
        test: {
          name: 'pure',
          include: ['tests/**/*.test.ts'],
          exclude: ['**/fixtures/**', ...SERVER_ROOMS.map((room) => `tests/${room}/**`)],
          // Not threads: native parts (the parser of the house tests) break when their thread ends.
          pool: 'forks',
          maxWorkers: 2,
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'servers',
          include: SERVER_ROOMS.map((room) => `tests/${room}/**/*.test.ts`),
          exclude: ['**/fixtures/**'],
          pool: 'forks',
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
