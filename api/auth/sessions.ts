/** Staff sessions: opened by a sign-in, over after 15 idle minutes or 8 hours, each known by a secret of its browser alone. */
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isRole, type Role } from '../../domain/authority.ts';
import { endSession, findSession, openSession, touchSession } from '../../db/queries/sign-in.ts';
import type { SessionEnd } from '../../db/schema/sign-in.ts';
import { CryptoError } from '../../platform/crypto/errors.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ApiDeps } from '../deps.ts';

/** Idle and absolute limits (GB/T 22239-2019 8.1.4.1 b; the minutes are the house's). */
export const IDLE_MS = 15 * 60_000;
export const ABSOLUTE_MS = 8 * 3_600_000;
/** A use is noted at most this often; the idle limit is met early by as much, never late. */
const TOUCH_MS = 30_000;

const ID_TOKEN_COLUMN = 'staff_sessions.sealed_id_token';

type SessionDeps = Pick<ApiDeps, 'db' | 'vault' | 'now'>;

export interface SignedInPerson {
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly secondFactor: string;
  readonly idToken: string;
}

/** A session that stands. `secretSm3` binds what is handed to its pages. */
export interface Session {
  readonly id: string;
  readonly secretSm3: string;
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly idleUntil: Date;
  readonly expiresAt: Date;
}

/** A secret for a browser: 32 bytes of the system's random source, base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Opens a session under a secret that did not exist before the sign-in, so that nobody can have planted it. */
export async function beginSession(
  deps: SessionDeps,
  person: SignedInPerson,
): Promise<{ readonly id: string; readonly secret: string }> {
  const secret = newSecret();
  const id = randomUUID();
  const now = deps.now();
  const cipher = await deps.vault.ofHouse(deps.db);
  await openSession(deps.db, {
    id,
    secretSm3: sm3Hex(secret),
    subject: person.subject,
    roles: person.roles,
    secondFactor: person.secondFactor,
    sealedIdToken: cipher.sealJson(ID_TOKEN_COLUMN, id, person.idToken),
    now,
    expiresAt: new Date(now.getTime() + ABSOLUTE_MS),
  });
  return { id, secret };
}

/** The session of a secret, or null when there is none or its time is over, in which case it is ended. */
export async function sessionOf(
  deps: Pick<SessionDeps, 'db' | 'now'>,
  secret: string,
): Promise<Session | null> {
  const secretSm3 = sm3Hex(secret);
  const row = await findSession(deps.db, secretSm3);
  if (row === undefined) return null;
  const now = deps.now();
  const idleUntil = new Date(row.last_seen_at.getTime() + IDLE_MS);
  const over: SessionEnd | null =
    row.expires_at <= now ? 'EXPIRED' : idleUntil <= now ? 'IDLE' : null;
  if (over !== null) {
    await endSession(deps.db, row.id, over, now);
    return null;
  }
  if (now.getTime() - row.last_seen_at.getTime() >= TOUCH_MS) {
    await touchSession(deps.db, row.id, now);
  }
  const renewed = new Date(now.getTime() + IDLE_MS);
  return {
    id: row.id,
    secretSm3,
    subject: row.subject,
    roles: row.roles.filter(isRole),
    idleUntil: renewed < row.expires_at ? renewed : row.expires_at,
    expiresAt: row.expires_at,
  };
}

/**
 * Ends a session and gives its id token for the sign-out at the provider; null when it had ended, or when the key that
 * sealed it is gone, which keeps nobody signed in here.
 */
export async function finishSession(
  deps: SessionDeps,
  id: string,
  reason: SessionEnd,
): Promise<string | null> {
  const sealed = await endSession(deps.db, id, reason, deps.now());
  if (sealed === undefined) return null;
  const cipher = await deps.vault.ofHouse(deps.db);
  try {
    return cipher.openJson(ID_TOKEN_COLUMN, id, sealed, (value) => z.string().parse(value));
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
