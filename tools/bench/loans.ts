/** Drives straight approvals through the API with the people's steps answered at once. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { ActOptions, Answer } from '../../api/client.ts';
import { confirmCosts, fillIn, provedSigning } from '../teller/applicant.ts';
import { data, fetchPersona, openWorld, Refused, type World } from '../teller/world.ts';
import type { BenchHouse } from './house.ts';
import { createSignposts, type Signposts } from './in-flight.ts';

/** Name in the bench's own query, which is left out of the count of statements. */
export const LOOK_MARK = 'bench_look';
const LOOK_EVERY_MS = 30;
/** Several people of finance release payouts, as they would. */
const FINANCE = 10;

/** One filled-in application that waits to be submitted. */
export interface Draft {
  readonly id: string;
  readonly subject: string;
  readonly evidenceVersion: number;
}

/** What people need to know of a loan to act on it. */
interface Place {
  readonly id: string;
  readonly stage: string;
  readonly pending: string | null;
  readonly offer_id: string | null;
  readonly contract_id: string | null;
  readonly payout_id: string | null;
}

export interface Loans {
  /** Fills in one draft of a clean applicant. */
  prepare(variant: number): Promise<Draft>;
  /** From the submission to the paid-out loan. */
  run(draft: Draft): Promise<void>;
  /** How many acts had to be sent again so far, by what the API had said. */
  sentAgain(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/** Where all loans in flight stand is asked by one query for all of them, so that the asking costs next to nothing. */
const LOOK = `select a.id, true as ${LOOK_MARK}, a.stage, a.pending, o.id as offer_id, c.id as contract_id, p.id as payout_id
  from applications a
  left join offers o on o.application_id = a.id
  left join contracts c on c.application_id = a.id
  left join payouts p on p.application_id = a.id and p.state = 'READY'
  where a.id = any($1)`;

export async function openLoans(house: BenchHouse): Promise<Loans> {
  const world = openWorld(house.apiUrl, house.sandboxUrl);
  const database = new Client({ connectionString: house.databaseUrl });
  await database.connect();
  await database.query('set search_path to xindai');
  const signposts = createSignposts();
  const inFlight = new Map<string, Place | undefined>();
  const over = new AbortController();
  const looking = lookOn(database, signposts, inFlight, over.signal);
  looking.catch(() => undefined);
  const again = new Map<string, number>();
  const act: Act = (send) => insist(send, (code) => again.set(code, (again.get(code) ?? 0) + 1));
  const known = (id: string): Place => {
    const place = inFlight.get(id);
    if (place === undefined) throw new Error(`${id} is not in flight`);
    return place;
  };
  return {
    async prepare(variant) {
      const subject = `bench-${variant}`;
      const persona = await fetchPersona(world, 'straight-approval', variant);
      const client = world.as('applicant', subject);
      const id = await fillIn(client, persona);
      const { evidenceVersion } = await data(client.applications.get(id));
      return { id, subject, evidenceVersion };
    },
    async run(draft) {
      inFlight.set(draft.id, undefined);
      try {
        await Promise.race([looking, live({ world, signposts, known, act }, draft)]);
      } finally {
        inFlight.delete(draft.id);
      }
    },
    sentAgain: () => Object.fromEntries(again),
    async stop() {
      over.abort();
      await looking;
      await database.end();
    },
  };
}

async function lookOn(
  database: Client,
  signposts: Signposts,
  inFlight: Map<string, Place | undefined>,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    if (inFlight.size > 0) {
      const { rows } = await database.query<Place>(LOOK, [[...inFlight.keys()]]);
      for (const place of rows) {
        if (!inFlight.has(place.id)) continue;
        inFlight.set(place.id, place);
        if (isActionable(place)) signposts.tell(place.id, place.stage);
      }
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

/** True when somebody can act: at OFFER, SIGN and DISBURSE only once what they act on is there. */
function isActionable({ stage, pending, payout_id: payoutId }: Place): boolean {
  if (stage === 'DISBURSE') return payoutId !== null;
  return stage === 'SERVICE' || pending !== null;
}

interface Means {
  readonly world: World;
  readonly signposts: Signposts;
  readonly known: (id: string) => Place;
  readonly act: Act;
}

async function live({ world, signposts, known, act }: Means, draft: Draft): Promise<void> {
  const { id, subject, evidenceVersion } = draft;
  const client = world.as('applicant', subject);
  await act((key) => client.applications.submit(id, { evidenceVersion }, key));
  await signposts.reached(id, 'OFFER');
  await act((key) => client.offers.accept(known(id).offer_id ?? '', key));
  await signposts.reached(id, 'SIGN');
  const contractId = known(id).contract_id ?? '';
  await confirmCosts(client, contractId);
  const signing = await provedSigning(client, contractId);
  await act((key) => client.contracts.sign(contractId, signing, key));
  await signposts.reached(id, 'DISBURSE');
  const person = `finance-${Number.parseInt(id.slice(0, 4), 16) % FINANCE}`;
  const finance = world.as('finance-maker', person);
  const payoutId = known(id).payout_id ?? '';
  await act((key) => finance.payouts.release(payoutId, key));
  const checker = world.as('finance-checker', `checker-${person}`);
  await act((key) => checker.payouts.confirm(payoutId, key));
  await signposts.reached(id, 'SERVICE');
}

/** Sends one act under the key it is given. */
type Act = (send: (key: ActOptions) => Promise<Answer<unknown>>) => Promise<void>;

const INSIST_MS = 300_000;
const INSIST_EVERY_MS = 50;

/**
 * Sends an act until it is taken, as a patient client would: a failure of the server is tried again under the same key,
 * a loan that is not there yet under a new one.
 */
async function insist(
  send: (key: ActOptions) => Promise<Answer<unknown>>,
  heard: (code: string) => void,
): Promise<void> {
  const deadline = Date.now() + INSIST_MS;
  let key: ActOptions = { idempotencyKey: randomUUID() };
  for (;;) {
    try {
      await data(send(key));
      return;
    } catch (error) {
      const isLate = Date.now() > deadline;
      if (!(error instanceof Refused) || isLate) throw error;
      if (error.status < 500 && error.code !== 'STAGE_DOES_NOT_FIT') throw error;
      if (error.status < 500) key = { idempotencyKey: randomUUID() };
      heard(error.code);
      await sleep(INSIST_EVERY_MS);
    }
  }
}
