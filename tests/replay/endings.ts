/** The endings whose histories are kept: how each is brought about in a house, and which workflow tells it. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../../domain/journey.ts';
import { APPROVE, openTask, payoutOf, release, resolve, review } from '../../tools/teller/staff.ts';
import { fastForward } from '../../platform/temporal/fast-forward.ts';
import { clearFaults, data, returnTransfer, setFault } from '../../tools/teller/world.ts';
import { drawdownsWorkflowId, loanWorkflowId, servicingWorkflowId } from '../../workflows/ids.ts';
import { answerCondition, resolveCondition, undoApproval } from '../../workflows/messages.ts';
import { mendKeys, signWithBrokenKeys } from '../support/client-keys.ts';
import { INTEREST_FIRST_CREDIT } from '../../domain/products.ts';
import type { House } from '../support/house.ts';
import { sellInParts } from '../support/in-parts.ts';
import { applyAs, driveTo, eventually, type Loan, loanIdOf, reach } from '../support/loan.ts';
import { repay, transfersTo } from '../support/outside.ts';
import { say } from '../support/sealed.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DECLINE = { decision: 'DECLINE', reasons: ['REVIEW_CAPACITY'] } as const;
const SENIOR = ['senior-reviewer', 'senior-zhao'] as const;

/** Waits that a story of days is told with in seconds: the bank is asked after half a second, a bureau waited for for three. */
export const HASTE = {
  'disburse.queryAfterSeconds': 0.5,
  'disburse.unknownPatienceMinutes': 0.05,
  'bureau.patienceMinutes': 0.05,
} as const;

/** Tells one story and gives the id of the workflow whose history is kept. Told one at a time: faults strike everybody. */
export type Ending = (house: House) => Promise<string>;

async function withdraw({ client, id }: Loan): Promise<string> {
  await data(client.applications.withdraw(id, { reason: 'NO_LONGER_NEEDED' }));
  return loanWorkflowId(id);
}

async function claim({ house, id }: Loan) {
  const task = await openTask(house.world, id);
  const desk = house.world.as(...SENIOR);
  await data(desk.reviews.claim(task.id));
  return { desk, task };
}

async function payOut(loan: Loan): Promise<string> {
  await release(loan.house.world, loan.id);
  await reach(loan, 'SERVICE');
  return loanWorkflowId(loan.id);
}

async function decidedBy(loan: Loan, verdict: typeof DECLINE | typeof APPROVE): Promise<string> {
  await review(loan.house.world, loan.id, ...SENIOR, verdict);
  return loanWorkflowId(loan.id);
}

const REVIEWED: Readonly<Record<string, Ending>> = {
  'paid-after-two-approvals': async (house) => {
    const loan = await applyAs(house, 'refer-two-people');
    await review(house.world, loan.id, 'reviewer', 'reviewer-li', APPROVE);
    await reach(loan, 'REVIEW/SECOND_REVIEW');
    await decidedBy(loan, APPROVE);
    await driveTo(loan, 'SERVICE');
    return loanWorkflowId(loan.id);
  },
  'paid-after-more-information': async (house) => {
    const loan = await applyAs(house, 'refer-one');
    const { desk, task } = await claim(loan);
    const { id, evidenceVersion } = task;
    const items = [{ code: 'INCOME_PROOF', text: 'A pay slip of last month' }];
    await data(desk.reviews.requestMore(id, { items, evidenceVersion }));
    const asked = await reach(loan, 'REVIEW/INFORMATION');
    const requestId = asked.informationRequest?.id ?? '';
    const answers = [{ code: 'INCOME_PROOF', text: 'Sent by post' }];
    await data(loan.client.applications.supply(loan.id, { requestId, answers }));
    const { task: seen } = await data(desk.reviews.get(id));
    const verdict = {
      ...APPROVE,
      reasons: [...APPROVE.reasons],
      comment: 'Looked into.',
      amountFen: seen.amountFen ?? 0,
    };
    await data(desk.reviews.decide(id, { ...verdict, evidenceVersion: seen.evidenceVersion }));
    await driveTo(loan, 'SERVICE');
    return loanWorkflowId(loan.id);
  },
  'declined-after-a-return': async (house) => {
    const loan = await applyAs(house, 'refer-one', 1);
    const { desk, task } = await claim(loan);
    const { evidenceVersion } = task;
    const reasons = ['REVIEW_INCONSISTENT'];
    await data(
      desk.reviews.returnTo(task.id, {
        stage: 'SCORE',
        reasons,
        comment: 'Looked into.',
        evidenceVersion,
      }),
    );
    return await decidedBy(loan, DECLINE);
  },
  'declined-after-an-escalation': async (house) => {
    const loan = await applyAs(house, 'refer-one', 2);
    await reach(loan, 'REVIEW/REVIEW');
    await house.fastForward(loan.id, 5 * HOUR_MS);
    return await decidedBy(loan, DECLINE);
  },
  'declined-with-a-gap': async (house) => {
    await setFault(house.world, { service: 'pboc', fault: 'down' });
    const loan = await applyAs(house, 'straight-approval', 1);
    await reach(loan, 'REVIEW/REVIEW');
    await clearFaults(house.world);
    return await decidedBy(loan, DECLINE);
  },
  'withdrawn-in-review': async (house) => {
    const loan = await applyAs(house, 'refer-one', 3);
    await reach(loan, 'REVIEW/REVIEW');
    return await withdraw(loan);
  },
};

const person = (subject: string, role: string): Actor => ({ kind: 'human', subject, role });
const LI = person('reviewer-li', 'reviewer');
const ZHAO = person('senior-zhao', 'senior-reviewer');

type Decision = Parameters<ReturnType<House['world']['as']>['reviews']['decide']>[1];

/** Approves the open task of a referred application with something of its own. */
async function approveWith(loan: Loan, own: (amountFen: number) => Partial<Decision>) {
  const { desk, task } = await claim(loan);
  const { id, evidenceVersion } = task;
  const amountFen = task.amountFen ?? 0;
  const plain = { ...APPROVE, reasons: [...APPROVE.reasons], comment: 'Looked into.' };
  return await data(
    desk.reviews.decide(id, { ...plain, amountFen, evidenceVersion, ...own(amountFen) }),
  );
}

/** The applicant answers whatever an approval asked for, and one person clears it. */
async function clearConditions(loan: Loan): Promise<void> {
  const rows = await loan.house.db
    .selectFrom('loan_conditions')
    .select('id')
    .where('application_id', '=', loan.id)
    .execute();
  for (const { id: conditionId } of rows) {
    const actor = person(loan.subject, 'applicant');
    await say(loan, answerCondition, {
      actor,
      key: randomUUID(),
      conditionId,
      sealedAnswer: 'AAAA',
    });
    const clear = { key: randomUUID(), conditionId, step: 'CLEAR', reason: 'SEEN' } as const;
    await say(loan, resolveCondition, { actor: LI, ...clear });
  }
}

const AT_THE_DESK: Readonly<Record<string, Ending>> = {
  'paid-under-a-condition': async (house) => {
    const loan = await applyAs(house, 'refer-one', 4);
    await approveWith(loan, () => ({ conditions: [{ kind: 'INCOME_PROOF', gate: 'OFFER' }] }));
    await reach(loan, 'OFFER/CONDITIONS');
    await clearConditions(loan);
    await driveTo(loan, 'SERVICE');
    return loanWorkflowId(loan.id);
  },
  'paid-after-a-counter-offer': async (house) => {
    const loan = await applyAs(house, 'refer-one', 5);
    await approveWith(loan, (decidedFen) => ({
      amountFen: Math.floor(decidedFen / 200_00) * 100_00,
    }));
    await driveTo(loan, 'SERVICE');
    return loanWorkflowId(loan.id);
  },
  'declined-after-a-steal': async (house) => {
    const loan = await applyAs(house, 'refer-one', 6);
    const task = await openTask(house.world, loan.id);
    const li = house.world.as('reviewer', 'reviewer-li').reviews;
    await data(li.claim(task.id));
    await data(li.release(task.id));
    await data(li.claim(task.id));
    const desk = house.world.as(...SENIOR).reviews;
    await data(desk.steal(task.id, { reason: 'HOLDER_AWAY' }));
    const { task: seen } = await data(desk.get(task.id));
    await data(
      desk.decide(task.id, {
        ...DECLINE,
        reasons: [...DECLINE.reasons],
        comment: 'Looked into.',
        amountFen: seen.amountFen ?? 0,
        evidenceVersion: seen.evidenceVersion,
      }),
    );
    return loanWorkflowId(loan.id);
  },
  'paid-after-an-undone-approval': async (house) => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 11), 'DISBURSE');
    const undo = { reason: 'WRONG_INCOME' } as const;
    await say(loan, undoApproval, { actor: LI, key: randomUUID(), step: 'PROPOSE', ...undo });
    await say(loan, undoApproval, { actor: ZHAO, key: randomUUID(), step: 'APPROVE', ...undo });
    await reach(loan, 'REVIEW/REVIEW');
    await decidedBy(loan, APPROVE);
    await driveTo(loan, 'SERVICE');
    return loanWorkflowId(loan.id);
  },
};

const ENDED_BEFORE_MONEY: Readonly<Record<string, Ending>> = {
  'declined-by-a-rule': async (house) => {
    const loan = await applyAs(house, 'overdue-three-six');
    await reach(loan, 'DECLINED');
    return loanWorkflowId(loan.id);
  },
  'declined-at-identity': async (house) => {
    const loan = await applyAs(house, 'identity-mismatch');
    await reach(loan, 'DECLINED');
    return loanWorkflowId(loan.id);
  },
  'withdrawn-at-offer': async (house) =>
    await withdraw(await driveTo(await applyAs(house, 'straight-approval', 2), 'OFFER')),
  'offer-declined': async (house) => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 3), 'OFFER');
    const { offerId } = await reach(loan, 'OFFER');
    await data(loan.client.offers.decline(offerId ?? ''));
    return loanWorkflowId(loan.id);
  },
  'offer-expired': async (house) => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 4), 'OFFER');
    await house.fastForward(loan.id, 8 * DAY_MS);
    await reach(loan, 'EXPIRED');
    return loanWorkflowId(loan.id);
  },
  'withdrawn-before-signing': async (house) =>
    await withdraw(await driveTo(await applyAs(house, 'straight-approval', 5), 'SIGN')),
  'signing-expired': async (house) => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 6), 'SIGN');
    await house.fastForward(loan.id, 73 * HOUR_MS);
    await reach(loan, 'EXPIRED');
    return loanWorkflowId(loan.id);
  },
  'withdrawn-after-signing': async (house) =>
    await withdraw(await driveTo(await applyAs(house, 'straight-approval', 7), 'DISBURSE')),
};

/** A loan of which the first of three parts is paid, of a product that no other ending asks for. */
async function paidInParts(house: House, variant: number): Promise<Loan> {
  await sellInParts(house.db, INTEREST_FIRST_CREDIT);
  const asked = { productCode: INTEREST_FIRST_CREDIT.code };
  return await driveTo(await applyAs(house, 'straight-approval', variant, asked), 'SERVICE');
}

const MONEY: Readonly<Record<string, Ending>> = {
  'paid-in-parts': async (house) => loanWorkflowId((await paidInParts(house, 30)).id),
  'drawn-down-and-given-up': async (house) => {
    const loan = await paidInParts(house, 31);
    const drawdowns = drawdownsWorkflowId(loan.id);
    await fastForward(house.client, drawdowns, 30 * DAY_MS);
    await release(house.world, loan.id);
    await eventually('the second note', async () => {
      const { loanIds } = await data(loan.client.applications.get(loan.id));
      return loanIds.length === 2;
    });
    await data(loan.client.applications.giveUpTranches(loan.id, { reason: 'NO_LONGER_NEEDED' }));
    return drawdowns;
  },
  paid: async (house) => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 8), 'SERVICE');
    return loanWorkflowId(loan.id);
  },
  'paid-after-a-callback': async (house) => {
    const loan = await driveTo(await applyAs(house, 'payout-accepted-then-paid'), 'SERVICE');
    return loanWorkflowId(loan.id);
  },
  'paid-after-an-unknown-payout': async (house) => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 9), 'DISBURSE');
    const fault = { service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 1 };
    await setFault(house.world, fault);
    return await payOut(loan);
  },
  'paid-after-a-retry': async (house) => {
    const loan = await driveTo(await applyAs(house, 'payout-returned'), 'DISBURSE');
    const bank = { service: 'bank', operation: 'transfer' } as const;
    await setFault(house.world, { ...bank, fault: 'no-callback', count: 1 });
    await setFault(house.world, { ...bank, operation: 'query', fault: 'down' });
    await release(house.world, loan.id);
    const { bankCardNumber } = loan.persona.application.loan;
    const { requestNo } = await eventually('the transfer', async () =>
      (await transfersTo(house, bankCardNumber)).find(({ status }) => status === 'PAID'),
    );
    await returnTransfer(house.world, requestNo);
    await clearFaults(house.world);
    await payoutOf(house.world, loan.id, 'REFUSED');
    await resolve(house.world, loan.id, 'RETRY');
    await reach(loan, 'SERVICE');
    return loanWorkflowId(loan.id);
  },
  'payout-cancelled': async (house) => {
    const loan = await driveTo(await applyAs(house, 'payout-refused'), 'DISBURSE');
    await release(house.world, loan.id);
    await resolve(house.world, loan.id, 'CANCEL');
    return loanWorkflowId(loan.id);
  },
  'paid-after-operations': async (house) => {
    const loan = await driveTo(await applyAs(house, 'straight-approval', 10), 'SIGN');
    await signWithBrokenKeys(house, [loan]);
    const cases = (subject: string) => house.world.as('operations', subject).operatorCases;
    const parked = await eventually('the case', async () => {
      const page = await data(cases('operations-wu').list({ applicationId: loan.id }));
      return page.items[0];
    });
    await mendKeys(house);
    const body = { action: 'RETRY', reason: 'KEY_REGISTERED_AGAIN' } as const;
    await data(cases('operations-wu').propose(parked.id, body));
    await data(cases('operations-gao').approve(parked.id, body));
    return await payOut(loan);
  },
  'serviced-to-the-end': async (house) => {
    const loan = await driveTo(await applyAs(house, 'straight-small'), 'SERVICE');
    const loanId = await loanIdOf(loan);
    const { number, instalments } = await data(loan.client.loans.get(loanId));
    const [first] = instalments;
    if (first === undefined) throw new Error('a loan without instalments');
    const overdue = Date.parse(`${first.dueDate}T01:00:00+08:00`) + 2 * DAY_MS;
    await house.fastForwardLoan(loanId, overdue - Date.now());
    await repay(house, number, first.principalFen + first.interestFen);
    await data(loan.client.loans.prepay(loanId, { kind: 'SETTLE' }));
    const on = new Date(overdue).toISOString().slice(0, 10);
    const { toPayFen } = await data(loan.client.loans.quote(loanId, { on, kind: 'SETTLE' }));
    await repay(house, number, toPayFen);
    await reach(loan, 'SETTLED');
    return servicingWorkflowId(loanId);
  },
};

export const ENDINGS: Readonly<Record<string, Ending>> = {
  ...ENDED_BEFORE_MONEY,
  ...REVIEWED,
  ...AT_THE_DESK,
  ...MONEY,
};
