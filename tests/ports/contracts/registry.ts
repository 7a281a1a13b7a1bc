/** The contract of the registry port. */
import { describe, expect, test } from 'vitest';
import { faultContract } from './faults.ts';
import { newNumber, type World } from './world.ts';

export function registryContract(world: () => World, withFaults: boolean): void {
  describe('registry port', () => {
    test('a clean person is on no sanctions list', async () => {
      const { name, idNumber } = await world().newApplicant();
      const answer = await world().ports.registry.sanctions({
        requestNo: newNumber(),
        name,
        idNumber,
      });
      expect(answer).toEqual({ kind: 'FOUND', charged: true, data: [] });
    });

    test('a clean person has no court cases', async () => {
      const { name, idNumber } = await world().newApplicant();
      const answer = await world().ports.registry.court({ requestNo: newNumber(), name, idNumber });
      expect(answer.kind === 'NO_RECORD' ? [] : answer.data).toEqual([]);
    });

    if (!withFaults) return;
    faultContract(world, {
      service: 'registry',
      operation: 'sanctions',
      namesSubject: true,
      remembered: true,
      ask: (ports, { name, idNumber }, requestNo) =>
        ports.registry.sanctions({ requestNo, name, idNumber }),
    });
  });
}
