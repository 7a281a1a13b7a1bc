/** The real adapters keep the contracts of their ports against the real sandbox, under every fault it can make. */
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { allContracts } from './contracts/index.ts';
import { openSandboxWorld, type SandboxWorld } from './sandbox-world.ts';

let world: SandboxWorld;
beforeAll(async () => {
  world = await openSandboxWorld();
}, 60_000);
afterEach(() => {
  world.sandbox.clearFaults();
});
afterAll(async () => {
  await world?.close();
});

describe('HTTP adapters and sandbox', () => {
  allContracts(() => world, true);
});
