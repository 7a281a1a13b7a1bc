/** An operation of a service: its input, its price, and what it does within the transaction that remembers its answer. */
import type { Transaction } from '@electric-sql/pglite';
import type { z } from 'zod';
import type { Outcome, ServiceName } from './answer.ts';
import type { CallbackDisturbance } from './faults.ts';

/** One call as an operation sees it. */
export interface Call {
  /** The transaction in which the request row is written too: both or neither. */
  readonly tx: Transaction;
  readonly requestNo: string;
  readonly appId: string;
  readonly now: Date;
  /** When this request number was first seen; equals `now` for a new one. */
  readonly firstAskedAt: Date;
  /** How a callback caused by this call is to be disturbed; null for an undisturbed one. */
  disturbance(): CallbackDisturbance | null;
  /** Runs after the commit and before the answer leaves, e.g. for a callback that overtakes its answer. */
  beforeAnswer(task: () => Promise<void>): void;
}

/** A parsed call, ready to run, or the reason why the body is none. */
export type ParsedCall =
  | { readonly ok: true; run(call: Call): Promise<Outcome> }
  | { readonly ok: false; readonly message: string };

export interface Operation {
  readonly service: ServiceName;
  readonly name: string;
  /** Price of one request number in fen, charged with a final answer. */
  readonly priceFen: number;
  /** False for plain reads, which answer the present state however often they are asked. */
  readonly remembered: boolean;
  parse(body: unknown): ParsedCall;
}

interface OperationSpec<Input> {
  readonly service: ServiceName;
  readonly name: string;
  readonly priceFen: number;
  readonly remembered?: boolean;
  readonly input: z.ZodType<Input>;
  handle(input: Input, call: Call): Promise<Outcome>;
}

/** Ties an input schema to its handler, so that a handler never sees an unparsed body. */
export function operation<Input>(spec: OperationSpec<Input>): Operation {
  return {
    service: spec.service,
    name: spec.name,
    priceFen: spec.priceFen,
    remembered: spec.remembered ?? true,
    parse: (body) => {
      const parsed = spec.input.safeParse(body);
      if (!parsed.success) {
        // Only the paths are named: the values may be personal data.
        const fields = parsed.error.issues.map(
          (issue) => `${issue.path.join('.') || 'body'}: ${issue.code}`,
        );
        return { ok: false, message: `bad request (${fields.join('; ')})` };
      }
      const input = parsed.data;
      return { ok: true, run: (call) => spec.handle(input, call) };
    },
  };
}
