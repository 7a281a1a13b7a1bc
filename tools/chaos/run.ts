/** One run of chaos: loans on their way through the API while processes are killed, then peace, and then what must hold. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readBank } from '../playhouse/bank.ts';
import {
  type Check,
  checkBank,
  checkLedger,
  checkNamed,
  checkNothingLost,
  checkPayouts,
  checkWorkflows,
  findStuck,
} from '../playhouse/checks.ts';
import { openPlayhouse, PARTS, type Part, type Playhouse } from '../playhouse/house.ts';
import { hasArrived, newPlayer, playAll, type Player } from '../playhouse/player.ts';
import { retryingFetch, type Tries } from '../playhouse/retrying-fetch.ts';
import { openWorld, setFault, type World } from '../teller/world.ts';
import { planChaos } from './plan.ts';

export interface ChaosOptions {
  readonly loans: number;
  /** How long processes are killed at the longest. The killing ends earlier when every loan has arrived. */
  readonly seconds: number;
  readonly seed: string;
  /** Shortest and longest time between two kills, in seconds. */
  readonly gap: readonly [number, number];
  /** How many loans are on their way at once. */
  readonly atOnce: number;
  /** How long the house may take to come to rest afterwards, in seconds. */
  readonly settleSeconds: number;
  readonly temporalCli: string;
  readonly bundle?: string;
  readonly say: (line: string) => void;
}

export interface ChaosReport {
  readonly kills: Readonly<Record<Part, number>>;
  readonly faults: number;
  readonly loans: number;
  readonly acknowledged: number;
  readonly paid: number;
  /** Where the loans stand that are not in service, by `STAGE/PENDING`. */
  readonly named: Readonly<Record<string, number>>;
  /** Payouts that were seen in doubt, and how many of them are settled. */
  readonly unknown: { readonly seen: number; readonly resolved: number };
  readonly tries: Tries;
  readonly checks: readonly Check[];
  /** Seconds of killing and of coming to rest. */
  readonly tookSeconds: { readonly chaos: number; readonly rest: number };
}

/** Mostly people whom nobody refuses; some whom people look at, and some whose bank does. */
const CAST = [
  'straight-approval',
  'straight-small',
  'straight-civil-servant',
  'straight-approval',
  'payout-accepted-then-paid',
  'straight-small',
  'refer-two-people',
  'straight-approval',
  'straight-small',
  'payout-accepted-then-refused',
] as const;

/** A request is tried as an integrator would who has a person waiting. */
const PATIENCE = { forMs: 20_000, tryMs: 15_000 };

function castOf(world: World, loans: number): readonly Player[] {
  return Array.from({ length: loans }, (_, at) =>
    newPlayer(world, { persona: CAST[at % CAST.length] ?? CAST[0], variant: 100 + at }),
  );
}

interface Toll {
  readonly kills: Record<Part, number>;
  faults: number;
}

/** Carries out the plan until it or the playing is over. */
async function wreak(
  house: Playhouse,
  world: World,
  { seed, seconds, gap, say }: ChaosOptions,
  over: AbortSignal,
): Promise<Toll> {
  const toll: Toll = { kills: killsOf(), faults: 0 };
  const began = Date.now();
  for (const event of planChaos({ seed, seconds, gap })) {
    const wait = Math.max(0, event.afterMs - (Date.now() - began));
    await sleep(wait, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) break;
    if (event.at === 'KILL') {
      if (!house.kill(event.part)) continue;
      toll.kills[event.part] += 1;
      say(`killed ${event.part}`);
      continue;
    }
    // The sandbox may be away just now: then it misbehaves enough already.
    await setFault(world, event.fault).then(
      () => {
        toll.faults += 1;
      },
      () => undefined,
    );
  }
  return toll;
}

function killsOf(): Record<Part, number> {
  return { worker: 0, 'worker-2': 0, api: 0, sandbox: 0, postgres: 0, temporal: 0 };
}

/** Notes payouts that stand in doubt, looking twice a second. @returns their ids */
async function watchDoubts({ db }: Playhouse, over: AbortSignal): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  while (!over.aborted) {
    const rows = await db
      .selectFrom('payouts')
      .select('id')
      .where('state', '=', 'UNKNOWN')
      .execute()
      .catch(() => []);
    for (const { id } of rows) seen.add(id);
    await sleep(500, undefined, { signal: over }).catch(() => undefined);
  }
  return seen;
}

async function resolvedOf({ db }: Playhouse, doubts: ReadonlySet<string>): Promise<number> {
  if (doubts.size === 0) return 0;
  const rows = await db
    .selectFrom('payouts')
    .select('id')
    .where('id', 'in', [...doubts])
    .where('state', 'not in', ['SENT', 'ACCEPTED', 'UNKNOWN'])
    .execute();
  return rows.length;
}

/** Lets the house come to rest: loans arrive, accepted payments settle, nothing is retried any more. */
async function comeToRest(
  house: Playhouse,
  world: World,
  players: readonly Player[],
  { settleSeconds, atOnce, say }: ChaosOptions,
): Promise<void> {
  await house.allUp();
  await fetch(`${world.sandboxUrl}/_admin/faults`, { method: 'DELETE' });
  const over = AbortSignal.timeout(settleSeconds * 1_000);
  const underway = players.filter((player) => !hasArrived(player));
  say(`the killing is over; ${underway.length} loans are still on their way`);
  const tell = () =>
    say(`${underway.filter(hasArrived).length} of ${underway.length} have arrived`);
  await playAll(world, underway, { atOnce, over, tell });
  while (!over.aborted) {
    const stuck = await findStuck(house.client);
    const doubts = await house.db
      .selectFrom('payouts')
      .select('id')
      .where('state', 'in', ['SENT', 'ACCEPTED', 'UNKNOWN', 'RELEASED'])
      .execute();
    const owing = await house.db
      .selectFrom('applications')
      .select('id')
      .where('stage', '=', 'SERVICE')
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('loans')
              .select('loans.id')
              .whereRef('loans.application_id', '=', 'applications.id'),
          ),
        ),
      )
      .execute();
    if (stuck.length + doubts.length + owing.length === 0) return;
    await sleep(500);
  }
}

async function judge(
  { db, client, sandboxUrl }: Playhouse,
  players: readonly Player[],
): Promise<readonly Check[]> {
  const bank = await readBank(sandboxUrl);
  const acknowledged = players.flatMap((one) =>
    one.acknowledged && one.applicationId !== null ? [one.applicationId] : [],
  );
  return [
    await checkPayouts(db, bank),
    ...(await checkLedger(db)),
    await checkBank(db, bank),
    await checkWorkflows(db, client),
    await checkNothingLost(db, acknowledged),
    await checkNamed(db),
    {
      title: 'every applicant was served in the end',
      against: players
        .filter(({ acknowledged: taken }) => !taken)
        .map(({ part, trouble }) => `${part.persona} ${part.variant}: ${trouble ?? 'no answer'}`),
    },
  ];
}

/** Where those stand that are not in service, and what the driver of one that is still on its way ran into last. */
function countNamed(players: readonly Player[]): Record<string, number> {
  const named: Record<string, number> = {};
  for (const player of players) {
    const { stands, trouble } = player;
    if (stands.startsWith('SERVICE')) continue;
    const name = hasArrived(player) || trouble === null ? stands : `${stands} (${trouble})`;
    named[name] = (named[name] ?? 0) + 1;
  }
  return named;
}

/** Lives the loans through the chaos in a house of its own, and tells what came of it. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { loans, seconds, atOnce, say } = options;
  const house = await openPlayhouse({
    temporalCli: options.temporalCli,
    ...(options.bundle === undefined ? {} : { bundle: options.bundle }),
    workers: 2,
    isKilled: true,
    say,
  });
  try {
    const tries: Tries = { requests: 0, repeated: 0 };
    const world = openWorld(house.apiUrl, house.sandboxUrl, retryingFetch(PATIENCE, tries));
    const players = castOf(world, loans);
    const began = Date.now();
    const peace = new AbortController();
    const timesUp = AbortSignal.timeout(seconds * 1_000);
    const toll = wreak(house, world, options, AbortSignal.any([peace.signal, timesUp]));
    const doubts = watchDoubts(house, peace.signal);
    const tell = () => {
      const arrived = players.filter(hasArrived).length;
      say(`${arrived} of ${loans} loans have arrived`);
    };
    await playAll(world, players, { atOnce, over: timesUp, tell });
    const chaosEnded = Date.now();
    peace.abort();
    const { kills, faults } = await toll;
    await comeToRest(house, world, players, options);
    const seen = await doubts;
    const checks = await judge(house, players);
    return {
      kills,
      faults,
      loans,
      acknowledged: players.filter(({ acknowledged }) => acknowledged).length,
      paid: players.filter(({ stands }) => stands.startsWith('SERVICE')).length,
      named: countNamed(players),
      unknown: { seen: seen.size, resolved: await resolvedOf(house, seen) },
      tries,
      checks,
      tookSeconds: {
        chaos: Math.round((chaosEnded - began) / 1_000),
        rest: Math.round((Date.now() - chaosEnded) / 1_000),
      },
    };
  } finally {
    await house.close();
  }
}

/** How often something was killed in all. */
export const killsInAll = ({ kills }: ChaosReport): number =>
  PARTS.reduce((sum, part) => sum + kills[part], 0);
