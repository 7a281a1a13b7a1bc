/** Reads the one answer form of every service: which code is an answer and which is a failure. */
import { z } from 'zod';
import { OutsideFailure, type OutsideFailureCode } from '../ports/answers.ts';

/** What a call gave; `ACCEPTED` means: processed later, ask again with the same request number. */
export type GatewayAnswer =
  | { readonly kind: 'FOUND'; readonly charged: boolean; readonly data: unknown }
  | { readonly kind: 'NO_RECORD'; readonly charged: boolean }
  | {
      readonly kind: 'ACCEPTED';
      readonly charged: boolean;
      readonly data: unknown;
      readonly retryAfterMs: number | undefined;
    };

/** Which call an answer belongs to. */
export interface CallName {
  readonly service: string;
  readonly operation: string;
  readonly requestNo: string;
}

const answerForm = z.object({
  code: z.string(),
  requestNo: z.string().nullable(),
  charged: z.boolean(),
  data: z.unknown(),
});

const waitForm = z.object({ retryAfterMs: z.int().nonnegative() });
const maintenanceForm = z.object({ until: z.iso.datetime({ offset: true }) });

/** The failures by code (outside-world.md "Envelope"); a code that is not there is an answer or unreadable. */
const FAILURES: Readonly<Record<string, OutsideFailureCode>> = {
  '2001': 'UNAUTHORISED',
  '2002': 'UNAUTHORISED',
  '4001': 'REJECTED',
  '4290': 'THROTTLED',
  '5001': 'BUSY',
  '5002': 'MAINTENANCE',
};

/**
 * Reads an answer whose signature was already verified.
 * @throws OutsideFailure of the answer's code, or BAD_ANSWER when it is not of the form or answers another request
 */
export function readGatewayAnswer(call: CallName, body: Uint8Array, now: Date): GatewayAnswer {
  const said = answerForm.safeParse(parseJson(body));
  if (!said.success) throw fail(call, 'BAD_ANSWER');
  const { code, requestNo, charged, data } = said.data;
  // A refusal may come before the number was read and then names none; whatever it names must be ours.
  if (requestNo !== null && requestNo !== call.requestNo) throw fail(call, 'BAD_ANSWER');
  const failure = FAILURES[code];
  if (failure !== undefined) throw fail(call, failure, waitOf(data, now));
  if (requestNo === null) throw fail(call, 'BAD_ANSWER');
  switch (code) {
    case '0000':
      return { kind: 'FOUND', charged, data };
    case '1001':
      return { kind: 'NO_RECORD', charged };
    case '3001':
      return { kind: 'ACCEPTED', charged, data, retryAfterMs: waitOf(data, now) };
    default:
      throw fail(call, 'BAD_ANSWER');
  }
}

/** How long they ask us to wait, in milliseconds; only the signed body is believed, not the Retry-After header. */
function waitOf(data: unknown, now: Date): number | undefined {
  const wait = waitForm.safeParse(data);
  if (wait.success) return wait.data.retryAfterMs;
  const maintenance = maintenanceForm.safeParse(data);
  if (!maintenance.success) return undefined;
  return Math.max(0, Date.parse(maintenance.data.until) - now.getTime());
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function fail(call: CallName, code: OutsideFailureCode, retryAfterMs?: number): OutsideFailure {
  return new OutsideFailure(call.service, call.operation, code, { retryAfterMs });
}
