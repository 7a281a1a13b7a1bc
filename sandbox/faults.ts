/** The faults an operator may set on a service, and the decision, call by call, whether one fires. */
import { z } from 'zod';
import { SERVICES } from './answer.ts';
import { type Draws, drawsFrom } from './random.ts';

/** Faults that strike before the request is processed. */
const BEFORE = ['down', 'error', 'busy', 'throttle', 'maintenance', 'drop-request'] as const;
/** Faults that strike after it was processed, on the way back. */
const AFTER = [
  'drop-reply',
  'garbage',
  'truncate',
  'bad-signature',
  'wrong-person',
  'crash',
] as const;
/** Faults of the callback that a request causes. */
const CALLBACK = [
  'duplicate-callback',
  'late-callback',
  'early-callback',
  'out-of-order',
  'no-callback',
] as const;

/** Faults of the day's file: its last line stands there twice, or with a fen too much. The books stay as they are. */
const STATEMENT = ['duplicate-line', 'wrong-amount'] as const;

export type BeforeFault = (typeof BEFORE)[number];
export type AfterFault = (typeof AFTER)[number];
export type CallbackFault = (typeof CALLBACK)[number];
export type StatementFault = (typeof STATEMENT)[number];
export const FAULT_NAMES = ['delay', ...BEFORE, ...AFTER, ...CALLBACK, ...STATEMENT] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** How a callback is disturbed; `delayMs` is the fault's own delay, null for the default. */
export interface CallbackDisturbance {
  readonly fault: CallbackFault;
  readonly delayMs: number | null;
}

/** Body of `POST /_admin/faults`. */
export const faultInput = z
  .object({
    /** A service of the envelope, or `*` for all of them. */
    service: z.enum([...SERVICES, '*']),
    operation: z.string().optional(),
    fault: z.enum(FAULT_NAMES),
    /** Chance that the fault fires on a matching call; 1 unless told. */
    probability: z.number().min(0).max(1).default(1),
    /** Fires at most so often; without end when absent. */
    count: z.number().int().positive().optional(),
    delayMs: z.number().int().min(0).max(86_400_000).optional(),
    /** Instant after which the fault is gone. */
    until: z.iso.datetime({ offset: true }).optional(),
    seed: z.string().default('fault'),
  })
  .strict();
export type FaultInput = z.infer<typeof faultInput>;

/** A fault in force. */
export interface Fault extends FaultInput {
  readonly id: number;
  /** How often it has fired. */
  fired: number;
}

export interface Faults {
  add(input: FaultInput): Fault;
  clear(): void;
  list(): readonly Fault[];
  /** The fault of the `names` that strikes this call, counted as fired; null when none does. */
  strike<Name extends FaultName>(
    names: readonly Name[],
    service: string,
    operation: string,
    now: Date,
  ): StruckFault<Name> | null;
}

export interface StruckFault<Name extends FaultName> {
  readonly name: Name;
  readonly delayMs: number | null;
  readonly until: string | null;
}

export const BEFORE_FAULTS: readonly BeforeFault[] = BEFORE;
export const AFTER_FAULTS: readonly AfterFault[] = AFTER;
export const CALLBACK_FAULTS: readonly CallbackFault[] = CALLBACK;
export const STATEMENT_FAULTS: readonly StatementFault[] = STATEMENT;

/** Faults live in memory: a restart heals the world, so that a `crash` cannot strike for ever. */
export function createFaults(): Faults {
  let faults: { fault: Fault; draws: Draws }[] = [];
  let lastId = 0;
  return {
    add: (input) => {
      lastId += 1;
      const fault: Fault = { ...input, id: lastId, fired: 0 };
      faults.push({ fault, draws: drawsFrom(input.seed, input.service, input.fault) });
      return fault;
    },
    clear: () => {
      faults = [];
    },
    list: () => faults.map(({ fault }) => fault),
    strike: (names, service, operation, now) => {
      for (const { fault, draws } of faults) {
        const name = names.find((candidate) => candidate === fault.fault);
        if (name === undefined || !applies(fault, service, operation, now)) continue;
        if (!draws.chance(fault.probability)) continue;
        fault.fired += 1;
        return { name, delayMs: fault.delayMs ?? null, until: fault.until ?? null };
      }
      return null;
    },
  };
}

function applies(fault: Fault, service: string, operation: string, now: Date): boolean {
  if (fault.service !== '*' && fault.service !== service) return false;
  if (fault.operation !== undefined && fault.operation !== operation) return false;
  if (fault.count !== undefined && fault.fired >= fault.count) return false;
  return fault.until === undefined || now.getTime() < Date.parse(fault.until);
}
