/** The fakes as a world, so that they are held to the same contracts as what they stand for. */
import { residentNumber } from '../../../sandbox/identifiers.ts';
import type { World } from '../contracts/world.ts';
import { createFakePorts } from './fake-ports.ts';

export function openFakeWorld(): World {
  const ports = createFakePorts();
  let count = 0;
  return {
    ports,
    caRootPem: ports.caRootPem,
    newApplicant: async () => {
      count += 1;
      const digits = String(count).padStart(3, '0');
      const idNumber = residentNumber(`99999919900101${digits}`);
      return {
        name: '林清和',
        idNumber,
        mobile: `15400000${digits}`,
        card: `622999000000000${digits}`,
      };
    },
    trouble: null,
    close: async () => {},
  };
}
