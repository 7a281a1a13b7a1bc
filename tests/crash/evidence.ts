/** What the outside world remembers of us: requests by number, payments by number, and how its books stand. */
import { z } from 'zod';
import type { Db } from '../../db/database.ts';
import type { World } from '../../tools/teller/world.ts';

const requests = z.array(
  z.object({
    service: z.string(),
    operation: z.string(),
    requestNo: z.string(),
    chargedFen: z.coerce.number(),
    timesAsked: z.coerce.number(),
    answeredAt: z.string().nullable(),
  }),
);
export type SandboxRequest = z.infer<typeof requests>[number];

/** Every request the sandbox has taken from us, one row per request number. */
export async function requestsSeen(world: World, service: string): Promise<SandboxRequest[]> {
  const answer = await fetch(`${world.sandboxUrl}/_admin/requests?service=${service}`);
  return requests.parse(await answer.json());
}

const books = z.object({
  entries: z.array(z.object({ account: z.string(), amountFen: z.coerce.number() })),
  payments: z.array(
    z.object({
      kind: z.string(),
      requestNo: z.string(),
      status: z.string(),
      payee: z.string(),
      amountFen: z.coerce.number(),
    }),
  ),
});
export type Books = z.infer<typeof books>;

export async function readBooks(world: World): Promise<Books> {
  const answer = await fetch(`${world.sandboxUrl}/_admin/books`);
  return books.parse(await answer.json());
}

/** The request numbers under which we asked a service about an application. */
export async function numbersOf(db: Db, applicationId: string, service: string): Promise<string[]> {
  const rows = await db
    .selectFrom('outside_requests')
    .select('request_no')
    .where('application_id', '=', applicationId)
    .where('service', '=', service)
    .execute();
  return rows.map((row) => row.request_no);
}

/** The request numbers of an application's payouts. */
export async function payoutNumbersOf(db: Db, applicationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('payouts')
    .select('request_no')
    .where('application_id', '=', applicationId)
    .execute();
  return rows.map((row) => row.request_no);
}
