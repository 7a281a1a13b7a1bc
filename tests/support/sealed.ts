/** Acts under the seal of a test's house, for tests that speak to a loan past the API's routes. */
import type { UpdateDefinition } from '@temporalio/common';
import { createLoanMessenger } from '../../api/loan-messenger.ts';
import { type ActName, type ActSeal, actText } from '../../domain/acts.ts';
import type { Actor } from '../../domain/journey.ts';
import { createActSealer, type Sealer } from '../../platform/act-seal.ts';
import { readDataKeys } from '../../platform/keys.ts';
import type { PersonSays, Standing } from '../../workflows/messages.ts';
import type { House } from './house.ts';
import type { Loan } from './loan.ts';

/** The sealer of the house's API. */
export function sealerOf({ config }: House): Sealer {
  return createActSealer(readDataKeys(config.dataKeysFile, config.environment).actionSeal);
}

/** The seal the API would set on an act. */
export function sealOf(
  sealer: Sealer,
  name: ActName,
  applicationId: string,
  input: { readonly actor: Actor; readonly key: string },
  issuedAt = new Date().toISOString(),
): ActSeal {
  const { actor, key } = input;
  const text = actText(name, { applicationId, actor, key, issuedAt }, input);
  return { issuedAt, mac: sealer.seal(text) };
}

/** Says something to a loan as the API's routes do, through its messenger. @throws ApiProblem with the loan's refusal */
export async function say<I extends PersonSays>(
  loan: Loan,
  definition: UpdateDefinition<Standing, [I]>,
  input: I,
): Promise<Standing> {
  const { client, config } = loan.house;
  const { taskQueuePrefix } = config.temporal;
  const messenger = createLoanMessenger(client, taskQueuePrefix, sealerOf(loan.house));
  return await messenger.update(loan.id, definition, input);
}
