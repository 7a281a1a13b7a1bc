/** Speaking to a loan as a test needs it: past the API, and hearing a refusal as its code. */
import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import { ACT_FIELDS, type ActName } from '../../domain/acts.ts';
import type { Answer } from '../../api/client.ts';
import type { Actor } from '../../domain/journey.ts';
import { loanWorkflowId } from '../../workflows/ids.ts';
import type { PersonSays, Standing } from '../../workflows/messages.ts';
import type { NeedsHuman } from '../../workflows/search-attributes.ts';
import { eventually, type Loan } from '../support/loan.ts';
import { sealerOf, sealOf } from '../support/sealed.ts';

export const human = (subject: string, role: string): Actor => ({ kind: 'human', subject, role });

const isAct = (name: string): name is ActName => Object.hasOwn(ACT_FIELDS, name);

/**
 * Says something to the loan's workflow past the API's routes and their checks, under its seal: what the record itself
 * refuses shows. What becomes of a message without the seal is tests/journeys/sealed-acts.test.ts.
 */
export async function tell<I extends PersonSays>(
  loan: Loan,
  definition: UpdateDefinition<Standing, [I]>,
  input: I,
): Promise<Standing> {
  const handle = loan.house.client.workflow.getHandle(loanWorkflowId(loan.id));
  if (!isAct(definition.name)) throw new Error(`${definition.name} is no act`);
  const seal = sealOf(sealerOf(loan.house), definition.name, loan.id, input);
  return await handle.executeUpdate(definition, {
    args: [{ ...input, seal }],
    updateId: input.key,
  });
}

export const freshKey = (): string => randomUUID();

/** The type of the failure with which the loan refused; throws when it did not refuse. */
export async function refusalOf(said: Promise<unknown>): Promise<string> {
  try {
    await said;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    return error.cause instanceof ApplicationFailure ? (error.cause.type ?? '') : error.name;
  }
  throw new Error('the loan did not refuse');
}

/** The code of the problem with which the API refused; throws when it did not refuse. */
export async function problemOf(answering: Promise<Answer<unknown>>): Promise<string> {
  const answer = await answering;
  if (answer.ok) throw new Error(`the API did not refuse: HTTP ${answer.status}`);
  return answer.problem.code;
}

/** Names of the updates that the loan's history holds as accepted, in order. */
export async function heard(loan: Loan): Promise<readonly string[]> {
  const { events } = await loan.house.historyOf(loan.id);
  return events.flatMap((event) => {
    const name = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name;
    return name === undefined || name === null ? [] : [name];
  });
}

/** Waits until operations see this of the loan; the workflow shows it a moment after the record holds it. */
export async function untilShown(
  { house, id }: Loan,
  key: typeof NeedsHuman,
  value: boolean,
): Promise<void> {
  const handle = house.client.workflow.getHandle(loanWorkflowId(id));
  await eventually(`${key.name} to be shown`, async () => {
    const { typedSearchAttributes: shown } = await handle.describe();
    return shown.get(key) === value;
  });
}

/** Waits until the loan's workflow has ended. */
export async function untilClosed({ house, id }: Loan): Promise<void> {
  const handle = house.client.workflow.getHandle(loanWorkflowId(id));
  await eventually('the story to be over', async () => {
    const { status } = await handle.describe();
    return status.name === 'COMPLETED';
  });
}
