/** Carries out what people decided about bad loans: a class by hand, and a write-off with its journal. */
import { addMonthsClamped } from '../../domain/calendar.ts';
import {
  isWorse,
  liftRefusals,
  type Tier,
  TIERS,
  worstOf,
  writeOffRefusal,
} from '../../domain/classification.ts';
import { type PolicyReader, policyOf } from '../../domain/policy.ts';
import { sumParts } from '../../domain/service.ts';
import type { Tx } from '../../db/database.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  approvedLoanActs,
  bookedBalances,
  endLoanAct,
  type LoanAct,
  lockLoanAct,
  markWrittenOff,
  readStanding,
  type Standing,
  writeTier,
} from '../../db/queries/loan-acts.ts';
import { lockLoan } from '../../db/queries/service.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';
import { EVENT_KEY, post } from '../posting.ts';

const MOST = 1_000;

/** A tier by its place in the ladder of five. @throws RangeError for a place that is none: nothing is decided under it */
export function tierAt(place: number): Tier {
  const tier = TIERS[place];
  if (tier === undefined) throw new RangeError(`${place} is no place of a tier.`);
  return tier;
}

interface Place {
  readonly act: LoanAct;
  readonly standing: Standing;
  readonly policy: PolicyReader;
  readonly today: string;
}

async function worsen(tx: Tx, { act, standing, policy, today }: Place): Promise<string | null> {
  const { event, loanId, id: actId } = act;
  const floors = policy('classification.eventFloors');
  const floor = event === 'IMPAIRED' || event === 'FRAUD' ? tierAt(floors[event]) : 'NORMAL';
  const to = worstOf([floor, act.toTier ?? 'NORMAL']);
  if (!isWorse(to, standing.tier)) return 'NOT_WORSE';
  await writeTier(tx, { loanId, from: standing.tier, to, actId, on: today });
  return null;
}

async function lift(tx: Tx, { act, standing, policy, today }: Place): Promise<string | null> {
  const { toTier: to, loanId, id: actId } = act;
  if (to === null) return 'NOT_BETTER';
  const rescheduled = tierAt(policy('classification.eventFloors').RESCHEDULED);
  const [refusal] = liftRefusals(
    {
      standing: standing.tier,
      to,
      daysPastDue: Math.max(standing.daysPastDue, standing.lateNow),
      eventFloors: standing.rescheduled ? [rescheduled] : [],
      arrearsSeenOn: standing.arrearsSeenOn,
      today,
      performingMonths: policy('classification.upgradeMonths'),
    },
    policy('classification.dpdFloors'),
  );
  if (refusal !== undefined) return refusal;
  await writeTier(tx, { loanId, from: standing.tier, to, actId, on: today });
  return null;
}

async function writeOff(tx: Tx, { act, standing, policy, today }: Place): Promise<string | null> {
  const { loanId } = act;
  const booked = await bookedBalances(tx, loanId);
  if (booked === undefined) return 'NOTHING_OWED';
  if (!booked.agrees) return 'BOOKS_DIFFER';
  const { agrees: _, ...parts } = booked;
  const totalFen = sumParts(parts);
  const refusal = writeOffRefusal({
    standing: standing.tier,
    fromTier: tierAt(policy('classification.writeOffFromTier')),
    writtenOffOn: standing.writtenOffOn,
    owedFen: totalFen,
  });
  if (refusal !== null) return refusal;
  await post(
    tx,
    { kind: 'WRITTEN_OFF', parts },
    { eventKey: EVENT_KEY.writtenOff(loanId), loanId, postedOn: today },
  );
  await markWrittenOff(tx, { loanId, on: today, totalFen, principalFen: parts.principalFen });
  return null;
}

const BY_KIND = { WORSEN: worsen, LIFT: lift, WRITE_OFF: writeOff } as const;

async function carryOut(deps: ActsDeps, id: string, today: string): Promise<boolean> {
  return await deps.db.transaction().execute(async (tx) => {
    const act = await lockLoanAct(tx, id);
    // Another worker was here first.
    if (act?.state !== 'APPROVED') return false;
    const { loanId, kind } = act;
    const policy = policyOf(await deps.rulebooks.newestPolicy(tx), today, 'BANK');
    const observedAfter = addMonthsClamped(today, -policy('classification.observationMonths'));
    await lockLoan(tx, loanId);
    const standing = await readStanding(tx, loanId, observedAfter);
    const open = standing !== undefined && standing.state !== 'RETURNED';
    const refusal = open
      ? await BY_KIND[kind](tx, { act, standing, policy, today })
      : 'NO_SUCH_LOAN';
    await endLoanAct(tx, id, refusal);
    await recordAudit(tx, {
      actor: 'worker',
      role: null,
      via: 'worker',
      action: `loan.${kind.toLowerCase().replace('_', '-')}`,
      subjectKind: 'loan',
      subjectId: loanId,
      result: refusal === null ? 'DONE' : 'DENIED',
      reason: act.reason,
      detail: { actId: id, refusal },
    });
    return refusal === null;
  });
}

type ActsDeps = Pick<ActivityDeps, 'db' | 'rulebooks'>;

/** How many acts were carried out, and how many no longer fitted the loan. */
export interface CarriedOut {
  readonly done: number;
  readonly refused: number;
}

/** Carries out every approved act once, each in its own transaction under the loan's lock. Safe to repeat. */
export async function carryOutLoanActs(deps: ActsDeps): Promise<CarriedOut> {
  const today = businessDate(new Date());
  const ids = await approvedLoanActs(deps.db, MOST);
  let done = 0;
  for (const id of ids) if (await carryOut(deps, id, today)) done += 1;
  return { done, refused: ids.length - done };
}
