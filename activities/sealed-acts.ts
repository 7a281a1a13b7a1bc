/**
 * Takes an act of a person only under the seal of the API. One place for every activity that records one: what is not
 * sealed, is of another act, or has lain too long is refused, changes nothing, and is told in the trail.
 */
import { type ActName, type ActSeal, actText, sealAge } from '../domain/acts.ts';
import { recordAudit } from '../db/queries/audit.ts';
import type { ActivityDeps } from './deps.ts';
import { finalFailure } from './failures.ts';
import type { RefusalCode } from './outcomes.ts';

/** The seal an act came with; undefined where it came without, which is refused. */
export interface Sealed {
  readonly seal: ActSeal | undefined;
}

/**
 * The act whose seal an activity asks for. `SAID` records the act itself and refuses as a value; `CARRIED_ON` does later,
 * perhaps after days of waiting for people, what a recorded act began: there the seal's age does not count, and what bears
 * none is a final failure.
 */
export interface SealRule {
  readonly act: ActName;
  readonly as: 'SAID' | 'CARRIED_ON';
}

type Fault = 'MISSING' | 'NOT_OF_THIS_ACT' | 'FUTURE' | 'STALE';

/** What a name may look like in the trail: whoever goes round the API writes what they like. */
const PLAIN = /^[\w.:@/-]{1,64}$/;
const plain = (value: unknown): string | null =>
  typeof value === 'string' && PLAIN.test(value) ? value : null;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function faultOf(
  { actSealer }: Pick<ActivityDeps, 'actSealer'>,
  rule: SealRule,
  input: Readonly<Record<string, unknown>>,
): Fault | null {
  const { seal, actor, applicationId, cause } = input;
  if (!isObject(seal) || typeof seal['issuedAt'] !== 'string') return 'MISSING';
  if (!isObject(actor) || typeof applicationId !== 'string' || typeof cause !== 'string')
    return 'NOT_OF_THIS_ACT';
  const { issuedAt } = seal;
  const { kind, subject, role } = actor;
  if (kind !== 'human' || typeof subject !== 'string') return 'NOT_OF_THIS_ACT';
  if (role !== null && typeof role !== 'string') return 'NOT_OF_THIS_ACT';
  const frame = { applicationId, actor: { kind, subject, role }, key: cause, issuedAt } as const;
  if (!actSealer.bears(actText(rule.act, frame, input), seal['mac'])) return 'NOT_OF_THIS_ACT';
  const age = rule.as === 'SAID' ? sealAge(issuedAt, Date.now()) : 'FRESH';
  return age === 'FRESH' ? null : age;
}

async function tell(
  deps: ActivityDeps,
  rule: SealRule,
  input: Readonly<Record<string, unknown>>,
  fault: Fault,
): Promise<void> {
  const { actor, applicationId } = input;
  const claimed = isObject(actor) ? plain(actor['subject']) : null;
  await recordAudit(deps.db, {
    actor: 'xindai',
    role: null,
    via: 'worker',
    action: 'act.refuse',
    subjectKind: 'application',
    subjectId: plain(applicationId) ?? 'unknown',
    result: 'DENIED',
    reason: 'ACT_NOT_SEALED',
    detail: { act: rule.act, fault, claimed },
  });
  deps.log.error({ act: rule.act, fault }, 'act without the seal of the API refused');
}

/** Refuses an act as its activity would: as a value where the act is recorded, as a final failure where it is carried on. */
const REFUSED: { readonly ok: false; readonly code: RefusalCode } = {
  ok: false,
  code: 'ACT_NOT_SEALED',
};

/**
 * Runs a verb on an act that bears its seal. What a machine or a clock carries on was never said by anybody and passes: the
 * journey itself keeps them from what only people may do.
 */
export async function underSeal(
  deps: ActivityDeps,
  rule: SealRule,
  given: unknown,
  verb: () => Promise<unknown>,
): Promise<unknown> {
  const input = isObject(given) ? given : {};
  const { actor } = input;
  const isMachine = isObject(actor) && (actor['kind'] === 'system' || actor['kind'] === 'timer');
  if (rule.as === 'CARRIED_ON' && isMachine) return await verb();
  const fault = faultOf(deps, rule, input);
  if (fault === null) return await verb();
  await tell(deps, rule, input, fault);
  if (rule.as === 'SAID') return REFUSED;
  throw finalFailure('ACT_NOT_SEALED');
}
