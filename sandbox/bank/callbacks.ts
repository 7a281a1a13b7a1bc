/** Notices to the platform's webhook: kept in the database, signed by the bank, sent at least once, retried for a day. */
import type { PGlite, Transaction } from '@electric-sql/pglite';
import { randomUUID } from 'node:crypto';
import { signRequest } from '../../platform/crypto/envelope.ts';
import type { CallbackDisturbance } from '../faults.ts';
import type { SigningKey } from '../keys.ts';

const GIVE_UP_AFTER_MS = 24 * 3_600_000;
const BACKOFF_LIMIT_MS = 3_600_000;
const SEND_TIMEOUT_MS = 5_000;
/** How long an out-of-order notice waits for one to overtake it. */
const HOLD_MS = 5_000;
const LATE_MS = 30_000;
/** A held notice can be freed at any moment by another: it is looked at this often. */
const HELD_LOOK_MS = 200;

/** Body of a notice. */
export interface Notice {
  readonly noticeId: string;
  readonly kind: 'TRANSFER_SETTLED' | 'REPAYMENT';
  /** Request number of the transfer; absent for a repayment the borrower made. */
  readonly requestNo?: string;
  readonly status: 'PAID' | 'REFUSED' | 'RETURNED';
  /** Why it was refused or returned. */
  readonly reason?: string;
  readonly amountFen: number;
  readonly bankReference: string;
  readonly loanReference?: string;
  /** Instant, ISO with Z. */
  readonly occurredAt: string;
}

export interface CallbackParts {
  readonly database: PGlite;
  /** Base of the platform's webhooks; `/bank` is appended. */
  readonly url: string;
  readonly key: SigningKey;
  readonly clock: () => Date;
  /** Wait before the second attempt; doubled each time. */
  readonly backoffMs: number;
}

export interface Callbacks {
  /** Writes a notice in the caller's transaction; send it with {@link Callbacks.wake} after the commit. */
  enqueue(tx: Transaction, notice: Notice, disturbance: CallbackDisturbance | null): Promise<void>;
  /** Looks at once for notices that are due. */
  wake(): void;
  /** Sends whatever is due and resolves when that has been tried. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface CallbackRow {
  readonly id: number;
  readonly body: Notice;
  readonly attempts: number;
  readonly copies_left: number;
  readonly created_at: Date;
}

export function createCallbacks(parts: CallbackParts): Callbacks {
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();
  let stopped = false;
  const stopping = new AbortController();
  const flush = (): Promise<void> => {
    // A second flush waits for the first: notices leave one after the other, in their order.
    sending = sending
      .then(() => (stopped ? undefined : sendDue(parts, stopping.signal)))
      .catch(reportFailure);
    return sending;
  };
  const plan = async (): Promise<void> => {
    await flush();
    if (stopped) return;
    const waitMs = await nextWaitMs(parts);
    if (waitMs === null || stopped) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void plan().catch(reportFailure), waitMs);
  };
  return {
    enqueue: (tx, notice, disturbance) => enqueue(parts, tx, notice, disturbance),
    wake: () => void plan().catch(reportFailure),
    flush,
    stop: async () => {
      stopped = true;
      stopping.abort();
      if (timer !== null) clearTimeout(timer);
      await sending;
    },
  };
}

function reportFailure(error: unknown): void {
  process.stderr.write(`sandbox callbacks: ${error instanceof Error ? error.message : 'failed'}\n`);
}

async function enqueue(
  parts: CallbackParts,
  tx: Transaction,
  notice: Notice,
  disturbance: CallbackDisturbance | null,
): Promise<void> {
  if (disturbance?.fault === 'no-callback') return;
  const now = parts.clock();
  const lateMs = disturbance?.fault === 'late-callback' ? (disturbance.delayMs ?? LATE_MS) : 0;
  const holdUntil =
    disturbance?.fault === 'out-of-order'
      ? new Date(now.getTime() + (disturbance.delayMs ?? HOLD_MS))
      : null;
  await tx.query(
    `insert into callbacks (notice_id, body, state, copies_left, hold_until, created_at, next_at)
     values ($1, $2, 'WAITING', $3, $4, $5, $6)`,
    [
      notice.noticeId,
      notice,
      disturbance?.fault === 'duplicate-callback' ? 2 : 1,
      holdUntil,
      now,
      new Date(now.getTime() + lateMs),
    ],
  );
}

/** A held notice may go when a later one has been delivered, or when it has been held long enough. */
const NOT_HELD = `(hold_until is null or hold_until <= $1
  or exists (select 1 from callbacks later where later.id > callbacks.id and later.state = 'DELIVERED'))`;

async function sendDue(parts: CallbackParts, signal: AbortSignal): Promise<void> {
  for (;;) {
    const due = await parts.database.query<CallbackRow>(
      `select id, body, attempts, copies_left, created_at from callbacks
       where state = 'WAITING' and next_at <= $1 and ${NOT_HELD} order by id limit 1`,
      [parts.clock()],
    );
    const row = due.rows[0];
    if (row === undefined || signal.aborted) return;
    const status = await send(parts, row.body, signal);
    // Aborted by our own stopping: the row stays as it is and goes out after the restart.
    if (signal.aborted) return;
    await settle(parts, row, status);
  }
}

async function settle(parts: CallbackParts, row: CallbackRow, status: string): Promise<void> {
  const now = parts.clock();
  const accepted = /^2\d\d$/.test(status);
  const copies = accepted ? row.copies_left - 1 : row.copies_left;
  const expired = now.getTime() - row.created_at.getTime() > GIVE_UP_AFTER_MS;
  const state =
    accepted && copies <= 0 ? 'DELIVERED' : !accepted && expired ? 'GIVEN_UP' : 'WAITING';
  const waitMs = accepted
    ? 0
    : Math.min(BACKOFF_LIMIT_MS, parts.backoffMs * 2 ** Math.min(row.attempts, 20));
  await parts.database.query(
    `update callbacks set state = $2, copies_left = $3, attempts = attempts + 1, last_status = $4, next_at = $5,
       delivered_at = case when $2 = 'DELIVERED' then $6::timestamptz else delivered_at end where id = $1`,
    [row.id, state, copies, status, new Date(now.getTime() + waitMs), now],
  );
}

/** The HTTP status as text, or `NO_ANSWER`. */
async function send(parts: CallbackParts, notice: Notice, stopping: AbortSignal): Promise<string> {
  const url = new URL(`${parts.url}/bank`);
  const body = Buffer.from(JSON.stringify(notice));
  const headers = signRequest({
    method: 'POST',
    path: url.pathname + url.search,
    body,
    appId: 'bank',
    keyId: parts.key.keyId,
    privateKey: parts.key.privateKey,
    timestampMs: parts.clock().getTime(),
    nonce: randomUUID(),
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { ...headers, 'Content-Type': 'application/json' },
      signal: AbortSignal.any([stopping, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
    });
    await response.arrayBuffer();
    return String(response.status);
  } catch {
    return 'NO_ANSWER';
  }
}

/** Milliseconds until the next notice is due, null when none waits. */
async function nextWaitMs(parts: CallbackParts): Promise<number | null> {
  const waiting = await parts.database.query<{ next_at: Date; held: boolean }>(
    `select next_at, hold_until is not null as held from callbacks where state = 'WAITING' order by next_at`,
  );
  const waits = waiting.rows.map((row) =>
    Math.max(row.held ? HELD_LOOK_MS : 1, row.next_at.getTime() - parts.clock().getTime()),
  );
  return waits.length === 0 ? null : Math.min(...waits, 3_600_000);
}
