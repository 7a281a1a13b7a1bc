/**
 * Puts refused tokens and sessions on the audit trail, bounded: whoever sends them need not be known to us, so that a flood of
 * them must not fill the chain.
 */
import type { Db } from '../db/database.ts';
import { recordAudit } from '../db/queries/audit.ts';
import { networkOf } from './address.ts';
import { NOBODY } from './audit.ts';
import type { AccessLog } from './deps.ts';
import { ApiProblem } from './problem-response.ts';
import type { ProblemCode } from './problems.ts';

/** One refusal: a coded reason, and nothing of what the token said, for nobody vouches for it. */
export interface RefusedToken {
  readonly reason: string;
  readonly address: string | undefined;
  readonly requestId: string;
}

export interface RefusedTokens {
  /** Returns once the refusal is on the trail, or counted towards the entry that ends its minute. */
  note(refused: RefusedToken): Promise<void>;
  /** Writes what was counted and is not written yet. */
  close(): Promise<void>;
}

export interface RefusedTokensOptions {
  readonly db: Db;
  readonly log: AccessLog;
  /** A minute unless told. */
  readonly windowMs?: number;
  /** Networks told apart in one window, 1,000 unless told; all others of the same reason count together. */
  readonly mostNetworks?: number;
}

interface Window {
  readonly reason: string;
  readonly origin: string | undefined;
  /** Refusals after the one that opened the window. */
  more: number;
  readonly timer: NodeJS.Timeout;
}

/** Refusals of what a caller sent to be known by; a request that sent nothing was not refused, it was asked to sign in. */
const REFUSALS: readonly ProblemCode[] = [
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'SECOND_FACTOR_MISSING',
  'ROLES_INCOMPATIBLE',
  'SESSION_ENDED',
  'CSRF_REFUSED',
];

/** The coded reason to note when a token or session was refused, or null for any other failure. */
export function refusedTokenReason(error: unknown): string | null {
  if (!(error instanceof ApiProblem) || !REFUSALS.includes(error.code)) return null;
  return error.options.fault ?? error.code;
}

const MINUTE_MS = 60_000;
const MANY = 'many';

/**
 * The first refusal of a network (`/24`, `/48`), reason and minute is an entry of its own; those that follow are one more
 * entry with their number when the minute is over. So a process writes at most two entries a minute for each network and
 * reason. The counts of a process that is killed are lost, the first entries never.
 */
export function createRefusedTokens(options: RefusedTokensOptions): RefusedTokens {
  const { db, log, windowMs = MINUTE_MS, mostNetworks = 1_000 } = options;
  const windows = new Map<string, Window>();

  const record = async (
    { reason, origin }: Pick<Window, 'reason' | 'origin'>,
    detail: Readonly<Record<string, unknown>>,
    requestId?: string,
  ): Promise<void> =>
    await recordAudit(db, {
      actor: NOBODY,
      role: null,
      action: 'token.refuse',
      subjectKind: 'network',
      subjectId: origin ?? 'unknown',
      result: 'DENIED',
      reason,
      origin: origin === MANY ? undefined : origin,
      requestId,
      detail,
    });

  const end = async (key: string): Promise<void> => {
    const ended = windows.get(key);
    if (ended === undefined) return;
    windows.delete(key);
    clearTimeout(ended.timer);
    if (ended.more > 0) await record(ended, { more: ended.more });
  };

  return {
    async note({ reason, address, requestId }) {
      const network = networkOf(address);
      const own = `${network ?? ''}|${reason}`;
      const isTold = windows.has(own) || windows.size < mostNetworks;
      const [key, origin] = isTold ? [own, network] : [`${MANY}|${reason}`, MANY];
      const open = windows.get(key);
      if (open !== undefined) {
        open.more += 1;
        return;
      }
      const timer = setTimeout(() => {
        end(key).catch((error: unknown) => log.error({ err: error }, 'refused tokens'));
      }, windowMs);
      timer.unref();
      windows.set(key, { reason, origin, more: 0, timer });
      await record({ reason, origin }, {}, requestId);
    },
    async close() {
      for (const key of windows.keys()) await end(key);
    },
  };
}
