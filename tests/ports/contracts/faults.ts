/** What every call outside guarantees when the outside fails, the same for every operation of every port. */
import { describe, expect, test } from 'vitest';
import type { OutsideAnswer } from '../../../activities/ports/answers.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { type Applicant, newNumber, type World } from './world.ts';

export interface FaultyCall {
  readonly service: string;
  readonly operation: string;
  /** The answer names the person, so that one about somebody else can be told. */
  readonly namesSubject: boolean;
  /** The other side gives its first answer again for the same number, and charges it once. */
  readonly remembered: boolean;
  ask(ports: Ports, applicant: Applicant, requestNo: string): Promise<OutsideAnswer<unknown>>;
}

/** Fault, failure, and whether the other side has processed the request all the same. */
const FAULTS: readonly (readonly [string, string, boolean])[] = [
  ['down', 'UNREACHABLE', false],
  ['error', 'UNREACHABLE', false],
  ['drop-request', 'UNREACHABLE', false],
  ['busy', 'BUSY', false],
  ['throttle', 'THROTTLED', false],
  ['maintenance', 'MAINTENANCE', false],
  ['drop-reply', 'UNREACHABLE', true],
  ['garbage', 'BAD_ANSWER', true],
  ['truncate', 'BAD_ANSWER', true],
  ['bad-signature', 'BAD_ANSWER', true],
];

/** Registers one test per fault; the world must have trouble to offer. */
export function faultContract(world: () => World, call: FaultyCall): void {
  describe(`${call.service}.${call.operation} under faults`, () => {
    const cases = call.namesSubject
      ? [...FAULTS, ['wrong-person', 'WRONG_PERSON', true] as const]
      : FAULTS;
    test.each(cases)(
      '%s is %s, and the same number then gives the answer, charged once',
      async (fault, code, processed) => {
        await proveRecovery(world(), call, fault, code, processed);
      },
    );

    test('an answer beyond the time-out is UNREACHABLE, and the same number then gives it', async () => {
      const { trouble } = world();
      if (trouble === null) throw new Error('this world has no faults');
      await trouble.strike(call.service, call.operation, 'delay', 1_200);
      const { requestNo, applicant } = await newQuestion(world());
      const failed = call.ask(trouble.hasty, applicant, requestNo);
      await expect(failed).rejects.toMatchObject({ code: 'UNREACHABLE', retryable: true });
      await trouble.calm();
      await proveAnswer(world(), call, applicant, requestNo);
    });
  });
}

async function newQuestion(world: World) {
  return { requestNo: newNumber(), applicant: await world.newApplicant() };
}

async function proveRecovery(
  world: World,
  call: FaultyCall,
  fault: string,
  code: string,
  processed: boolean,
): Promise<void> {
  const { trouble } = world;
  if (trouble === null) throw new Error('this world has no faults');
  const { requestNo, applicant } = await newQuestion(world);
  await trouble.strike(call.service, call.operation, fault);
  const failure: unknown = await call
    .ask(world.ports, applicant, requestNo)
    .catch((error: unknown) => error);
  await trouble.calm();
  expect(failure).toMatchObject({ name: 'OutsideFailure', code, retryable: true });
  expect(String(failure)).not.toContain(applicant.idNumber);
  if (call.remembered) {
    const known = await trouble.remembered(call.service, requestNo);
    expect(known !== null).toBe(processed);
  }
  await proveAnswer(world, call, applicant, requestNo);
}

/** The same number gives one answer however often it is sent, and costs its price once. */
async function proveAnswer(
  world: World,
  call: FaultyCall,
  applicant: Applicant,
  requestNo: string,
): Promise<void> {
  const answer = await call.ask(world.ports, applicant, requestNo);
  expect(answer.kind).toBe('FOUND');
  if (!call.remembered) return;
  const charge = await world.trouble?.remembered(call.service, requestNo);
  expect(await call.ask(world.ports, applicant, requestNo)).toEqual(answer);
  const again = await world.trouble?.remembered(call.service, requestNo);
  expect(again).toEqual(charge);
  expect(again?.chargedFen === 0).toBe(!answer.charged);
}
