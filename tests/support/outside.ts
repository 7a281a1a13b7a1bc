/** What the sandbox knows: its bank's books and the requests it was asked, for comparison with our own record. */
import { z } from 'zod';
import type { House } from './house.ts';

const books = z.object({
  lenderAccount: z.string(),
  accounts: z.array(z.object({ number: z.string(), balanceFen: z.coerce.number() })),
  entries: z.array(
    z.object({
      reason: z.string(),
      reference: z.string(),
      account: z.string(),
      amountFen: z.coerce.number(),
    }),
  ),
  payments: z.array(
    z.object({
      requestNo: z.string(),
      kind: z.string(),
      status: z.string(),
      payee: z.string(),
      amountFen: z.coerce.number(),
      loanReference: z.string().nullable(),
    }),
  ),
});
export type Books = z.output<typeof books>;
export type BankPayment = Books['payments'][number];

const exchange = z.object({
  service: z.string(),
  operation: z.string(),
  requestNo: z.string().nullable(),
  result: z.string(),
  fault: z.string().nullable(),
});
export type OutsideExchange = z.output<typeof exchange>;

const asked = z.object({
  service: z.string(),
  operation: z.string(),
  requestNo: z.string(),
  chargedFen: z.coerce.number(),
  timesAsked: z.coerce.number(),
});
export type AskedRequest = z.output<typeof asked>;

async function read<T>(house: House, path: string, schema: z.ZodType<T>): Promise<T> {
  const answer = await fetch(`${house.sandbox.url}/_admin/${path}`);
  if (!answer.ok) throw new Error(`the sandbox answers HTTP ${answer.status} to ${path}`);
  return schema.parse(await answer.json());
}

/** The bank's books. */
export async function readBooks(house: House): Promise<Books> {
  return await read(house, 'books', books);
}

/** Transfers to a card, as the bank has them. */
export async function transfersTo(house: House, card: string): Promise<readonly BankPayment[]> {
  const { payments } = await readBooks(house);
  return payments.filter((payment) => payment.kind === 'TRANSFER' && payment.payee === card);
}

/** Every exchange at the sandbox's door, those struck by a fault too. */
export async function exchangesOf(house: House): Promise<readonly OutsideExchange[]> {
  return await read(house, 'exchanges', z.array(exchange));
}

/** The requests of an application that the sandbox has processed, by the numbers on our record. */
export async function requestsOf(
  house: House,
  applicationId: string,
): Promise<readonly AskedRequest[]> {
  const ours = await house.db
    .selectFrom('outside_requests')
    .select('request_no')
    .where('application_id', '=', applicationId)
    .execute();
  const numbers = new Set(ours.map((row) => row.request_no));
  return (await read(house, 'requests', z.array(asked))).filter((row) =>
    numbers.has(row.requestNo),
  );
}

async function post(house: House, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${house.sandbox.url}/_admin/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${await answer.text()}`);
}

/** The borrower pays by transfer, naming the loan. */
export async function repay(house: House, loanReference: string, amountFen: number): Promise<void> {
  await post(house, 'bank/repayment', { loanReference, amountFen });
}
