/** One loan's story as it runs: where it stands, who may speak now, and how a failing step is parked for people. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  condition,
  isCancellation,
  setCurrentDetails,
  TimeoutFailure,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import type { StoryTerms } from '../activities/index.ts';
import type { ActSeal } from '../domain/acts.ts';
import type { Placed, RefusalCode } from '../activities/outcomes.ts';
import { type Actor, type Ending, isEnding } from '../domain/journey.ts';
import { type Doors, openDoors } from './doors.ts';
import { Floor } from './floor.ts';
import type { Standing, WithdrawInput } from './messages.ts';
import { drawProgress } from './progress.ts';
import { UndoStack } from './saga.ts';
import { DecisionOutcome, LoanStage, NeedsHuman, SlaDueAt } from './search-attributes.ts';

/** How a story ends before the money moved: the ending is on the record already, or is still to be written there. */
export type EndsWith =
  | { readonly recorded: true }
  | {
      readonly recorded: false;
      readonly ending: Ending;
      readonly reason: string;
      readonly actor: Actor;
      readonly cause: string;
      readonly seal: ActSeal | undefined;
    };

/** A step that waits for operations, and what they decided. */
export interface ParkedCase {
  readonly caseId: string;
  readonly skippable: boolean;
  action: 'RETRY' | 'SKIP' | undefined;
}

type Attempt<T> = { readonly value: T } | 'RETRY' | 'SKIP';

/** What operations see of a loan; a field left out stays as it is. */
export interface Shown {
  readonly stage?: string;
  readonly needsHuman?: boolean;
  readonly slaDueAt?: Date | null;
  readonly decision?: string;
}

/** A refusal that fails one update and nothing else; its type is the code the API maps. */
export function refusal(code: RefusalCode): ApplicationFailure {
  return ApplicationFailure.nonRetryable(code, code);
}

/** The coded reason of a step that failed, without its text. */
export function codeOf(error: ActivityFailure | ChildWorkflowFailure): string {
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return cause.type ?? 'UNKNOWN';
  return cause instanceof TimeoutFailure ? 'TIMED_OUT' : 'UNKNOWN';
}

const DAY_MS = 86_400_000;

export class Story {
  readonly applicationId: string;
  readonly doors: Doors = openDoors();
  readonly undo = new UndoStack();
  readonly scope = new CancellationScope({ cancellable: true });
  place: Placed = { stage: 'APPLY', version: 0, pending: null };
  /** False for a story that began before acts were sealed: it goes on by the steps its history has. */
  isSealed = false;
  /** Terms pinned at admission; reading them earlier is a mistake of ours. */
  #terms: StoryTerms | undefined;
  /** The act of withdrawal that is being carried out. */
  withdrawal: WithdrawInput | undefined;
  /** True from the release of a payout until the bank has refused it: nobody can withdraw then. */
  moneyMoving = false;
  /** True from the moment an approval is taken back until everything that rested on it is taken back too. */
  takenBack = false;
  /** The case that holds the story, while it is parked. */
  parked: ParkedCase | undefined;
  /** Grows each time a reviewer sends the application back. */
  round = 1;
  readonly #floor = new Floor();
  #parkings = 0;

  constructor(applicationId: string) {
    this.applicationId = applicationId;
  }

  get terms(): StoryTerms {
    if (this.#terms === undefined)
      throw ApplicationFailure.nonRetryable('terms read before admission', 'BROKEN_STORY');
    return this.#terms;
  }

  admit(terms: StoryTerms): void {
    this.#terms = terms;
  }

  get ended(): boolean {
    return isEnding(this.place.stage) || this.paid;
  }

  /** True once the money was paid: nothing is taken back from then on. */
  get paid(): boolean {
    return this.place.stage === 'SERVICE' || this.place.stage === 'SETTLED';
  }

  /** The ending that is already on the record, or null while the story goes on. */
  endedAs(): EndsWith | null {
    return isEnding(this.place.stage) && !this.paid ? { recorded: true } : null;
  }

  /** Takes over where an activity says the application stands, unless the story has heard of more since. */
  stand(placed: Placed): void {
    if (placed.version < this.place.version) return;
    this.place = { stage: placed.stage, version: placed.version, pending: placed.pending };
  }

  standing(): Standing {
    return { stage: this.place.stage, version: this.place.version, pending: this.place.pending };
  }

  /** Lets one person or timer act at a time, so that each sees what the one before it did. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#floor.alone(work);
  }

  /** Runs a step of the machine and takes over where it leaves the application. */
  async advance<T extends Placed>(name: string, attempt: () => Promise<T>): Promise<T> {
    const placed = await this.step(name, attempt);
    this.stand(placed);
    return placed;
  }

  /** Runs a step; one that fails for good is parked until two people send it on its way again. */
  async step<T>(name: string, attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      const done = await this.#attempt(name, attempt, false);
      if (typeof done === 'object') return done.value;
    }
  }

  /** Runs a step that people may also decide to leave out, such as a compensation that the world refuses. */
  async stepOrSkip(name: string, attempt: () => Promise<unknown>): Promise<void> {
    let done: Attempt<unknown>;
    do {
      done = await this.#attempt(name, attempt, true);
    } while (done === 'RETRY');
  }

  async #attempt<T>(
    name: string,
    attempt: () => Promise<T>,
    skippable: boolean,
  ): Promise<Attempt<T>> {
    try {
      return { value: await attempt() };
    } catch (error) {
      if (isCancellation(error)) throw error;
      // What was under way when the approval was taken back has lost its ground, and nobody is asked about it.
      if (this.takenBack) throw new CancelledFailure('the approval was taken back');
      if (!(error instanceof ActivityFailure || error instanceof ChildWorkflowFailure)) throw error;
      return await this.#park(name, codeOf(error), skippable);
    }
  }

  /** Parks the story as NEEDS_OPERATOR and waits for what two people decide. */
  async #park(step: string, failureCode: string, skippable: boolean): Promise<'RETRY' | 'SKIP'> {
    this.#parkings += 1;
    const cause = `${this.applicationId}:${step}:${this.#parkings}`;
    const { applicationId } = this;
    const opened = await this.doors.record.openCase({ applicationId, step, failureCode, cause });
    const parked: ParkedCase = { caseId: opened.caseId, skippable, action: undefined };
    this.parked = parked;
    this.place = { ...this.place, pending: 'OPERATOR' };
    this.show({ stage: 'NEEDS_OPERATOR', needsHuman: true });
    try {
      await this.waitForPeople('OPERATOR', () => parked.action !== undefined);
    } finally {
      // Left by a withdrawal too: nobody can decide then on a step that is not taken any more.
      this.parked = undefined;
    }
    this.show({ stage: this.place.stage, needsHuman: false });
    return parked.action ?? 'RETRY';
  }

  /** Waits for what only people can do, and reminds them once a term: nobody is waited for in silence. */
  async waitForPeople(what: string, done: () => boolean): Promise<void> {
    const { applicationId } = this;
    const termMs = this.#terms?.reviewSlaMs ?? DAY_MS;
    while (!(await condition(done, termMs))) {
      const placed = await this.doors.record.remindPeople({ applicationId, what });
      // A story that operations have set back hears here that its record has gone on without it.
      if (placed !== undefined) this.stand(placed);
    }
  }

  /** Shows operations where the loan is; one call is one history event, so only waits call it. */
  show(shown: Shown): void {
    const pairs: SearchAttributeUpdatePair[] = [];
    if (shown.stage !== undefined) pairs.push({ key: LoanStage, value: shown.stage });
    if (shown.needsHuman !== undefined) pairs.push({ key: NeedsHuman, value: shown.needsHuman });
    if (shown.slaDueAt !== undefined) pairs.push({ key: SlaDueAt, value: shown.slaDueAt });
    if (shown.decision !== undefined) pairs.push({ key: DecisionOutcome, value: shown.decision });
    upsertSearchAttributes(pairs);
    setCurrentDetails(drawProgress(this.place));
  }
}
