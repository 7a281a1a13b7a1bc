/** What goes wrong and when, drawn from a seed: the same seed kills the same processes at the same moments and sets the same faults. */
import { drawing } from '../playhouse/drawing.ts';
import { PARTS, type Part } from '../playhouse/house.ts';

/** A process that is killed. */
export interface Kill {
  readonly at: 'KILL';
  /** Milliseconds after the beginning. */
  readonly afterMs: number;
  readonly part: Part;
}

/** A fault of the outside world, as `POST /_admin/faults` takes it. */
export interface PlannedFault {
  readonly at: 'FAULT';
  readonly afterMs: number;
  readonly fault: {
    readonly service: string;
    readonly operation?: string;
    readonly fault: string;
    readonly count: number;
    readonly delayMs?: number;
  };
}

export interface PlanInput {
  readonly seed: string;
  readonly seconds: number;
  /** Shortest and longest time between two kills, in seconds. */
  readonly gap: readonly [number, number];
}

/** What the bank and the bureaus do wrong; each can be survived without a person. */
const FAULTS: readonly PlannedFault['fault'][] = [
  { service: 'bank', operation: 'transfer', fault: 'drop-reply', count: 3 },
  { service: 'bank', operation: 'transfer', fault: 'drop-request', count: 2 },
  { service: 'bank', operation: 'transfer', fault: 'duplicate-callback', count: 3 },
  { service: 'bank', operation: 'transfer', fault: 'late-callback', count: 2, delayMs: 5_000 },
  { service: 'bank', operation: 'transfer', fault: 'out-of-order', count: 2 },
  { service: 'bank', operation: 'transfer', fault: 'no-callback', count: 2 },
  { service: 'bank', operation: 'transfer', fault: 'crash', count: 1 },
  { service: 'bank', operation: 'query', fault: 'drop-reply', count: 2 },
  { service: 'pboc', fault: 'busy', count: 2 },
  { service: 'baihang', fault: 'drop-reply', count: 2 },
  { service: 'ca', fault: 'drop-reply', count: 2 },
];

function shuffled<T>(of: readonly T[], draw: () => number): T[] {
  return of
    .map((one) => ({ one, place: draw() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ one }) => one);
}

/**
 * The kills and faults of one run, in their order. Processes are drawn from a bag that is filled again when it is empty, so
 * that a long run kills each of them about as often; half of the gaps bring a fault too.
 */
export function planChaos({ seed, seconds, gap }: PlanInput): readonly (Kill | PlannedFault)[] {
  const draw = drawing(seed);
  const [shortest, longest] = gap;
  const events: (Kill | PlannedFault)[] = [];
  let bag: Part[] = [];
  let afterMs = 0;
  for (;;) {
    const waitMs = Math.round((shortest + draw() * (longest - shortest)) * 1_000);
    const fault = FAULTS[Math.floor(draw() * FAULTS.length * 2)];
    const faultAfterMs = afterMs + Math.round(waitMs * draw());
    afterMs += waitMs;
    if (afterMs > seconds * 1_000) return events;
    if (fault !== undefined) events.push({ at: 'FAULT', afterMs: faultAfterMs, fault });
    if (bag.length === 0) bag = shuffled(PARTS, draw);
    const part = bag.shift();
    if (part !== undefined) events.push({ at: 'KILL', afterMs, part });
  }
}
