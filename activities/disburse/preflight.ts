/**
 * The check right before the money: asks the outside what can have changed, reads the record under the application's lock,
 * and either marks the payout as sent or holds it back for people, in the transaction of what it read.
 */
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { PersonApplication } from '../../domain/apply.ts';
import type { ExactHit } from '../../db/queries/list-lookups.ts';
import { type Offer, offerCapCheck } from '../../domain/offer.ts';
import { type PolicyReader, policyOf } from '../../domain/policy.ts';
import { payeeStanding, selfPayLimit } from '../../domain/entrusted.ts';
import { type AccountStanding, preflight, type PreflightFacts } from '../../domain/preflight.ts';
import { needsDualRecording } from '../../domain/products.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { readExposure } from '../../db/queries/desk.ts';
import { lockPayout, markSent, type Payout } from '../../db/queries/disburse.ts';
import { payeeOfPayout, selfPaidWithin, writePayee } from '../../db/queries/entrusted.ts';
import { setPending } from '../../db/queries/journey.ts';
import { countStandingHits, recordListHits } from '../../db/queries/list-lookups.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import {
  readContractStanding,
  readPreflight,
  recordPayoutCheck,
  stopPayout,
} from '../../db/queries/preflight.ts';
import { businessDate } from '../../platform/clock.ts';
import type { SubjectCipher } from '../../platform/crypto/subject-cipher.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { isGateShut } from '../gates.ts';
import { type Screening, screenApplicant, screenPayee } from '../list-screening.ts';
import { askOnce, requestNumber } from '../outside.ts';
import { lockPinned, type Pinned } from '../pinned.ts';
import type { Numbered, OutsideAnswer } from '../ports/answers.ts';
import { cancellationSignal } from '../signal.ts';

const listed = z.array(z.object({ list: z.string(), reason: z.string() }));
const holder = z.object({ match: z.boolean(), open: z.boolean() });

/** Whom a payout goes to, as its own record says. */
export interface PayTo {
  readonly payout: Payout;
  readonly form: PersonApplication;
  readonly cipher: SubjectCipher;
  /** The borrower's own account. */
  readonly card: string;
  /** Who is paid in the borrower's place; null when the borrower is. */
  readonly payee: { readonly id: string; readonly name: string; readonly card: string } | null;
}

/** One question about a payout, asked once for it: another attempt of paying is another payout and asks again. */
async function ask<T>(
  deps: ActivityDeps,
  { payout, cipher, payee }: PayTo,
  of: { readonly service: 'registry' | 'bank'; readonly operation: string },
  call: (numbered: Numbered) => Promise<OutsideAnswer<T>>,
  stored: z.ZodType<T>,
): Promise<T | null> {
  const { applicationId } = payout;
  // Another receiver is another question.
  const receiver = of.service === 'bank' && payee !== null ? `:${payee.id}` : '';
  const step = `payout:${payout.id}:${of.operation}${receiver}`;
  const requestNo = requestNumber(applicationId, step);
  const answer = await overTheBorder(() =>
    askOnce(
      { db: deps.db, fieldCipher: cipher },
      { requestNo, applicationId, step, ...of },
      (number) => call({ requestNo: number, signal: cancellationSignal() }),
      stored,
    ),
  );
  return answer.kind === 'FOUND' ? answer.data : null;
}

function accountStanding(found: z.infer<typeof holder> | null): AccountStanding {
  if (found === null) return 'NO_RECORD';
  if (!found.match) return 'OTHER_HOLDER';
  return found.open ? 'OWN_AND_OPEN' : 'CLOSED';
}

/** What the outside says now. An answer that does not come lets the payout wait as it is: it is asked again, and nothing is sent. */
async function askOutside(deps: ActivityDeps, to: PayTo) {
  const { name, idNumber } = to.form.identity;
  const receiver = to.payee ?? { card: to.card, name };
  const [hits, account] = await Promise.all([
    ask(
      deps,
      to,
      { service: 'registry', operation: 'sanctions' },
      (numbered) => deps.ports.registry.sanctions({ ...numbered, name, idNumber }),
      listed,
    ),
    ask(
      deps,
      to,
      { service: 'bank', operation: 'account' },
      (numbered) =>
        deps.ports.bank.account({
          ...numbered,
          card: receiver.card,
          holderName: receiver.name,
        }),
      holder,
    ),
  ]);
  // A register without a record of the person has answered: nobody of that name is listed.
  return { sanctioned: (hits ?? []).length > 0, account: accountStanding(account) };
}

/** Numbers whose presence on the black list stops money; a device was weighed with the decision. */
const STOPPING: readonly ExactHit['subject'][] = ['ID_NUMBER', 'MOBILE', 'CARD'];

const NOBODY: Screening = { exact: [], hits: [] };

async function screen(tx: Tx, { payout, form, cipher, payee }: PayTo) {
  const { applicationId } = payout;
  const person = await screenApplicant(tx, { applicationId, form, cipher });
  const other =
    payee === null ? NOBODY : await screenPayee(tx, { applicationId, cipher, ...payee });
  const exact = [...person.exact, ...other.exact];
  await recordListHits(tx, [...person.hits, ...other.hits]);
  return {
    standingListHits: await countStandingHits(tx, applicationId),
    blacklisted: exact.some(({ kind, subject }) => kind === 'BLACK' && STOPPING.includes(subject)),
  };
}

function withinCap(offer: Offer, policy: PolicyReader): boolean {
  return offerCapCheck(offer, policy).within;
}

async function gather(
  deps: ActivityDeps,
  tx: Tx,
  pinned: Pinned,
  to: PayTo,
  outside: Pick<PreflightFacts, 'sanctioned' | 'account'>,
): Promise<PreflightFacts> {
  const { application, rules } = pinned;
  const { product } = rules;
  const offer = (await latestOffer(tx, application.id))?.offer;
  if (offer === undefined) throw finalFailure('NO_SUCH_OFFER');
  // What holds for money that leaves today is the policy of today, whatever the loan has pinned.
  const today = businessDate(new Date());
  const policy = policyOf(await deps.rulebooks.newestPolicy(tx), today, product.lenderType);
  const standing = await readContractStanding(tx, to.payout, today);
  const record = await readPreflight(tx, application.id, to.payout.contractId);
  return {
    ...outside,
    ...(await screen(tx, to)),
    consent: record.consent,
    exposureFen: await readExposure(tx, application.id),
    amountFen: offer.amountFen,
    ownFen: standing.ownFen ?? offer.amountFen,
    earlier: standing.earlier,
    borrowerDied: standing.borrowerDied,
    limitFen: policy('loan.maxAmountFen'),
    payment: {
      payee: payeeStanding(to.payee, { name: to.form.identity.name, card: to.card }),
      selfPaidFen: await selfPaidWithin(tx, application.id, policy('disburse.splitWindowDays')),
      selfPayLimitFen: selfPayLimit(to.form.loan.purpose, policy),
    },
    withinRateCap: withinCap(offer, policy),
    contract: {
      ...record.contract,
      recordingNeeded: needsDualRecording(product, offer.amountFen),
      conditionsOpen: await isGateShut(tx, application.id, application.round, 'MONEY'),
    },
    bureauAgeDays: record.bureauAgeDays,
    bureauMaxDays: policy('disburse.bureauRequeryAfterDays'),
  };
}

async function audit(tx: Tx, { id, applicationId }: Payout, codes: readonly string[]) {
  await recordAudit(tx, {
    actor: 'xindai',
    role: null,
    via: 'worker',
    action: 'payout.check',
    subjectKind: 'payout',
    subjectId: id,
    result: codes.length === 0 ? 'DONE' : 'DENIED',
    ...(codes[0] === undefined ? {} : { reason: codes[0] }),
    detail: { applicationId, codes },
  });
}

/** `SEND`: marked as sent by this very call. `ASK`: another attempt has sent it. `STOPPED`: held back, now or before. */
export type Clearance = 'SEND' | 'ASK' | 'STOPPED';

/**
 * Clears a released payout for sending. Nobody overrides what it finds: another attempt that two people agree on is checked
 * again, and is held back again for as long as the reason stands.
 */
export async function clearToSend(deps: ActivityDeps, to: PayTo): Promise<Clearance> {
  const { id, applicationId } = to.payout;
  const outside = await askOutside(deps, to);
  return await deps.db.transaction().execute(async (tx) => {
    const pinned = await lockPinned(deps, tx, applicationId);
    const payout = await lockPayout(tx, applicationId, id);
    if (payout?.state === 'STOPPED') return 'STOPPED';
    if (payout?.state !== 'RELEASED') return 'ASK';
    // Another payee was registered while the outside was asked about this one: the attempt begins again with that one.
    if (((await payeeOfPayout(tx, id))?.id ?? null) !== (to.payee?.id ?? null))
      throw ApplicationFailure.create({ message: 'PAYEE_CHANGED', type: 'PAYEE_CHANGED' });
    const codes = preflight(await gather(deps, tx, pinned, to, outside));
    await recordPayoutCheck(tx, id, codes);
    await audit(tx, payout, codes);
    const [first] = codes;
    if (first === undefined) {
      if (!(await markSent(tx, id))) return 'ASK';
      if (to.payee !== null) await writePayee(tx, id, to.payee.id);
      return 'SEND';
    }
    await stopPayout(tx, id, first);
    await setPending(tx, applicationId, 'PAYOUT_RETRY');
    return 'STOPPED';
  });
}
