/** Reconciles a day with the bank: fetches the statement, settles what it answers, and opens a case for what differs. */
import { randomUUID } from 'node:crypto';
import { fen } from '../../domain/money.ts';
import {
  type Matched,
  movementsOfPayout,
  readStatement,
  reconcile,
  type Reconciliation,
  type StatementLine,
} from '../../domain/reconcile.ts';
import { differencesOf } from '../../domain/reconcile-cases.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { type Payout, readPayout, settlePayout } from '../../db/queries/disburse.ts';
import { storeUnmatched } from '../../db/queries/bank-orders.ts';
import { recordNotice } from '../../db/queries/idempotency.ts';
import { setPending } from '../../db/queries/journey.ts';
import { closeCases } from '../../db/queries/operations.ts';
import { findLoanByNumber } from '../../db/queries/reads/money.ts';
import {
  closeAnswered,
  type LineOutcome,
  lockDay,
  type NewCase,
  openCases,
  otherFinalFiles,
  otherMovementsOfDay,
  payoutsOfDay,
  storeLines,
  storeRun,
  storeStatement,
} from '../../db/queries/reconciliation.ts';
import { readBankNotice } from '../../db/queries/service.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { cancellationSignal } from '../signal.ts';

export interface ReconcileInput {
  /** The bank's business day, ISO; not later than today. */
  readonly day: string;
}

/** Whose payout it is; `tranche` for a later part of a contract, whose story is another workflow's. */
interface Part {
  readonly applicationId: string;
  readonly tranche?: number;
}

const partOf = ({ applicationId, tranche }: Payout): Part =>
  tranche === 1 ? { applicationId } : { applicationId, tranche };

/** What a look at a day found, and whom the workflow has to tell. */
export interface DayReconciled {
  /** `UNREADABLE`: the file makes no sense and nothing was taken from it. */
  readonly outcome: 'RECONCILED' | 'UNREADABLE';
  readonly newCases: number;
  /** Payouts whose doubt the statement has ended, by application and request number. */
  readonly settled: readonly (Part & { readonly requestNo: string })[];
  /** Payouts of ours that are paid and that the bank says came back. */
  readonly returned: readonly (Part & { readonly payoutId: string })[];
  /** Repayments that no notice told us of: they are kept as notices and wait to be counted. */
  readonly repayments: readonly { readonly loanId: string; readonly noticeId: string }[];
}

const NOTHING = { newCases: 0, settled: [], returned: [], repayments: [] } as const;

const fileCase = (kind: 'FILE_CHANGED' | 'FILE_UNREADABLE', key: string, why: string): NewCase => ({
  kind,
  key,
  why,
  source: null,
  id: null,
  ourFen: null,
  theirFen: null,
  bankReference: null,
  requestNo: null,
  loanReference: null,
});

async function fetchStatement(deps: ActivityDeps, day: string) {
  const requestNo = `XS${randomUUID().replaceAll('-', '').slice(0, 30).toUpperCase()}`;
  const answer = await overTheBorder(() =>
    deps.ports.bank.statement({ requestNo, signal: cancellationSignal(), day }),
  );
  if (answer.kind !== 'FOUND') throw finalFailure('NO_STATEMENT');
  return answer.data;
}

/** The number of the notice under which a repayment is kept that no notice told us of. */
const noticeOf = (line: StatementLine): string => `STMT-${line.bankReference}`;

async function compare(
  tx: Tx,
  day: string,
  lines: readonly StatementLine[],
): Promise<Reconciliation> {
  const named = {
    requestNos: lines.flatMap(({ requestNo }) => (requestNo === null ? [] : [requestNo])),
    bankReferences: lines.map(({ bankReference }) => bankReference),
  };
  const payouts = await payoutsOfDay(tx, day, named);
  const others = await otherMovementsOfDay(tx, day, named);
  return reconcile(
    [...payouts.flatMap((payout) => movementsOfPayout(payout, lines)), ...others],
    lines,
  );
}

/** Ends the doubt about a payout that the statement holds: paid, or set aside and given back. Money set aside proves nothing yet. */
async function settleBy(
  tx: Tx,
  { movement, line }: Matched,
  isReversed: (requestNo: string | null) => boolean,
): Promise<DayReconciled['settled'][number] | null> {
  const open = movement.source === 'PAYOUT' && !movement.certain && !line.pending;
  if (!open || (movement.flow === 'PAID_OUT' && isReversed(movement.requestNo))) return null;
  if (movement.flow === 'RETURNED') return null;
  const state = movement.flow === 'PAID_OUT' ? 'PAID' : 'REFUSED';
  const settled = await settlePayout(tx, movement.id, {
    state,
    bankReference: state === 'PAID' ? line.bankReference : null,
    failureCode: state === 'REFUSED' ? 'REVERSED_IN_STATEMENT' : null,
  });
  const payout = await readPayout(tx, movement.id);
  if (!settled || payout === undefined) return null;
  const { applicationId, requestNo } = payout;
  if (state === 'REFUSED') await setPending(tx, applicationId, 'PAYOUT_RETRY');
  await closeCases(tx, applicationId, 'disburse.unknown');
  await recordAudit(tx, {
    actor: 'bank',
    role: null,
    action: 'payout.settle-by-statement',
    subjectKind: 'payout',
    subjectId: movement.id,
    result: 'DONE',
    detail: { applicationId, state },
  });
  return { ...partOf(payout), requestNo };
}

async function returnsOf(tx: Tx, matched: readonly Matched[]) {
  const returned: DayReconciled['returned'][number][] = [];
  for (const { movement } of matched) {
    if (movement.source !== 'PAYOUT' || movement.flow !== 'RETURNED' || movement.certain) continue;
    const payout = await readPayout(tx, movement.id);
    if (payout?.state === 'PAID') returned.push({ ...partOf(payout), payoutId: payout.id });
  }
  return returned;
}

/**
 * Keeps money whose notice never came as a notice: the loan that it names is told; what names no loan, or one that was told
 * and is over, is unmatched money of finance. Null for what becomes a case of the reconciliation.
 */
async function adopt(
  deps: ActivityDeps,
  tx: Tx,
  line: StatementLine,
  day: string,
): Promise<{ readonly loanId: string | null; readonly noticeId: string } | null> {
  if (line.flow !== 'RECEIVED') return null;
  const { loanReference, amountFen, bankReference } = line;
  const loan = loanReference === null ? undefined : await findLoanByNumber(tx, loanReference);
  const noticeId = noticeOf(line);
  const wasTold = (await readBankNotice(tx, noticeId)) !== undefined;
  const isOver = loan?.state === 'SETTLED' || loan?.state === 'RETURNED';
  if (wasTold && loan !== undefined && !isOver) return null;
  if (!wasTold) await keepNotice(deps, tx, line, { noticeId, day });
  if (loan !== undefined && !wasTold) return { loanId: loan.id, noticeId };
  await storeUnmatched(tx, {
    noticeId,
    loanId: loan?.id ?? null,
    cause: loan === undefined ? 'NO_SUCH_LOAN' : 'LOAN_CLOSED',
    amountFen,
    bankReference,
  });
  return { loanId: null, noticeId };
}

async function keepNotice(
  deps: ActivityDeps,
  tx: Tx,
  line: StatementLine,
  { noticeId, day }: { readonly noticeId: string; readonly day: string },
): Promise<void> {
  await recordNotice(tx, await deps.vault.ofHouse(tx), {
    noticeId,
    kind: 'REPAYMENT',
    workflowId: null,
    body: {
      noticeId,
      kind: 'REPAYMENT',
      status: 'PAID',
      amountFen: line.amountFen,
      bankReference: line.bankReference,
      bookedOn: day,
      ...(line.loanReference === null ? {} : { loanReference: line.loanReference }),
    },
  });
}

function outcomesOf(result: Reconciliation): readonly LineOutcome[] {
  const paired = (outcome: 'MATCHED' | 'AMOUNT_DIFFERS') => (one: Matched) => ({
    line: one.line,
    outcome,
    ours: { source: one.movement.source, id: one.movement.id },
  });
  return [
    ...result.matched.map(paired('MATCHED')),
    ...result.amountDiffers.map(paired('AMOUNT_DIFFERS')),
    ...result.theirsOnly.map(({ line }) => ({ line, outcome: 'THEIRS_ONLY' as const, ours: null })),
  ];
}

const sumOf = (lines: readonly StatementLine[], direction: 'IN' | 'OUT') =>
  fen(
    lines
      .filter((line) => line.direction === direction)
      .reduce((sum, { amountFen }) => sum + amountFen, 0),
  );

interface File {
  readonly day: string;
  readonly sm3: string;
  readonly texts: readonly string[];
  readonly lines: readonly StatementLine[];
  readonly final: boolean;
}

async function keepFile(deps: ActivityDeps, tx: Tx, file: File): Promise<string> {
  const { day, sm3, texts, lines, final } = file;
  const id = randomUUID();
  const cipher = await deps.vault.ofHouse(tx);
  const stored = await storeStatement(tx, {
    id,
    day,
    sm3,
    lineCount: lines.length,
    inFen: sumOf(lines, 'IN'),
    outFen: sumOf(lines, 'OUT'),
    sealedLines: cipher.sealJson('bank_statements.sealed_lines', id, texts),
    final,
  });
  return stored;
}

async function reconcileFile(deps: ActivityDeps, tx: Tx, file: File): Promise<DayReconciled> {
  const { day, lines, final } = file;
  await lockDay(tx, day);
  const changed = (await otherFinalFiles(tx, day, file.sm3)).map((former) =>
    fileCase('FILE_CHANGED', file.sm3, `FORMER_${former.slice(0, 16).toUpperCase()}`),
  );
  const statementId = await keepFile(deps, tx, file);
  const result = await compare(tx, day, lines);
  const reversed = new Set(
    result.matched
      .filter(({ movement }) => movement.flow === 'REVERSED')
      .map(({ movement }) => movement.requestNo),
  );
  const settled = [];
  for (const one of result.matched) {
    const told = await settleBy(tx, one, (requestNo) => reversed.has(requestNo));
    if (told !== null) settled.push(told);
  }
  const repayments = [];
  const adopted = new Set<StatementLine>();
  for (const { line, why } of result.theirsOnly) {
    const kept = why === 'UNKNOWN' ? await adopt(deps, tx, line, day) : null;
    if (kept === null) continue;
    const { loanId, noticeId } = kept;
    if (loanId !== null) repayments.push({ loanId, noticeId });
    adopted.add(line);
  }
  const differences = differencesOf(
    { ...result, theirsOnly: result.theirsOnly.filter(({ line }) => !adopted.has(line)) },
    final,
  );
  await storeLines(tx, statementId, outcomesOf(result));
  const matchedIds = result.matched.map(({ movement }) => `${movement.source}:${movement.id}`);
  await closeAnswered(
    tx,
    day,
    differences.map(({ kind, key }) => `${kind}:${key}`),
    matchedIds,
    [...reversed].filter((requestNo) => requestNo !== null),
  );
  const newCases = await openCases(tx, day, [...changed.slice(0, 1), ...differences]);
  await storeRun(tx, {
    day,
    statementId,
    counts: {
      matched: result.matched.length,
      amountDiffers: result.amountDiffers.length,
      oursOnly: result.oursOnly.length,
      theirsOnly: result.theirsOnly.length,
      unsettled: result.unsettled.length,
      matchedFen: result.matched.reduce((sum, { line }) => sum + line.amountFen, 0),
    },
  });
  const returned = await returnsOf(tx, result.matched);
  return { outcome: 'RECONCILED', newCases, settled, returned, repayments };
}

/**
 * Looks at a day. The same file again changes nothing that it has not changed already; another file of a day that was over
 * is a case of its own beside what differs in it.
 */
export async function reconcileDay(
  deps: ActivityDeps,
  { day }: ReconcileInput,
): Promise<DayReconciled> {
  const today = businessDate(new Date());
  if (day > today) throw finalFailure('DAY_NOT_COME');
  const { lines: texts, sm3 } = await fetchStatement(deps, day);
  const read = readStatement(texts);
  return await deps.db.transaction().execute(async (tx) => {
    if (!read.ok) {
      const unreadable = fileCase('FILE_UNREADABLE', sm3, `${read.fault}_LINE_${read.line}`);
      return {
        ...NOTHING,
        outcome: 'UNREADABLE',
        newCases: await openCases(tx, day, [unreadable]),
      };
    }
    return await reconcileFile(deps, tx, {
      day,
      sm3,
      texts,
      lines: read.lines,
      final: day < today,
    });
  });
}
