/** Reads and writes of the reconciliation: our movements of a day, the bank's file and its lines, runs and cases. */
import { sql } from 'kysely';
import type { PayoutState } from '../../domain/disburse.ts';
import type { Fen } from '../../domain/money.ts';
import type { Movement, OurSource, StatedPayout, StatementLine } from '../../domain/reconcile.ts';
import type { Queryable, Tx } from '../database.ts';
import type {
  BankStatementLineRow,
  ReconciliationAction,
  ReconciliationCaseRow,
  ReconciliationCounts,
  ReconciliationState,
} from '../schema/reconciliation.ts';

/** References of the lines that a day's file holds. */
export interface Named {
  readonly requestNos: readonly string[];
  readonly bankReferences: readonly string[];
}

/** One reconciliation of a day at a time: whoever comes second sees what the first has written. */
export async function lockDay(tx: Tx, day: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`reconcile ${day}`}, 0))`.execute(tx);
}

/**
 * Payouts that the file names, and those settled as paid on the day that no other statement has matched: what we paid shortly
 * before midnight may stand in the bank's next day.
 */
export async function payoutsOfDay(
  db: Queryable,
  day: string,
  { requestNos, bankReferences }: Named,
): Promise<readonly StatedPayout[]> {
  const { rows } = await sql<{
    id: string;
    state: PayoutState;
    requestNo: string;
    bankReference: string | null;
    amountFen: Fen;
    cameBackElsewhere: boolean;
  }>`
    select p.id, p.state,
           exists (select from bank_statement_lines l join bank_statements s on s.id = l.statement_id
                    where l.our_source = 'PAYOUT' and l.our_id = p.id::text and l.flow in ('REVERSED','RETURNED')
                      and l.outcome = 'MATCHED' and s.day <> ${day}::date) as "cameBackElsewhere",
           p.request_no as "requestNo", p.bank_reference as "bankReference", p.amount_fen as "amountFen"
      from payouts p
     where p.request_no = any(${[...requestNos]}::text[]) or p.bank_reference = any(${[...bankReferences]}::text[])
        or (p.state in ('PAID','RETURNED')
            and (p.settled_at at time zone 'Asia/Shanghai')::date = ${day}::date
            and not exists (select from bank_statement_lines l join bank_statements s on s.id = l.statement_id
                             where l.our_source = 'PAYOUT' and l.our_id = p.id::text and l.flow = 'PAID_OUT'
                               and l.outcome = 'MATCHED' and s.day <> ${day}::date))
     order by p.request_no`.execute(db);
  return rows;
}

/** Money of borrowers, of nobody we know, and refunds: what the file names, and what we recorded on the day. */
export async function otherMovementsOfDay(
  db: Queryable,
  day: string,
  { requestNos, bankReferences }: Named,
): Promise<readonly Movement[]> {
  const { rows } = await sql<Movement>`
    with ours as (
      select 'REPAYMENT' as source, r.notice_id as id, 'RECEIVED' as flow, null as request_no, r.bank_reference,
             r.amount_fen, r.received_on as on_day, true as certain
        from repayments r
       where not exists (select from unmatched_money u where u.bank_reference = r.bank_reference)
      union all
      select 'UNMATCHED', u.notice_id, 'RECEIVED', null, u.bank_reference, u.amount_fen,
             (u.recorded_at at time zone 'Asia/Shanghai')::date, true
        from unmatched_money u
      union all
      select 'REFUND', u.request_no, 'PAID_OUT', u.request_no, u.refund_reference, u.amount_fen,
             (u.closed_at at time zone 'Asia/Shanghai')::date, u.state = 'CLOSED'
        from unmatched_money u where u.action = 'REFUND' and u.state in ('SENT','CLOSED')
      union all
      select 'REFUND', o.request_no, 'PAID_OUT', o.request_no, o.bank_reference, o.amount_fen,
             (o.settled_at at time zone 'Asia/Shanghai')::date, o.state = 'PAID'
        from bank_orders o where o.kind = 'REFUND' and o.state in ('SENT','UNKNOWN','PAID')
    )
    select o.source, o.id, o.flow, o.request_no as "requestNo", o.bank_reference as "bankReference",
           o.amount_fen as "amountFen", o.certain
      from ours o
     where o.request_no = any(${[...requestNos]}::text[]) or o.bank_reference = any(${[...bankReferences]}::text[])
        or (o.certain and o.on_day = ${day}::date
            and not exists (select from bank_statement_lines l join bank_statements s on s.id = l.statement_id
                             where l.our_source = o.source and l.our_id = o.id and l.outcome = 'MATCHED'
                               and s.day <> ${day}::date))
     order by o.source, o.id`.execute(db);
  return rows;
}

export interface NewStatement {
  readonly id: string;
  readonly day: string;
  readonly sm3: string;
  readonly lineCount: number;
  readonly inFen: Fen;
  readonly outFen: Fen;
  readonly sealedLines: Buffer;
  readonly final: boolean;
}

/** Keeps a file; one that came before is the one we have. Gives the id of the row that holds it. */
export async function storeStatement(tx: Tx, statement: NewStatement): Promise<string> {
  await tx
    .insertInto('bank_statements')
    .values({
      id: statement.id,
      day: statement.day,
      sm3: statement.sm3,
      line_count: statement.lineCount,
      in_fen: statement.inFen,
      out_fen: statement.outFen,
      sealed_lines: statement.sealedLines,
      final: statement.final,
    })
    .onConflict((oc) => oc.columns(['day', 'sm3']).doNothing())
    .execute();
  const row = await tx
    .selectFrom('bank_statements')
    .select('id')
    .where('day', '=', statement.day)
    .where('sm3', '=', statement.sm3)
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Digests of other files of the day that were fetched after it was over: such a file must not have changed. */
export async function otherFinalFiles(
  db: Queryable,
  day: string,
  sm3: string,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('bank_statements')
    .select('sm3')
    .where('day', '=', day)
    .where('sm3', '<>', sm3)
    .where('final', '=', true)
    .orderBy('fetched_at')
    .execute();
  return rows.map((row) => row.sm3);
}

export interface LineOutcome {
  readonly line: StatementLine;
  readonly outcome: BankStatementLineRow['outcome'];
  readonly ours: { readonly source: OurSource; readonly id: string } | null;
}

/** Keeps what became of each line; a later look at the same file says it anew. */
export async function storeLines(
  tx: Tx,
  statementId: string,
  outcomes: readonly LineOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await tx
    .insertInto('bank_statement_lines')
    .values(
      outcomes.map(({ line, outcome, ours }) => ({
        statement_id: statementId,
        number: line.number,
        flow: line.flow,
        direction: line.direction,
        amount_fen: line.amountFen,
        bank_reference: line.bankReference,
        request_no: line.requestNo,
        loan_reference: line.loanReference,
        outcome,
        our_source: ours?.source ?? null,
        our_id: ours?.id ?? null,
      })),
    )
    .onConflict((oc) =>
      oc.columns(['statement_id', 'number']).doUpdateSet((eb) => ({
        outcome: eb.ref('excluded.outcome'),
        our_source: eb.ref('excluded.our_source'),
        our_id: eb.ref('excluded.our_id'),
      })),
    )
    .execute();
}

export async function storeRun(
  tx: Tx,
  run: {
    readonly day: string;
    readonly statementId: string;
    readonly counts: ReconciliationCounts;
  },
): Promise<void> {
  await tx
    .insertInto('reconciliation_runs')
    .values({
      day: run.day,
      statement_id: run.statementId,
      counts: JSON.stringify(run.counts),
    })
    .execute();
}

export type NewCase = Pick<ReconciliationCaseRow, 'kind' | 'key' | 'why'> & {
  readonly source: OurSource | null;
  readonly id: string | null;
  readonly ourFen: Fen | null;
  readonly theirFen: Fen | null;
  readonly bankReference: string | null;
  readonly requestNo: string | null;
  readonly loanReference: string | null;
};

/** Opens cases; a difference that has a case keeps it, whatever people have said of it. Gives how many are new. */
export async function openCases(tx: Tx, day: string, cases: readonly NewCase[]): Promise<number> {
  if (cases.length === 0) return 0;
  const opened = await tx
    .insertInto('reconciliation_cases')
    .values(
      cases.map((one) => ({
        day,
        kind: one.kind,
        key: one.key,
        why: one.why,
        our_source: one.source,
        our_id: one.id,
        our_fen: one.ourFen,
        their_fen: one.theirFen,
        bank_reference: one.bankReference,
        request_no: one.requestNo,
        loan_reference: one.loanReference,
      })),
    )
    .onConflict((oc) => oc.columns(['day', 'kind', 'key']).doNothing())
    .returning('id')
    .execute();
  return opened.length;
}

/**
 * Closes what is answered: cases of the day that nobody has worked on and that do not differ any more, money of ours of any
 * day that this file holds, and money of any day that went out unknown to us and that this file brings back (`reversedNos`).
 */
export async function closeAnswered(
  tx: Tx,
  day: string,
  still: readonly string[],
  matchedIds: readonly string[],
  reversedNos: readonly string[],
): Promise<void> {
  await sql`
    update reconciliation_cases c
       set state = 'RESOLVED', action = 'FOUND_LATER', reason = 'FOUND_LATER', resolved_at = now()
     where c.state = 'OPEN'
       and ((c.day = ${day}::date and c.kind in ('OURS_ONLY','THEIRS_ONLY','AMOUNT_DIFFERS')
             and not (c.kind || ':' || c.key = any(${[...still]}::text[])))
         or (c.kind = 'OURS_ONLY' and c.our_source || ':' || c.our_id = any(${[...matchedIds]}::text[]))
         or (c.kind = 'THEIRS_ONLY' and c.why = 'UNKNOWN' and c.key like 'PAID\\_OUT:%' and c.request_no = any(${[...reversedNos]}::text[])))`.execute(
    tx,
  );
}

export interface CaseFilter {
  readonly state: ReconciliationState | undefined;
  readonly day: string | undefined;
}

/** Cases, oldest first. */
export async function listReconciliationCases(db: Queryable, filter: CaseFilter, most: number) {
  let query = db
    .selectFrom('reconciliation_cases')
    .selectAll()
    .orderBy('opened_at')
    .orderBy('id')
    .limit(most);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.day !== undefined) query = query.where('day', '=', filter.day);
  return await query.execute();
}

/** One case, locked for the rest of the transaction. */
export async function lockReconciliationCase(tx: Tx, id: string) {
  return await tx
    .selectFrom('reconciliation_cases')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** The newest look at each day, newest day first. */
export async function listReconciliations(db: Queryable, most: number) {
  const { rows } = await sql<{
    day: string;
    statementId: string;
    sm3: string;
    lineCount: number;
    inFen: Fen;
    outFen: Fen;
    final: boolean;
    counts: ReconciliationCounts;
    at: Date;
    openCases: number;
  }>`
    select distinct on (r.day) r.day, s.id as "statementId", s.sm3, s.line_count as "lineCount", s.in_fen as "inFen",
           s.out_fen as "outFen", s.final, r.counts, r.at,
           (select count(*)::int from reconciliation_cases c where c.day = r.day and c.state <> 'RESOLVED') as "openCases"
      from reconciliation_runs r join bank_statements s on s.id = r.statement_id
     order by r.day desc, r.at desc limit ${most}`.execute(db);
  return rows;
}

/** One person says what becomes of a case; it lies on that person's desk from then on. */
export async function proposeReconciliation(
  tx: Tx,
  proposal: {
    readonly id: string;
    readonly action: Exclude<ReconciliationAction, 'FOUND_LATER'>;
    readonly reason: string;
    readonly by: string;
    readonly at: Date;
  },
): Promise<void> {
  await tx
    .updateTable('reconciliation_cases')
    .set({
      state: 'PROPOSED',
      owner: proposal.by,
      action: proposal.action,
      reason: proposal.reason,
      proposed_by: proposal.by,
      proposed_at: proposal.at,
    })
    .where('id', '=', proposal.id)
    .execute();
}

/** Another person agrees; a constraint refuses the proposer. */
export async function approveReconciliation(
  tx: Tx,
  approval: { readonly id: string; readonly by: string; readonly at: Date },
): Promise<void> {
  await tx
    .updateTable('reconciliation_cases')
    .set({
      state: 'RESOLVED',
      approved_by: approval.by,
      approved_at: approval.at,
      resolved_at: approval.at,
    })
    .where('id', '=', approval.id)
    .execute();
}
