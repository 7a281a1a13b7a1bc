/**
 * How the tests run: pure ones side by side, those that need servers a few at a time with longer patience.
 */
import { defineConfig } from 'vitest/config';

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

export default defineConfig({
  test: {
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
