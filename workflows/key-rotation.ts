/** Rotation of keys while everything goes on: batch by batch behind a cursor, so that it resumes where it stopped. */
import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

type HouseCursor = Parameters<Activities['resealHouse']>[0]['cursor'];
type Terms = Awaited<ReturnType<Activities['beginRotation']>>;

/** How far a rotation is. */
export interface RotationProgress {
  readonly terms: Terms;
  readonly phase: 'KEYS' | 'APPLICATIONS' | 'HOUSE';
  readonly after: string | null;
  readonly house: HouseCursor;
  readonly done: RotationResult;
}

export interface RotationResult {
  /** Data keys wrapped anew. */
  readonly keys: number;
  readonly applications: number;
  /** Values of columns sealed anew. */
  readonly values: number;
  readonly objects: number;
}

/** WRAPPING: the key service has a new key-encryption key. DATA: every person gets a new data key. */
export interface KeyRotation {
  readonly kind: 'WRAPPING' | 'DATA';
  readonly progress?: RotationProgress;
}

const NOTHING: RotationResult = { keys: 0, applications: 0, values: 0, objects: 0 };
/** Batches of one run: about a tenth of the history that the server allows. */
const BATCHES = 500;

const steps = proxyActivities<
  Pick<Activities, 'beginRotation' | 'rewrapKeys' | 'resealApplications' | 'resealHouse'>
>({
  startToCloseTimeout: '5m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** A batch that found nothing ends a phase; keys made during the pass may lie before the cursor, so it begins again. */
async function rewrap(at: RotationProgress): Promise<RotationProgress | null> {
  const { keys, next } = await steps.rewrapKeys({ after: at.after });
  const done = { ...at.done, keys: at.done.keys + keys };
  if (next !== null) return { ...at, done, after: next };
  return at.after === null ? null : { ...at, done, after: null };
}

async function resealApplications(at: RotationProgress): Promise<RotationProgress> {
  const { before } = at.terms;
  const { next, ...batch } = await steps.resealApplications({ before, after: at.after });
  const done = {
    keys: at.done.keys,
    applications: at.done.applications + batch.applications,
    values: at.done.values + batch.values,
    objects: at.done.objects + batch.objects,
  };
  return { ...at, done, after: next, phase: next === null ? 'HOUSE' : 'APPLICATIONS' };
}

async function resealHouse(at: RotationProgress): Promise<RotationProgress | null> {
  const { before } = at.terms;
  const { values, cursor } = await steps.resealHouse({ before, cursor: at.house });
  const done = { ...at.done, values: at.done.values + values };
  return cursor === null ? null : { ...at, done, house: cursor };
}

async function step(at: RotationProgress): Promise<RotationProgress | null> {
  switch (at.phase) {
    case 'KEYS':
      return await rewrap(at);
    case 'APPLICATIONS':
      return await resealApplications(at);
    case 'HOUSE':
      return await resealHouse(at);
  }
}

export async function keyRotation({ kind, progress }: KeyRotation): Promise<RotationResult> {
  let at: RotationProgress = progress ?? {
    terms: await steps.beginRotation(),
    phase: kind === 'WRAPPING' ? 'KEYS' : 'APPLICATIONS',
    after: null,
    house: null,
    done: NOTHING,
  };
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const next = await step(at);
    if (next === null) return at.done;
    at = next;
  }
  return await continueAsNew<typeof keyRotation>({ kind, progress: at });
}
