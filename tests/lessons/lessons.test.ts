/** The defects of other loan systems (lessons.md) that show in a running house, each as a guarantee of ours. */
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { type House, openHouse } from '../support/house.ts';
import { lesson01 } from './lesson-01.ts';
import { lesson02 } from './lesson-02.ts';
import { lesson03 } from './lesson-03.ts';
import { lesson04 } from './lesson-04.ts';
import { lesson06 } from './lesson-06.ts';
import { lesson07 } from './lesson-07.ts';
import { lesson08 } from './lesson-08.ts';
import { lesson09 } from './lesson-09.ts';
import { lesson11 } from './lesson-11.ts';
import { lesson13 } from './lesson-13.ts';
import { lesson14 } from './lesson-14.ts';
import { lesson15 } from './lesson-15.ts';
import { lesson16 } from './lesson-16.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let house: House;

beforeAll(async () => {
  // A second instead of ten until the bank is asked what became of a payout.
  house = await openHouse({ policy: { 'disburse.queryAfterSeconds': 1 } });
});
// Faults strike whoever asks next, so that the lessons run one after the other and leave none behind.
afterEach(() => house?.sandbox.clearFaults());
afterAll(async () => await house?.close());

const lessons = [
  lesson01,
  lesson02,
  lesson03,
  lesson04,
  lesson06,
  lesson07,
  lesson08,
  lesson09,
  lesson11,
  lesson13,
  lesson14,
  lesson15,
  lesson16,
];
for (const lesson of lessons) lesson(() => house);
