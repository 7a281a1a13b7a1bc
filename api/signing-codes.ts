/** Codes for signing: sent to the person's own number for one contract as it was shown, and taken once, with what is kept of the moment. */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { CODE_WINDOW_MS, MOST_CODES, type PageDwell } from '../domain/signing-intent.ts';
import type { Db } from '../db/database.ts';
import { loadPartialForm } from '../db/queries/apply.ts';
import { oweCode } from '../db/queries/outbox.ts';
import {
  countSigningCodes,
  keepSigningCode,
  keepSigningIntent,
  isSigningProved,
  type SignerOf,
  trySigningCode,
  useSigningCode,
} from '../db/queries/signing.ts';
import { hmacSm3 } from '../platform/crypto/sm3.ts';
import { addressOf } from './address.ts';
import { recordDeed } from './audit.ts';
import { CODE_TRIES, CODE_TTL_MS, freshCode } from './auth/one-time-codes.ts';
import { type AppContext, actKeyOf } from './deps.ts';
import { derivedId } from './derived-id.ts';
import { ApiProblem } from './problem-response.ts';

const OUTBOX_COLUMN = 'outbox.payload';
const INTENT_COLUMN = 'signing_intents.sealed_intent';
/** Compared with where no code is open, so that the same work is done. */
const DECOY = { id: '00000000-0000-4000-8000-000000000000', codeHmac: Buffer.alloc(32) };

/** The contract that is to be signed, and by whom. */
export interface Signable {
  /** A co-signer's turn with their number, and the sight of the contract's owner; absent for the borrower. */
  readonly beside?: { readonly partyId: string; readonly mobile: string; readonly db: Db };
  readonly id: string;
  readonly number: string;
  readonly application_id: string;
  readonly sm3: string;
}

/** Bound to the row and to the bytes that are signed: a code for another contract, or another text, is another code. */
const codeHmac = (c: AppContext, id: string, digestSm3: string, code: string): Buffer =>
  hmacSm3(c.get('deps').signIn.secret, `signing|${id}|${digestSm3}|${code}`);

/** Whose signature codes and intents are about. */
const signerOf = ({ id, beside }: Signable): SignerOf => ({
  contractId: id,
  partyId: beside?.partyId ?? null,
});

/** The sight in which the contract lies: its owner's. Everything is written in the caller's own. */
const sightOf = (c: AppContext, { beside }: Signable): Db => beside?.db ?? c.get('deps').db;

/** The number on the form. @throws ApiProblem FORM_INCOMPLETE */
async function borrowersMobile(c: AppContext, contract: Signable): Promise<string> {
  const { db, vault } = c.get('deps');
  const cipher = await vault.of(db, contract.application_id);
  const { identity } = await loadPartialForm(db, cipher, contract.application_id);
  if (identity === null) throw new ApiProblem('FORM_INCOMPLETE');
  return identity.mobile;
}

/**
 * Owes the person a code for this contract; an earlier one is good no longer. The same request again sends nothing more.
 * @throws ApiProblem TOO_MANY_REQUESTS, FORM_INCOMPLETE
 */
export async function sendSigningCode(c: AppContext, contract: Signable): Promise<void> {
  const { db, vault, now: clock } = c.get('deps');
  const now = clock();
  const since = new Date(now.getTime() - CODE_WINDOW_MS);
  const signer = signerOf(contract);
  if ((await countSigningCodes(db, signer, since)) >= MOST_CODES)
    throw new ApiProblem('TOO_MANY_REQUESTS', { retryAfterSeconds: CODE_WINDOW_MS / 1_000 });
  const mobile = contract.beside?.mobile ?? (await borrowersMobile(c, contract));
  const id = derivedId(actKeyOf(c), 'signing-code');
  const code = freshCode();
  const expiresAt = new Date(now.getTime() + CODE_TTL_MS);
  const message = {
    mobile,
    code,
    expiresAt: expiresAt.toISOString(),
    contract: contract.number,
  };
  const outboxId = randomUUID();
  const house = await vault.ofHouse(db);
  const sealed = house.sealJson(OUTBOX_COLUMN, outboxId, message).toString('base64');
  await db.transaction().execute(async (tx) => {
    const isNew = await keepSigningCode(tx, {
      id,
      ...signer,
      digestSm3: contract.sm3,
      codeHmac: codeHmac(c, id, contract.sm3, code),
      now,
      expiresAt,
    });
    if (!isNew) return;
    // The application is not in a co-signer's sight: their code belongs to a number and nothing else.
    await oweCode(tx, outboxId, sealed, contract.beside ? null : contract.application_id);
    await recordDeed(c, tx, {
      action: 'contract.signing-code',
      subjectKind: 'contract',
      subjectId: contract.id,
      result: 'DONE',
      detail: { digestSm3: contract.sm3 },
    });
  });
}

/** What the person's browser says of the moment of signing. */
export interface Said {
  readonly code: string;
  readonly pages: readonly PageDwell[];
  readonly device?: string | undefined;
}

/** What is kept of it, sealed; no code is. */
const momentOf = (c: AppContext, { pages, device }: Said) => ({
  pages,
  device: device ?? null,
  address: addressOf(c) ?? null,
  userAgent: c.req.header('User-Agent')?.slice(0, 512) ?? null,
  requestId: c.get('requestId'),
});

/**
 * Takes the code and keeps the intent under the key of this act. An act that was proved before its answer was lost is
 * proved still.
 * @throws ApiProblem SIGNING_CODE_REFUSED, whatever is wrong with the code
 */
export async function proveIntent(c: AppContext, contract: Signable, said: Said): Promise<void> {
  const { db, vault, now: clock } = c.get('deps');
  const actKey = actKeyOf(c);
  const asked = { ...signerOf(contract), digestSm3: contract.sm3 };
  if (await isSigningProved(db, actKey, asked)) return;
  const now = clock();
  const open = await trySigningCode(db, asked, CODE_TRIES, now);
  const { id, codeHmac: expected } = open ?? DECOY;
  const matches = timingSafeEqual(codeHmac(c, id, contract.sm3, said.code), expected);
  const about = { action: 'contract.signing-intent', subjectKind: 'contract' } as const;
  const cipher = await vault.of(sightOf(c, contract), contract.application_id);
  const proved =
    open !== undefined &&
    matches &&
    (await db.transaction().execute(async (tx) => {
      if (!(await useSigningCode(tx, id, now))) return false;
      await keepSigningIntent(tx, {
        actKey,
        ...asked,
        codeId: id,
        sealedIntent: cipher.sealJson(INTENT_COLUMN, actKey, momentOf(c, said)),
        at: now,
      });
      await recordDeed(c, tx, { ...about, subjectId: contract.id, result: 'DONE' });
      return true;
    }));
  if (proved) return;
  const refused = { result: 'DENIED', reason: 'SIGNING_CODE_REFUSED' } as const;
  await recordDeed(c, db, { ...about, subjectId: contract.id, ...refused });
  throw new ApiProblem('SIGNING_CODE_REFUSED');
}
