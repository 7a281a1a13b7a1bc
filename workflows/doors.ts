/** The doors through which the story reaches the activities: one set of options per task queue. */
import {
  ActivityCancellationType,
  CancellationScope,
  CancelledFailure,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { prefixOf, type Queue, queueName } from './ids.ts';

/** One HTTP call outside takes at most 8 s; the attempt leaves room for the database around it. */
const ONE_CALL = '20s';
/** Signing asks the time-stamp authority twice and the certificate authority once, one after the other. */
const SIGNING_CALLS = '60s';
const DAY_MS = 86_400_000;

function queue(name: Queue): string {
  return queueName(prefixOf(workflowInfo().taskQueue), name);
}

type RecordSteps = ReturnType<typeof proxyLocalActivities<Activities>>;

/**
 * Short database steps. They are local because a stage costs one history event then instead of six; they retry
 * until the database is back, since a loan has nowhere else to go. A cancelled story begins none, but what it has begun
 * is heard to its end: the record may have taken it already, and SDK 1.24 fails the workflow task when a local activity
 * is cancelled at the moment in which its result arrives (LocalActivityMachine has no such transition).
 */
function openRecord(): RecordSteps {
  const steps = proxyLocalActivities<Activities>({
    startToCloseTimeout: '15s',
    localRetryThreshold: '30s',
    retry: { initialInterval: '200ms', maximumInterval: '20s', backoffCoefficient: 2 },
  });
  return new Proxy(steps, {
    get: (target, name: keyof Activities) => {
      const step: (...args: never[]) => Promise<unknown> = target[name];
      return async (...args: never[]) => {
        if (CancellationScope.current().consideredCancelled)
          throw new CancelledFailure('the story was stopped before this step');
        return await CancellationScope.nonCancellable(() => step(...args));
      };
    },
  });
}

/** A call that leaves the house, tried again for as long as `patienceMs` says; one attempt may take `oneMs`. */
function openOutside(name: Queue, patienceMs: number, oneMs: number | undefined) {
  return proxyActivities<Activities>({
    taskQueue: queue(name),
    startToCloseTimeout: oneMs ?? (name === 'signing' ? SIGNING_CALLS : ONE_CALL),
    scheduleToCloseTimeout: patienceMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}

export interface Doors {
  readonly record: RecordSteps;
  readonly outside: (
    name: Queue,
    patienceMs?: number,
    oneMs?: number,
  ) => ReturnType<typeof openOutside>;
}

/** Opens the doors for the workflow that calls, on the queues beside its own. */
export function openDoors(): Doors {
  return {
    record: openRecord(),
    outside: (name, patienceMs = DAY_MS, oneMs) => openOutside(name, patienceMs, oneMs),
  };
}
