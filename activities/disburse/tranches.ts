/**
 * The later parts of a contract that is paid out in parts: makes the payout of the next one ready when its day has come, and opens
 * the loan note of one that is paid.
 */
import { mayResolve } from '../../domain/disburse.ts';
import { subtractFen } from '../../domain/money.ts';
import { scheduleOfOffer } from '../../domain/offer.ts';
import { payableUntilBy } from '../../domain/service-holidays.ts';
import { holidayRuleOf } from '../../domain/service-terms.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import { createPayout, latestPayout, lockPayout, type Payout } from '../../db/queries/disburse.ts';
import { setPending } from '../../db/queries/journey.ts';
import { latestOffer } from '../../db/queries/offer.ts';
import { closeCases, openCaseBeside } from '../../db/queries/operations.ts';
import { oweNotice } from '../../db/queries/outbox.ts';
import { storeLoan } from '../../db/queries/service.ts';
import { moveTranche, readTranches, type TrancheRecord } from '../../db/queries/tranches.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';
import { requestNumber } from '../outside.ts';
import { lockPinned } from '../pinned.ts';
import { EVENT_KEY, post } from '../posting.ts';
import { policyFor } from '../rulebooks.ts';

export interface NextTrancheInput {
  readonly applicationId: string;
  /** Business date by the workflow's clock. */
  readonly today: string;
}

/**
 * `OVER`: no part is left to be paid. `WAIT`: the next one is not paid before that day. `DRAW`: a payout of the next one is there,
 * with whether people have still to release it, or to decide on it because it did not reach the borrower.
 */
export type NextTranche =
  | { readonly next: 'OVER' }
  | { readonly next: 'WAIT'; readonly on: string }
  | {
      readonly next: 'DRAW';
      readonly payoutId: string;
      readonly waits: 'RELEASE' | 'PEOPLE' | 'BANK';
    };

/** Step by which the ids of a later part's attempts are derived. */
export const trancheStep = (tranche: number, attempt: number): string =>
  tranche === 1 ? `payout:${attempt}` : `payout:t${tranche}:${attempt}`;

/** The step under which operations see a part that does not go on by itself. */
const STUCK = 'disburse.tranche';

function waitsFor({ state }: Payout): 'RELEASE' | 'PEOPLE' | 'BANK' {
  if (state === 'READY') return 'RELEASE';
  return mayResolve(state) ? 'PEOPLE' : 'BANK';
}

/** The payout goes to the account that the first part went to: what the contract says. */
async function makeReady(
  deps: ActivityDeps,
  tx: Tx,
  applicationId: string,
  tranche: TrancheRecord,
): Promise<Payout> {
  const { contractId, number, principalFen, advancedFen } = tranche;
  const first = await latestPayout(tx, applicationId);
  if (first?.contractId !== contractId) throw finalFailure('NO_SUCH_CONTRACT');
  const step = trancheStep(number, 1);
  const id = derivedUuid(contractId, step);
  const cipher = await deps.vault.of(tx, applicationId);
  const column = 'payouts.sealed_account';
  const account = cipher.openJson(column, first.id, first.sealedAccount, (value) => value);
  await moveTranche(tx, tranche, 'DRAWING');
  await createPayout(tx, {
    id,
    applicationId,
    contractId,
    attempt: 1,
    requestNo: requestNumber(applicationId, step),
    amountFen: advancedFen,
    part: { tranche: number, principalFen },
    sealedAccount: cipher.sealJson(column, id, account),
    state: 'READY',
    retry: null,
  });
  await setPending(tx, applicationId, 'PAYOUT_RELEASE');
  await oweNotice(tx, 'tranche.ready', applicationId, { payoutId: id });
  await recordAudit(tx, {
    actor: 'xindai',
    role: null,
    via: 'worker',
    action: 'tranche.draw',
    subjectKind: 'payout',
    subjectId: id,
    result: 'DONE',
    detail: { applicationId, tranche: number, principalFen },
  });
  const payout = await lockPayout(tx, applicationId, id);
  if (payout === undefined) throw finalFailure('NO_SUCH_PAYOUT');
  return payout;
}

/** Looks at what comes next, and makes its payout ready on its day, once. */
export async function nextTranche(
  deps: ActivityDeps,
  { applicationId, today }: NextTrancheInput,
): Promise<NextTranche> {
  return await deps.db.transaction().execute(async (tx) => {
    await lockPinned(deps, tx, applicationId);
    const all = await readTranches(tx, applicationId);
    const tranche = all.find(({ state }) => state === 'PLANNED' || state === 'DRAWING');
    if (tranche === undefined) return { next: 'OVER' };
    const isPlanned = tranche.state === 'PLANNED';
    if (isPlanned && today < tranche.earliestOn) return { next: 'WAIT', on: tranche.earliestOn };
    const payout = isPlanned
      ? await makeReady(deps, tx, applicationId, tranche)
      : await latestPayout(tx, applicationId, tranche.number);
    if (payout === undefined) throw finalFailure('NO_SUCH_PAYOUT');
    return { next: 'DRAW', payoutId: payout.id, waits: waitsFor(payout) };
  });
}

export interface OpenTrancheInput {
  readonly applicationId: string;
  readonly payoutId: string;
  /** Business date of the payout by the workflow's clock. */
  readonly disbursedOn: string;
}

/** The number of a loan note, from its id. */
const noteNumber = (loanId: string): string => `L${sm3Hex(loanId).slice(0, 14).toUpperCase()}`;

/** Opens the loan note of a part that is paid, with a schedule of its own from that day; told again, it gives the same note. */
export async function openTranche(
  deps: ActivityDeps,
  { applicationId, payoutId, disbursedOn }: OpenTrancheInput,
): Promise<{ readonly loanId: string }> {
  return await deps.db.transaction().execute(async (tx) => {
    const { rules, day } = await lockPinned(deps, tx, applicationId);
    const payout = await lockPayout(tx, applicationId, payoutId);
    const offer = (await latestOffer(tx, applicationId))?.offer;
    if (offer === undefined) throw finalFailure('NO_SUCH_OFFER');
    const principalFen = payout?.principalFen ?? null;
    if (payout?.state !== 'PAID' || principalFen === null) throw finalFailure('PAYOUT_NOT_PAID');
    const { tranche, contractId, amountFen } = payout;
    const loanId = derivedUuid(applicationId, `loan:${tranche}`);
    const { annualRate, termMonths, method } = offer;
    const note = { principalFen, annualRate, termMonths, method, disbursedOn, tranche };
    await storeLoan(
      tx,
      { id: loanId, applicationId, payoutId, number: noteNumber(loanId), ...note },
      scheduleOfOffer(offer, rules.product, disbursedOn, tranche),
      payableUntilBy(holidayRuleOf(rules.product, policyFor(rules, day))),
    );
    const deductedFeeFen = subtractFen(principalFen, amountFen);
    await post(
      tx,
      { kind: 'DISBURSED', principalFen, deductedFeeFen },
      { eventKey: EVENT_KEY.disbursed(payoutId), loanId, postedOn: disbursedOn },
    );
    await moveTranche(tx, { contractId, number: tranche }, 'PAID');
    await setPending(tx, applicationId, null);
    await closeCases(tx, applicationId, STUCK);
    await oweNotice(tx, 'tranche.paid', applicationId, { loanId });
    await recordAudit(tx, {
      actor: 'xindai',
      role: null,
      via: 'worker',
      action: 'tranche.open',
      subjectKind: 'loan',
      subjectId: loanId,
      result: 'DONE',
      detail: { applicationId, payoutId, tranche },
    });
    return { loanId };
  });
}

export interface StuckTranche {
  readonly applicationId: string;
  readonly failureCode: string;
  /** Of the workflow that draws, and of when: each that lasts is told once. */
  readonly cause: string;
}

/** Tells operations of a part that does not go on: a case beside the loan, which the note closes. It is tried again meanwhile. */
export async function reportStuckTranche(
  deps: ActivityDeps,
  { applicationId, failureCode, cause }: StuckTranche,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const caseId = await openCaseBeside(tx, { applicationId, step: STUCK, failureCode, cause });
    if (caseId === null) return;
    await recordAudit(tx, {
      actor: 'xindai',
      role: null,
      via: 'worker',
      action: 'case.open',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'FAILED',
      detail: { step: STUCK, failureCode },
    });
  });
  deps.log.error({ applicationId, step: STUCK, failureCode }, 'a part of a loan is not paid out');
}
