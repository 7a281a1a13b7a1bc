/** One loan and the people around it: looks where the application stands, and does what it waits for, until nothing more is to be done. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Application, XindaiClient } from '../../api/client.ts';
import { acceptOffer, fillIn, sign, submit } from '../teller/applicant.ts';
import { data, fetchPersona, type Persona, Refused, type World } from '../teller/world.ts';

/** What is decided of a payout that was refused or held back: tried once more, then given up. */
const RETRIES = 1;
const LOOK_EVERY_MS = 250;
const ENDED: ReadonlySet<string> = new Set([
  'SERVICE',
  'SETTLED',
  'DECLINED',
  'WITHDRAWN',
  'EXPIRED',
  'CANCELLED',
  'LAPSED',
]);

/** Who is asked for, and as which of the persona's many variants. */
export interface Part {
  readonly persona: string;
  readonly variant: number;
}

/** One loan on its way. */
export interface Player {
  readonly part: Part;
  readonly client: XindaiClient;
  /** Null until the draft is filled in. */
  applicationId: string | null;
  /** The API has answered the submission: from now on the application must never be lost. */
  acknowledged: boolean;
  /** Where it was seen last, as `STAGE/PENDING`. */
  stands: string;
  /** What its driver ran into last; told when it does not arrive. */
  trouble: string | null;
}

export function newPlayer(world: World, part: Part): Player {
  const subject = `player-${part.persona}-${part.variant}`;
  return {
    part,
    client: world.as('applicant', subject),
    applicationId: null,
    acknowledged: false,
    stands: 'DRAFT/',
    trouble: null,
  };
}

/** Whether the story has ended, or the loan is paid out and in service. */
export function hasArrived({ stands }: Player): boolean {
  return ENDED.has(stands.slice(0, stands.indexOf('/')));
}

async function apply(world: World, player: Player): Promise<void> {
  const persona: Persona = await fetchPersona(world, player.part.persona, player.part.variant);
  player.applicationId = await fillIn(player.client, persona);
}

/** Claims and decides the review that lies open, as somebody of the role it asks for. */
async function review(world: World, applicationId: string, decline: boolean): Promise<void> {
  const page = await data(
    world.as('compliance', 'compliance-feng').reviews.list({ applicationId, kind: 'REVIEW' }),
  );
  const task = page.items.find(({ state }) => state === 'OPEN' || state === 'CLAIMED');
  if (task === undefined) return;
  const senior = !task.roles.includes('reviewer');
  const desk = senior
    ? world.as('senior-reviewer', 'senior-zhao')
    : world.as('reviewer', 'reviewer-li');
  if (task.state === 'OPEN') await data(desk.reviews.claim(task.id));
  const seen = await data(desk.reviews.get(task.id));
  await data(
    desk.reviews.decide(task.id, {
      decision: decline ? 'DECLINE' : 'APPROVE',
      reasons: decline ? ['REVIEW_CAPACITY'] : ['REVIEW_POSITIVE'],
      comment: 'Seen and weighed.',
      amountFen: seen.task.amountFen ?? 0,
      evidenceVersion: seen.task.evidenceVersion,
    }),
  );
}

const maker = (world: World) => world.as('finance-maker', 'finance-qian');
const checker = (world: World) => world.as('finance-checker', 'finance-zhou');

async function newestPayout(world: World, applicationId: string) {
  const { items } = await data(maker(world).payouts.list({ applicationId }));
  return items.toSorted((a, b) => b.attempt - a.attempt)[0];
}

async function moveMoney(world: World, applicationId: string, pending: string): Promise<void> {
  const payout = await newestPayout(world, applicationId);
  if (payout === undefined) return;
  const action = payout.attempt > RETRIES ? 'CANCEL' : 'RETRY';
  const resolution = { action, reason: 'ACCOUNT_CHECKED' } as const;
  if (pending === 'PAYOUT_RELEASE') await data(maker(world).payouts.release(payout.id));
  if (pending === 'PAYOUT_CONFIRMATION') await data(checker(world).payouts.confirm(payout.id));
  if (pending === 'PAYOUT_RETRY') await data(maker(world).payouts.propose(payout.id, resolution));
  if (pending === 'PAYOUT_RETRY_APPROVAL')
    await data(checker(world).payouts.approve(payout.id, resolution));
}

/** Does what the application waits for, when somebody of ours is waited for. */
async function act(world: World, player: Player, application: Application): Promise<void> {
  const { id, stage, pending } = application;
  if (stage === 'APPLY') {
    await submit(player.client, id);
    player.acknowledged = true;
    return;
  }
  // A submission whose answer was lost has been taken all the same.
  player.acknowledged = true;
  switch (pending) {
    case 'REVIEW':
    case 'SECOND_REVIEW':
      return await review(world, id, player.part.persona === 'refer-then-declined');
    case 'OFFER_ANSWER':
      return await acceptOffer(player.client, id);
    case 'SIGNATURE':
      await sign(player.client, id);
      return;
    case 'PAYOUT_RELEASE':
    case 'PAYOUT_CONFIRMATION':
    case 'PAYOUT_RETRY':
    case 'PAYOUT_RETRY_APPROVAL':
      return await moveMoney(world, id, pending);
    case null:
    default:
      return;
  }
}

async function look(world: World, player: Player): Promise<void> {
  if (player.applicationId === null) await apply(world, player);
  if (player.applicationId === null) return;
  const application = await data(player.client.applications.get(player.applicationId));
  player.stands = `${application.stage}/${application.pending ?? ''}`;
  if (!hasArrived(player)) await act(world, player, application);
}

/** Leads one loan along until it arrives or `over` says that nobody looks any more. What goes wrong on the way is tried again. */
export async function play(world: World, player: Player, over: AbortSignal): Promise<void> {
  while (!over.aborted && !hasArrived(player)) {
    await look(world, player).catch((error: unknown) => {
      player.trouble = error instanceof Refused ? `${error.status} ${error.code}` : nameOf(error);
    });
    if (hasArrived(player)) return;
    await sleep(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Plays all of them, `atOnce` at a time. @param tell called whenever one of them has arrived */
export async function playAll(
  world: World,
  players: readonly Player[],
  { atOnce, over, tell }: { atOnce: number; over: AbortSignal; tell: () => void },
): Promise<void> {
  // Each hand that pauses listens for the end.
  setMaxListeners(atOnce + 10, over);
  const waiting = [...players];
  const hand = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await play(world, next, over);
      tell();
      if (over.aborted) return;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
}
