/** The contract of the identity port. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { OutsideAnswer } from '../../../activities/ports/answers.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { type FaultyCall, faultContract } from './faults.ts';
import { type Applicant, newNumber, type World } from './world.ts';

const images = new Map<string, Uint8Array>();

/** One image per request number, since a face service refuses an image it has seen under another. */
function imageOf(requestNo: string): Uint8Array {
  const image = images.get(requestNo) ?? randomBytes(2_000);
  images.set(requestNo, image);
  return image;
}

type Ask = (
  ports: Ports,
  applicant: Applicant,
  requestNo: string,
) => Promise<OutsideAnswer<unknown>>;
const CHECKS: readonly (readonly [string, Ask])[] = [
  [
    'two-factor',
    (ports, { name, idNumber }, requestNo) =>
      ports.identity.twoFactor({ requestNo, name, idNumber }),
  ],
  [
    'mobile',
    (ports, { name, idNumber, mobile }, requestNo) =>
      ports.identity.mobile({ requestNo, name, idNumber, mobile }),
  ],
  [
    'bankcard',
    (ports, { name, idNumber, card, mobile }, requestNo) =>
      ports.identity.bankCard({ requestNo, name, idNumber, card, mobile }),
  ],
  [
    'face',
    (ports, { name, idNumber }, requestNo) =>
      ports.identity.face({ requestNo, name, idNumber, image: imageOf(requestNo) }),
  ],
];

export function identityContract(world: () => World, withFaults: boolean): void {
  describe('identity port', () => {
    test.each(CHECKS)('%s of a clean person matches', async (check, ask) => {
      const answer = await ask(world().ports, await world().newApplicant(), newNumber());
      const data: unknown =
        check === 'face' ? expect.objectContaining({ match: 'MATCH', live: true }) : 'MATCH';
      expect(answer).toEqual({ kind: 'FOUND', charged: true, data });
    });

    test.each(CHECKS)(
      '%s gives its first answer again for the same number',
      async (_check, ask) => {
        const applicant = await world().newApplicant();
        const requestNo = newNumber();
        const first = await ask(world().ports, applicant, requestNo);
        expect(await ask(world().ports, applicant, requestNo)).toEqual(first);
      },
    );

    if (!withFaults) return;
    for (const [operation, ask] of CHECKS) {
      const call: FaultyCall = {
        service: 'identity',
        operation,
        namesSubject: true,
        remembered: true,
        ask,
      };
      faultContract(world, call);
    }
  });
}
