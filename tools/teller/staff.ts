/** What the lender's staff do: review, release payouts, and decide on refused ones by two people. */
import { setTimeout as sleep } from 'node:timers/promises';
import { data, type World } from './world.ts';

const WITHIN_MS = 30_000;

/** Asks again until something is found: lists follow the story by a moment. */
async function find<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} turned up`);
    await sleep(150);
  }
}

/** The open review task of an application. */
export async function openTask(world: World, applicationId: string) {
  const desk = world.as('compliance', 'compliance-feng');
  return await find('review task', async () => {
    const page = await data(desk.reviews.list({ applicationId, state: 'OPEN' }));
    return page.items[0];
  });
}

export interface Verdict {
  readonly decision: 'APPROVE' | 'DECLINE';
  readonly reasons: readonly string[];
}

export const APPROVE: Verdict = { decision: 'APPROVE', reasons: ['REVIEW_POSITIVE'] };

/** Claims the open task of an application and decides it, as one person. */
export async function review(
  world: World,
  applicationId: string,
  role: string,
  subject: string,
  verdict: Verdict,
) {
  const task = await openTask(world, applicationId);
  const desk = world.as(role, subject);
  await data(desk.reviews.claim(task.id));
  const seen = await data(desk.reviews.get(task.id));
  return await data(
    desk.reviews.decide(task.id, {
      decision: verdict.decision,
      reasons: [...verdict.reasons],
      comment: 'Seen and weighed.',
      amountFen: seen.task.amountFen ?? 0,
      evidenceVersion: seen.task.evidenceVersion,
    }),
  );
}

/** The newest payout of an application in a state. */
export async function payoutOf(world: World, applicationId: string, state: string) {
  const finance = world.as('finance-maker', 'finance-qian');
  return await find(`payout in ${state}`, async () => {
    const page = await data(finance.payouts.list({ applicationId, state }));
    return page.items[0];
  });
}

/** Two people of finance release the payout of an application: a maker, and then a checker. */
export async function release(world: World, applicationId: string, subject = 'finance-qian') {
  const payout = await payoutOf(world, applicationId, 'READY');
  await data(world.as('finance-maker', subject).payouts.release(payout.id));
  return await data(world.as('finance-checker', 'finance-zhou').payouts.confirm(payout.id));
}

const OPEN_TO_PEOPLE = ['REFUSED', 'STOPPED', 'RETURNED'];

/** The newest payout of an application if it did not reach the borrower: refused, held back, or come back. */
export async function heldPayoutOf(world: World, applicationId: string) {
  const finance = world.as('finance-maker', 'finance-qian');
  return await find('payout that people decide on', async () => {
    const { items } = await data(finance.payouts.list({ applicationId }));
    const newest = items.at(-1);
    return newest !== undefined && OPEN_TO_PEOPLE.includes(newest.state) ? newest : undefined;
  });
}

/** Two people of finance decide what follows a payout that did not reach the borrower. */
export async function resolve(world: World, applicationId: string, action: 'RETRY' | 'CANCEL') {
  const payout = await heldPayoutOf(world, applicationId);
  const body = { action, reason: 'ACCOUNT_CHECKED' };
  await data(world.as('finance-maker', 'finance-qian').payouts.propose(payout.id, body));
  return await data(world.as('finance-checker', 'finance-zhou').payouts.approve(payout.id, body));
}
