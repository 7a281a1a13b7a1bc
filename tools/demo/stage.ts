/** One loan on the stage: prints what happens to it as it happens, stage by stage with durations, and who did what. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { XindaiClient } from '../../api/client.ts';
import { data, type Persona, type World } from '../teller/world.ts';
import type { Place } from './place.ts';

const LOOK_EVERY_MS = 100;

/** One entry of the loan's record of stages. */
export interface StageEvent {
  readonly from: string;
  readonly to: string;
  readonly actorKind: string;
  readonly actor: string | null;
  readonly role: string | null;
  readonly reason: string;
  readonly at: string;
}

/** What one story is told with. */
export interface Stage {
  readonly world: World;
  readonly place: Place;
  readonly persona: Persona;
  /** The applicant of this story. */
  readonly client: XindaiClient;
  readonly applicationId: string;
  /** Prints what somebody does, after the changes of stage that came before it. */
  readonly act: (line: string) => Promise<void>;
}

export type Print = (line: string) => void;

/** A line with the seconds since the story began before it. */
export function sayer(print: Print, startedAt: number): (line: string) => void {
  return (line) =>
    print(`  ${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
}

/** Milliseconds as seconds, ten characters wide. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`.padStart(10);
}

/** How long the loan stood in each stage it has left: since the event before, or since the draft was begun. */
export function withDurations(
  events: readonly StageEvent[],
  createdAt: string,
): readonly (StageEvent & { readonly stoodMs: number })[] {
  return events.map((event, at) => {
    const since = events[at - 1]?.at ?? createdAt;
    return { ...event, stoodMs: Date.parse(event.at) - Date.parse(since) };
  });
}

/** Prints the changes of stage as they appear on the record, until it is stopped. */
export interface Watch {
  /** Looks now. @returns every event so far, in order */
  look(): Promise<readonly StageEvent[]>;
  /** Looks a last time and stops. */
  stop(): Promise<readonly StageEvent[]>;
}

/** @param client of somebody who may see who acted @param createdAt when the draft was begun */
export function watchStages(
  client: XindaiClient,
  applicationId: string,
  createdAt: string,
  say: (line: string) => void,
): Watch {
  const over = new AbortController();
  let shown = 0;
  const look = async (): Promise<readonly StageEvent[]> => {
    const { events } = await data(client.applications.timeline(applicationId));
    for (const event of withDurations(events, createdAt).slice(shown)) say(stageLine(event));
    shown = Math.max(shown, events.length);
    return events;
  };
  const watching = (async () => {
    while (!over.signal.aborted) {
      await look();
      await sleep(LOOK_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  // A failure to look is told by stop; the story may have failed by itself before that.
  watching.catch(() => undefined);
  return {
    look,
    async stop() {
      over.abort();
      await watching;
      return await look();
    },
  };
}

/** The person of the staff who acted, or the role of anybody else. */
export function byWhom({ actorKind, actor, role }: StageEvent): string {
  if (actorKind !== 'human') return actorKind;
  return role === 'applicant' ? role : (actor ?? actorKind);
}

function stageLine(event: StageEvent & { readonly stoodMs: number }): string {
  const { from, to, reason, stoodMs } = event;
  return `${from.padEnd(8)} ${seconds(stoodMs)} → ${to.padEnd(9)}  ${byWhom(event).padEnd(16)} ${reason}`;
}
