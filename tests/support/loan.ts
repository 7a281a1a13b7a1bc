/** One applicant's loan in a test's house: applied for as a person would, and driven to the stage a test begins at. */
import { sql } from 'kysely';
import type { Application, XindaiClient } from '../../api/client.ts';
import { acceptOffer, fillIn, sign, submit, waitFor } from '../../tools/teller/applicant.ts';
import { release } from '../../tools/teller/staff.ts';
import { fetchPersona, type Persona } from '../../tools/teller/world.ts';
import type { House } from './house.ts';

export interface Loan {
  readonly house: House;
  readonly id: string;
  /** Subject of the applicant's token. */
  readonly subject: string;
  readonly persona: Persona;
  readonly client: XindaiClient;
}

/** What is asked for other than the persona would: another product, amount, term or due day. */
type Asked = Partial<Persona['application']['loan']>;

/** Fills in a draft as one of the sandbox's people. No two loans of a house use the same variant of a persona. */
export async function draftAs(
  house: House,
  key: string,
  variant = 0,
  asked: Asked = {},
): Promise<Loan> {
  const subject = `applicant-${key}-${variant}`;
  const client = house.world.as('applicant', subject);
  const found = await fetchPersona(house.world, key, variant);
  const { application } = found;
  const persona = {
    ...found,
    application: { ...application, loan: { ...application.loan, ...asked } },
  };
  return { house, subject, persona, client, id: await fillIn(client, persona) };
}

/** Fills in and submits an application. */
export async function applyAs(
  house: House,
  key: string,
  variant = 0,
  asked: Asked = {},
): Promise<Loan> {
  const loan = await draftAs(house, key, variant, asked);
  await submit(loan.client, loan.id);
  return loan;
}

/** Waits until the application stands at a stage, or at `STAGE/PENDING`. */
export async function reach(loan: Loan, stage: string, withinMs = 60_000): Promise<Application> {
  return await waitFor(loan.client, loan.id, { stages: [stage], withinMs });
}

const ROAD = ['OFFER', 'SIGN', 'DISBURSE', 'SERVICE'] as const;

/** Takes a loan that nobody refuses to a stage: the offer is accepted, the contract signed, the payout released. */
export async function driveTo(loan: Loan, stage: (typeof ROAD)[number]): Promise<Loan> {
  const far = ROAD.indexOf(stage);
  await reach(loan, 'OFFER/OFFER_ANSWER');
  if (far < 1) return loan;
  await acceptOffer(loan.client, loan.id);
  await reach(loan, 'SIGN/SIGNATURE');
  if (far < 2) return loan;
  await sign(loan.client, loan.id);
  await reach(loan, 'DISBURSE/PAYOUT_RELEASE');
  if (far < 3) return loan;
  await release(loan.house.world, loan.id);
  await reach(loan, 'SERVICE');
  return loan;
}

/** Every move of the journey as `FROM>TO actor-kind REASON`, in order. */
export async function journeyOf({ house, id }: Loan): Promise<readonly string[]> {
  const rows = await house.db
    .selectFrom('journey_events')
    .select(['from_stage', 'to_stage', 'actor_kind', 'reason'])
    .where('application_id', '=', id)
    .orderBy('number')
    .execute();
  return rows.map((row) => `${row.from_stage}>${row.to_stage} ${row.actor_kind} ${row.reason}`);
}

/** Id of the loan that was opened for an application. */
export async function loanIdOf({ house, id }: Loan): Promise<string> {
  const row = await house.db
    .selectFrom('loans')
    .select('id')
    .where('application_id', '=', id)
    .executeTakeFirstOrThrow();
  return row.id;
}

/** States of the rows of a table that belong to the application, oldest first. */
export async function statesOf(
  { house, id }: Loan,
  table: 'authorisations' | 'offers' | 'contracts' | 'payouts' | 'review_tasks' | 'operator_cases',
): Promise<readonly string[]> {
  const { rows } = await sql<{ state: string }>`
    select state from ${sql.table(table)} where application_id = ${id} order by created_at`.execute(
    house.db,
  );
  return rows.map((row) => row.state);
}

/** Asks again until what is looked for is there. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  withinMs = 45_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
