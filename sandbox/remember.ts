/** One request number, one answer: runs an operation and remembers what it answered in the same transaction. */
import type { PGlite, Transaction } from '@electric-sql/pglite';
import type { Answer, Json, Outcome } from './answer.ts';
import type { CallbackDisturbance } from './faults.ts';
import type { Call, Operation } from './operation.ts';

/** A call ready to be processed. `bodySm3` is over the opened body, since sealing the same body twice differs. */
export interface KnownCall {
  readonly operation: Operation;
  readonly run: (call: Call) => Promise<Outcome>;
  readonly appId: string;
  readonly requestNo: string;
  readonly bodySm3: string;
  readonly now: Date;
  disturbance(): CallbackDisturbance | null;
}

export interface Processed {
  readonly answer: Answer;
  /** What must happen after the commit and before the answer leaves. */
  readonly beforeAnswer: readonly (() => Promise<void>)[];
}

interface RequestRow {
  readonly operation: string;
  readonly body_sm3: string;
  readonly state: 'PENDING' | 'FINAL';
  readonly answer: Answer;
  readonly first_asked_at: Date;
}

/** Processes a call at most once per request number; the database runs one transaction at a time, so twins wait. */
export async function processOnce(database: PGlite, call: KnownCall): Promise<Processed> {
  return database.transaction(async (tx) => {
    if (!call.operation.remembered) return processAnew(tx, call, null);
    const known = await tx.query<RequestRow>(
      `update requests set times_asked = times_asked + 1 where app_id = $1 and service = $2 and request_no = $3
       returning operation, body_sm3, state, answer, first_asked_at`,
      [call.appId, call.operation.service, call.requestNo],
    );
    const row = known.rows[0];
    if (row === undefined) return processAnew(tx, call, null);
    if (row.body_sm3 !== call.bodySm3 || row.operation !== call.operation.name) {
      return { answer: conflict(call.requestNo), beforeAnswer: [] };
    }
    if (row.state === 'FINAL') return { answer: row.answer, beforeAnswer: [] };
    return processAnew(tx, call, row.first_asked_at);
  });
}

function conflict(requestNo: string): Answer {
  const message = 'this request number was used with another body';
  return {
    code: '4001',
    message,
    requestNo,
    charged: false,
    data: { reason: 'REQUEST_NO_REUSED' },
  };
}

async function processAnew(
  tx: Transaction,
  known: KnownCall,
  firstAskedAt: Date | null,
): Promise<Processed> {
  const beforeAnswer: (() => Promise<void>)[] = [];
  const outcome = await known.run({
    tx,
    requestNo: known.requestNo,
    appId: known.appId,
    now: known.now,
    firstAskedAt: firstAskedAt ?? known.now,
    disturbance: () => known.disturbance(),
    beforeAnswer: (task) => beforeAnswer.push(task),
  });
  const charged = outcome.kind === 'FINAL' && known.operation.priceFen > 0;
  const { code, message, data } = outcome;
  const answer: Answer = { code, message, requestNo: known.requestNo, charged, data };
  if (outcome.kind !== 'REFUSED' && known.operation.remembered) {
    await remember(tx, known, outcome.kind, answer, firstAskedAt ?? known.now);
  }
  return { answer, beforeAnswer };
}

async function remember(
  tx: Transaction,
  known: KnownCall,
  state: 'PENDING' | 'FINAL',
  answer: Answer,
  firstAskedAt: Date,
): Promise<void> {
  await tx.query(
    `insert into requests (app_id, service, request_no, operation, body_sm3, state, answer, charged_fen, first_asked_at, answered_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (app_id, service, request_no)
     do update set state = excluded.state, answer = excluded.answer, charged_fen = excluded.charged_fen, answered_at = excluded.answered_at`,
    [
      known.appId,
      known.operation.service,
      known.requestNo,
      known.operation.name,
      known.bodySm3,
      state,
      answer,
      answer.charged ? known.operation.priceFen : 0,
      firstAskedAt,
      known.now,
    ],
  );
}

/** JSON with sorted keys: two bodies that say the same have the same digest. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Every string equal to a key of `swaps` replaced by its value: how an answer comes to speak of someone else. */
export function swapStrings(data: Json, swaps: ReadonlyMap<string, string>): Json {
  if (typeof data === 'string') return swaps.get(data) ?? data;
  if (Array.isArray(data)) return data.map((part: Json) => swapStrings(part, swaps));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, part]) => [key, swapStrings(part, swaps)]),
  );
}
