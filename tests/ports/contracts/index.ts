/** Every port's contract, to be proved of one world. */
import { bankContract } from './bank.ts';
import { bureauContract } from './bureaus.ts';
import { identityContract } from './identity.ts';
import { noticeContract } from './notice.ts';
import { registryContract } from './registry.ts';
import { certificateContract, timestampContract } from './trust.ts';
import type { World } from './world.ts';

/** @param withFaults whether the world can be made to fail */
export function allContracts(world: () => World, withFaults: boolean): void {
  const contracts = [
    identityContract,
    bureauContract,
    registryContract,
    certificateContract,
    timestampContract,
    bankContract,
    noticeContract,
  ];
  for (const contract of contracts) contract(world, withFaults);
}
