/** One rehearsal: a portfolio that is applied for over the API, paid out, and lived through its months by the real workflows. */
import { trialBalance, type TrialBalanceLine } from '../../db/queries/reads/ledger.ts';
import { publishPolicy } from '../../tests/support/house-policy.ts';
import { readBank } from '../playhouse/bank.ts';
import {
  type Check,
  checkBank,
  checkLedger,
  checkNamed,
  checkPayouts,
  checkWorkflows,
} from '../playhouse/checks.ts';
import { openPlayhouse, type Playhouse } from '../playhouse/house.ts';
import { hasArrived, newPlayer, play } from '../playhouse/player.ts';
import { retryingFetch } from '../playhouse/retrying-fetch.ts';
import { openWorld, type World } from '../teller/world.ts';
import { type CastInput, castRehearsal } from './cast.ts';
import { checkPortfolio, checkReconciled } from './invariants.ts';
import { daysAfter, type Life, live } from './life.ts';

export interface RehearsalOptions extends CastInput {
  /** How many loans are on their way at once. */
  readonly atOnce: number;
  readonly temporalCli: string;
  readonly bundle?: string;
  readonly say: (line: string) => void;
  /** Told after each loan that has arrived and each month that was lived. */
  readonly progress: (done: Progress) => void;
}

export interface Progress {
  readonly arrived: number;
  readonly months: number;
  /** Months that the paid-out loans have to live in all, as far as is known. */
  readonly monthsInAll: number;
}

export interface RehearsalReport {
  readonly lives: readonly Life[];
  readonly paid: number;
  readonly ended: Readonly<Record<string, number>>;
  readonly loanMonths: number;
  readonly trialBalance: readonly TrialBalanceLine[];
  readonly checks: readonly Check[];
  readonly tookSeconds: { readonly lives: number; readonly checks: number };
}

/** An application that has not arrived by then is told as trouble. */
const ARRIVES_WITHIN_MS = 300_000;
/**
 * Debits run on the due date and once more on the day after it; the shipped policy leaves them out. Each is four steps of the
 * loan's workflow and a signed call to the bank: more of them would be most of what a portfolio costs.
 */
const POLICY = { 'service.debitDays': 2, 'service.debitHours': [9] };
const FAR = '9999-12-31';

/** The last day of the rehearsal: a day more than so many months from today, in Shanghai. */
function horizon(months: number): string {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  return daysAfter(today, Math.ceil(months * 30.5) + 1);
}

async function liveAll(
  house: Playhouse,
  world: World,
  lives: readonly Life[],
  options: RehearsalOptions,
): Promise<void> {
  const untilDay = horizon(options.months);
  const waiting = [...lives];
  const done = { arrived: 0, months: 0, monthsInAll: lives.length * options.months };
  const one = async (life: Life): Promise<void> => {
    await play(world, life.player, AbortSignal.timeout(ARRIVES_WITHIN_MS));
    done.arrived += 1;
    if (!hasArrived(life.player))
      throw new Error(`stands at ${life.player.stands} (${life.player.trouble ?? 'no trouble'})`);
    if (!life.player.stands.startsWith('SERVICE')) {
      done.monthsInAll -= options.months;
      options.progress(done);
      return;
    }
    await live(house, life, untilDay, () => {
      done.months += 1;
      options.progress(done);
    });
  };
  const hand = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const life = next;
      await one(life).catch((error: unknown) => {
        life.trouble = error instanceof Error ? error.message : String(error);
      });
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, hand));
}

async function judge(house: Playhouse, lives: readonly Life[]): Promise<readonly Check[]> {
  const { db, client, sandboxUrl } = house;
  const bank = await readBank(sandboxUrl);
  return [
    ...(await checkLedger(db)),
    await checkBank(db, bank),
    await checkPayouts(db, bank),
    await checkReconciled(db, bank),
    ...(await checkPortfolio(db)),
    await checkWorkflows(db, client),
    await checkNamed(db),
    {
      title: 'every life was lived to the end of the rehearsal',
      against: lives.flatMap(({ borrower, trouble }) =>
        trouble === null ? [] : [`${borrower.behaviour} ${borrower.variant}: ${trouble}`],
      ),
    },
  ];
}

function endings(lives: readonly Life[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { player, months, borrower } of lives) {
    const place = player.stands.split('/')[0] ?? '';
    const key = `${borrower.behaviour}: ${place === 'SERVICE' ? (months.at(-1)?.state ?? place) : place}`;
    counted[key] = (counted[key] ?? 0) + 1;
  }
  return counted;
}

/** Lives a portfolio in a house of its own, and tells what came of it. */
export async function runRehearsal(options: RehearsalOptions): Promise<RehearsalReport> {
  const house = await openPlayhouse({
    temporalCli: options.temporalCli,
    ...(options.bundle === undefined ? {} : { bundle: options.bundle }),
    workers: 1,
    isKilled: false,
    say: options.say,
  });
  try {
    await publishPolicy(house.db, POLICY);
    const send = retryingFetch({ forMs: 30_000, tryMs: 20_000 }, { requests: 0, repeated: 0 });
    const world = openWorld(house.apiUrl, house.sandboxUrl, send);
    const lives = castRehearsal(options).map(
      (borrower): Life => ({
        borrower,
        player: newPlayer(world, borrower),
        months: [],
        trouble: null,
      }),
    );
    const began = Date.now();
    await liveAll(house, world, lives, options);
    const lived = Date.now();
    const checks = await judge(house, lives);
    return {
      lives,
      paid: lives.filter(({ player }) => player.stands.startsWith('SERVICE')).length,
      ended: endings(lives),
      loanMonths: lives.reduce((sum, { months }) => sum + months.length, 0),
      trialBalance: await trialBalance(house.db, FAR),
      checks,
      tookSeconds: {
        lives: Math.round((lived - began) / 1_000),
        checks: Math.round((Date.now() - lived) / 1_000),
      },
    };
  } finally {
    await house.close();
  }
}
