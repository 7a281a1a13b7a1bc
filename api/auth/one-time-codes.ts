/** One-time codes for applicants: six digits to a mobile number, good for five minutes and five tries. */
import { randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Tx } from '../../db/database.ts';
import { countTry, keepOwedCode, useCode } from '../../db/queries/sign-in.ts';
import { hmacSm3 } from '../../platform/crypto/sm3.ts';
import type { ApiDeps } from '../deps.ts';

export const CODE_TTL_MS = 5 * 60_000;
export const CODE_TRIES = 5;
const CODE_DIGITS = 6;

const OUTBOX_COLUMN = 'outbox.payload';

/** What is told of a code that is on its way: how long it is good and how it looks. */
export const CODE_ACCEPTED = { expiresInSeconds: CODE_TTL_MS / 1000, digits: CODE_DIGITS } as const;

/** A fresh code, digits only. */
export const freshCode = (): string =>
  String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');

export type CodeDeps = Pick<ApiDeps, 'db' | 'vault' | 'now' | 'signIn'>;

/** Bound to the row's id, so that equal codes have different hashes. */
const codeHmac = (deps: CodeDeps, id: string, code: string): Buffer =>
  hmacSm3(deps.signIn.secret, `code|${id}|${code}`);

/**
 * Owes the number a fresh code, and the earlier one is good no longer; or, where a limit holds it back, does all of that
 * and takes it back, so that both take the same work. `record` writes the entry on the trail: nothing is sent without it.
 */
export async function sendCode(
  deps: CodeDeps,
  { mobile, sends }: { readonly mobile: string; readonly sends: boolean },
  record: (tx: Tx) => Promise<void>,
): Promise<void> {
  const id = randomUUID();
  const code = freshCode();
  const now = deps.now();
  const expiresAt = new Date(now.getTime() + CODE_TTL_MS);
  const cipher = await deps.vault.ofHouse(deps.db);
  const message = { mobile, code, expiresAt: expiresAt.toISOString() };
  const sealed = cipher.sealJson(OUTBOX_COLUMN, id, message).toString('base64');
  const kept = {
    id,
    mobileIndex: deps.vault.blindIndex('mobile', mobile),
    codeHmac: codeHmac(deps, id, code),
    now,
    expiresAt,
  };
  await deps.db.transaction().execute(async (tx) => {
    await keepOwedCode(tx, kept, { sealed, sends });
    await record(tx);
  });
}

/** Compared with where no code is open, so that the same work is done. */
const DECOY_ID = '00000000-0000-4000-8000-000000000000';
const DECOY = Buffer.alloc(32);

/** True when the code is the number's open one, which it then is no longer. Every call counts as a try. */
export async function takeCode(deps: CodeDeps, mobile: string, code: string): Promise<boolean> {
  const now = deps.now();
  const mobileIndex = deps.vault.blindIndex('mobile', mobile);
  const open = await countTry(deps.db, mobileIndex, CODE_TRIES, now);
  const given = codeHmac(deps, open?.id ?? DECOY_ID, code);
  const matches = timingSafeEqual(given, open?.codeHmac ?? DECOY);
  return open !== undefined && matches && (await useCode(deps.db, open.id, now));
}

/** The subject of a person known by a mobile number: the same for the same number, and not the number. */
export function personOf(deps: CodeDeps, mobile: string): string {
  return `person:${deps.vault.blindIndex('mobile', mobile).toString('hex').slice(0, 32)}`;
}
