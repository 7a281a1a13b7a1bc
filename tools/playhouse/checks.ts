/** What must hold of a house at rest, whatever happened to it: each check names itself and what speaks against it. */
import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import type { Db } from '../../db/database.ts';
import { findDifferences } from '../../db/queries/ledger-watch.ts';
import { loanWorkflowId, servicingWorkflowId } from '../../workflows/ids.ts';
import type { BankBooks } from './bank.ts';

/** One invariant and the evidence against it; it holds when there is none. */
export interface Check {
  readonly title: string;
  readonly against: readonly string[];
}

/** At most so much evidence of one check is told. */
const TOLD = 8;

const check = (title: string, against: readonly string[]): Check => ({ title, against });

interface PaidRow {
  readonly application_id: string;
  readonly stage: string;
  readonly request_no: string;
  readonly state: string;
  readonly amount_fen: number;
}

async function payouts(db: Db): Promise<readonly PaidRow[]> {
  const { rows } = await sql<PaidRow>`
    select p.application_id, a.stage, p.request_no, p.state, p.amount_fen::float8 as amount_fen
      from payouts p join applications a on a.id = p.application_id`.execute(db);
  return rows;
}

/** Every loan is paid once in the bank's books, under a number of ours and to the fen; nothing else has left the lender's account. */
export async function checkPayouts(db: Db, bank: BankBooks): Promise<Check> {
  const ours = await payouts(db);
  const theirs = new Map(
    bank.payments.filter(({ kind }) => kind === 'TRANSFER').map((one) => [one.requestNo, one]),
  );
  const against: string[] = [];
  const paidFor = new Map<string, number>();
  for (const { application_id, request_no, state, amount_fen } of ours) {
    const transfer = theirs.get(request_no);
    theirs.delete(request_no);
    const paid = transfer?.status === 'PAID';
    if (paid) paidFor.set(application_id, (paidFor.get(application_id) ?? 0) + 1);
    if (paid !== (state === 'PAID'))
      against.push(`payout ${request_no}: ${state} here, ${transfer?.status ?? 'unknown'} there`);
    if (paid && transfer.amountFen !== amount_fen)
      against.push(`payout ${request_no}: ${amount_fen} fen here, ${transfer.amountFen} there`);
  }
  const refunds = await sql<{ request_no: string }>`select request_no from bank_orders`.execute(db);
  for (const { request_no } of refunds.rows) theirs.delete(request_no);
  for (const number of theirs.keys()) against.push(`the bank knows ${number}, and we do not`);
  for (const [applicationId, times] of paidFor)
    if (times > 1) against.push(`application ${applicationId} was paid ${times} times`);
  const inService = new Set(
    ours
      .filter(({ stage }) => stage === 'SERVICE' || stage === 'SETTLED')
      .map(({ application_id }) => application_id),
  );
  for (const id of inService)
    if (!paidFor.has(id)) against.push(`application ${id} is in service and was never paid`);
  for (const id of paidFor.keys())
    if (!inService.has(id)) against.push(`application ${id} was paid and is not in service`);
  return check('every loan is paid exactly once in the bank’s own books, or not at all', against);
}

/** Journals add up, and books and record of every loan agree. */
export async function checkLedger(db: Db): Promise<readonly Check[]> {
  const sums = await sql<{ total: string; journals: string }>`
    select coalesce(sum(amount_fen), 0)::text as total, count(distinct journal_id)::text as journals from ledger_lines`.execute(
    db,
  );
  const total = sums.rows[0]?.total ?? '0';
  const found = await findDifferences(db, {
    accruedBefore: '0001-01-01',
    payoutPatienceSeconds: 0,
    most: TOLD,
  });
  return [
    check(
      'our ledger balances to the fen',
      total === '0' ? [] : [`all lines together are ${total} fen`],
    ),
    check(
      'books and record of every loan agree, and every paid payout is on the books',
      found.map(
        ({ kind, subjectId, figures }) => `${kind} ${subjectId} ${JSON.stringify(figures)}`,
      ),
    ),
  ];
}

/** The account of the bank in our ledger has moved by what the lender's account at the bank has. */
export async function checkBank(db: Db, bank: BankBooks): Promise<Check> {
  const { rows } = await sql<{ total: number }>`
    select coalesce(sum(amount_fen), 0)::float8 as total from ledger_lines where account = '1002'`.execute(
    db,
  );
  const ours = rows[0]?.total ?? 0;
  const against =
    ours === bank.lenderMovedFen && bank.sumFen === 0
      ? []
      : [
          `1002 moved ${ours} fen, the lender’s account ${bank.lenderMovedFen} (bank’s sum ${bank.sumFen})`,
        ];
  return check('our ledger and the bank agree to the fen', against);
}

/** What the server tells of a workflow that somebody should look at; null for one that waits as it should. */
async function stuck(client: Client, workflowId: string, runId: string): Promise<string | null> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  const failures = (raw.pendingWorkflowTask?.attempt ?? 0) - 1;
  if (failures > 0) return `${workflowId}: its workflow task has failed ${failures} times`;
  const failing = (raw.pendingActivities ?? []).find(({ lastFailure }) => lastFailure);
  return failing === undefined
    ? null
    : `${workflowId}: ${failing.activityType?.name} fails at attempt ${failing.attempt} (${failing.lastFailure?.message ?? ''})`;
}

/** Looks at every open workflow: one that retries a task or an activity is stuck, one that failed should not have. */
export async function findStuck(client: Client): Promise<readonly string[]> {
  const against: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list({
    query: `ExecutionStatus = 'Running'`,
  })) {
    if (against.length >= TOLD) break;
    const told = await stuck(client, workflowId, runId);
    if (told !== null) against.push(told);
  }
  const failed = `ExecutionStatus = 'Failed' OR ExecutionStatus = 'TimedOut' OR ExecutionStatus = 'Terminated'`;
  for await (const { workflowId, status } of client.workflow.list({ query: failed }))
    against.push(`${workflowId} has ended as ${status.name}`);
  return against.slice(0, TOLD);
}

/** Stories that are on their way have a workflow that runs; loans that are owed have one that serves them. */
export async function checkWorkflows(db: Db, client: Client): Promise<Check> {
  const running = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` }))
    running.add(workflowId);
  const against = [...(await findStuck(client))];
  const stories = await sql<{ id: string; stage: string }>`
    select id::text, stage from applications
     where stage not in ('APPLY', 'SERVICE', 'SETTLED', 'DECLINED', 'WITHDRAWN', 'EXPIRED', 'CANCELLED', 'LAPSED')`.execute(
    db,
  );
  for (const { id, stage } of stories.rows)
    if (!running.has(loanWorkflowId(id)))
      against.push(`${id} stands at ${stage} without a workflow`);
  const loans = await sql<{ id: string }>`
    select id::text from loans where state in ('ACTIVE', 'OVERDUE')`.execute(db);
  for (const { id } of loans.rows)
    if (!running.has(servicingWorkflowId(id)))
      against.push(`loan ${id} is owed without a servicing`);
  return check('no workflow is stuck, and no loan is without its own', against);
}

/** What was acknowledged stands on the record beyond its draft. @param ids of applications whose submission was answered */
export async function checkNothingLost(db: Db, ids: readonly string[]): Promise<Check> {
  const { rows } = await sql<{ id: string }>`
    select id::text from applications where stage <> 'APPLY'`.execute(db);
  const known = new Set(rows.map(({ id }) => id));
  const against = ids.filter((id) => !known.has(id)).map((id) => `application ${id} is lost`);
  return check('no acknowledged application is lost', against);
}

/** A story that has not ended waits for a named person or party, who can see it. */
export async function checkNamed(db: Db): Promise<Check> {
  const { rows } = await sql<{ id: string; stage: string }>`
    select id::text, stage from applications
     where pending is null
       and stage not in ('APPLY', 'SERVICE', 'SETTLED', 'DECLINED', 'WITHDRAWN', 'EXPIRED', 'CANCELLED', 'LAPSED')`.execute(
    db,
  );
  const against = rows.map(({ id, stage }) => `${id} stands at ${stage} and waits for nobody`);
  return check('every story has ended, is in service, or waits for somebody by name', against);
}

/** One line for each check, and the evidence under those that do not hold. */
export function checkLines(checks: readonly Check[]): string {
  return checks
    .flatMap(({ title, against }) => [
      `${against.length === 0 ? '✓' : '✗'} ${title}`,
      ...against.slice(0, TOLD).map((one) => `    ${one}`),
      ...(against.length > TOLD ? [`    and ${against.length - TOLD} more`] : []),
    ])
    .join('\n');
}
