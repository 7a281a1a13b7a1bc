/** The fakes keep the contracts of the ports they stand for. */
import { describe } from 'vitest';
import { allContracts } from './contracts/index.ts';
import { openFakeWorld } from './fakes/fake-world.ts';

const world = openFakeWorld();
describe('in-memory fakes', () => {
  allContracts(() => world, false);
});
