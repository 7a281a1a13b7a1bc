/**
 * An experiment on a strategy as data: its arms, how many people may meet a challenger, the bands an arm must stay in, and
 * which arm a person belongs to. The same person is in the same bucket for one salt, whatever is applied for and when.
 */
import type { Fen } from './money.ts';

/** Buckets people are spread over; a share of one is one basis point. */
export const BUCKETS = 10_000;

export const ARM_ROLES = ['CHAMPION', 'CHALLENGER', 'SHADOW'] as const;
export type ArmRole = (typeof ARM_ROLES)[number];

export interface Arm {
  /** Unique within the experiment; pinned on loans and shown in reports. */
  readonly name: string;
  readonly role: ArmRole;
  /** Version of the experiment's strategy that this arm decides by. */
  readonly strategyVersion: number;
  /** Basis points of the people; 0 for a shadow, which decides for everybody without acting. */
  readonly shareBp: number;
}

/** How many people and how much money all challengers together may meet; null where that is not bounded. */
export interface ExposureCap {
  readonly maxPersons: number | null;
  /** Fen approved, or asked for and not decided yet, on challengers. */
  readonly maxFen: Fen | null;
}

export const BAND_MEASURES = ['APPROVAL_RATE', 'DECLINE_RATE', 'EARLY_OVERDUE_RATE'] as const;
export type BandMeasure = (typeof BAND_MEASURES)[number];

/** A band that a rate of an arm must stay in; the arm stops itself once enough was seen and the rate is outside. */
export interface StopLossBand {
  readonly arm: string;
  readonly measure: BandMeasure;
  /** Both ends belong to the band. */
  readonly lowBp: number;
  readonly highBp: number;
  /** Fewest persons (for early overdue: loans) before the band is looked at. */
  readonly minimumSample: number;
}

/** When a loan counts as early overdue: its first instalment is not paid in full so many days after it was due. */
export interface EarlyOverdue {
  readonly days: number;
  /** By how many basis points a challenger's rate may exceed the champion's and still be called not worse. */
  readonly marginBp: number;
}

export interface ExperimentDocument {
  readonly format: 1;
  /** Code by which people know it, for example `HIGHER_LIMITS_2026Q4`. */
  readonly code: string;
  /** Code of the strategy whose versions are compared. */
  readonly strategyCode: string;
  /** Spreads people over the buckets; two experiments with the same salt spread them alike. */
  readonly salt: string;
  readonly arms: readonly Arm[];
  readonly exposureCap: ExposureCap;
  readonly stopLoss: readonly StopLossBand[];
  readonly earlyOverdue: EarlyOverdue;
  /** Fewest persons an arm needs before the report says anything but that it is too early. */
  readonly minimumSample: number;
  /** Instants, ISO in UTC. Nobody is assigned before the start or from the end on. */
  readonly startsAt: string;
  readonly endsAt: string;
}

/** What a loan pins of the experiment it was admitted under. */
export interface PinnedArm {
  /** Id of the experiment. */
  readonly experiment: string;
  /** The arm whose strategy decides: the person's own, or the champion where the own one may not act. */
  readonly name: string;
  readonly cause: ArmCause;
}

/** Why a loan got its arm: by the person's bucket, or the champion instead because of the cap or a stopped arm. */
export type ArmCause = 'BUCKET' | 'CAP_REACHED' | 'ARM_STOPPED';

export const championOf = (document: ExperimentDocument): Arm | undefined =>
  document.arms.find((arm) => arm.role === 'CHAMPION');

export const challengersOf = (document: ExperimentDocument): readonly Arm[] =>
  document.arms.filter((arm) => arm.role === 'CHALLENGER');

export const shadowsOf = (document: ExperimentDocument): readonly Arm[] =>
  document.arms.filter((arm) => arm.role === 'SHADOW');

/** What is hashed to find a person's bucket. */
export const bucketText = (salt: string, applicantId: string): string => `${salt}|${applicantId}`;

/**
 * The bucket that a digest falls into: its first eight bytes, big-endian, modulo 10,000. The modulus of 2^64 leaves no
 * bucket more than 10^-15 likelier than another.
 * @param digest SM3 of `bucketText`
 */
export function bucketOf(digest: Uint8Array): number {
  const head = new DataView(digest.buffer, digest.byteOffset, digest.byteLength).getBigUint64(0);
  return Number(head % BigInt(BUCKETS));
}

/** The buckets that a challenger may ever have: from the first on, before the second. */
export function segmentOf(index: number, challengers: number): readonly [number, number] {
  const edge = (i: number) => Math.floor((i * BUCKETS) / challengers);
  return [edge(index), edge(index + 1)];
}

/**
 * The arm of a bucket. The circle of buckets is cut into one segment for each challenger, in the order of the document;
 * a challenger has the first of its segment as far as its share goes, and the champion all others. So a share that grows
 * under the same salt takes people from the champion only, and one that shrinks gives them back to it: nobody ever moves
 * from one challenger to another. @throws RangeError for a document that was not parsed
 */
export function armOfBucket(document: ExperimentDocument, bucket: number): Arm {
  const challengers = challengersOf(document);
  const met = challengers.find((arm, index) => {
    const [from] = segmentOf(index, challengers.length);
    return bucket >= from && bucket < from + arm.shareBp;
  });
  const arm = met ?? championOf(document);
  if (arm === undefined) throw new RangeError('An experiment has a champion.');
  return arm;
}

/** What the challengers have met so far. */
export interface Exposure {
  readonly persons: number;
  /** Approved on challengers, or asked for there and not decided yet. */
  readonly fen: number;
}

/** True when one more loan of this amount keeps within the cap; `newPerson` when the person is not counted yet. */
export function withinCap(
  cap: ExposureCap,
  exposure: Exposure,
  more: { readonly amountFen: Fen; readonly newPerson: boolean },
): boolean {
  const persons = exposure.persons + (more.newPerson ? 1 : 0);
  if (cap.maxPersons !== null && persons > cap.maxPersons) return false;
  return cap.maxFen === null || exposure.fen + more.amountFen <= cap.maxFen;
}

/** True while the experiment takes people in. */
export function takesPeople(document: ExperimentDocument, at: Date): boolean {
  return (
    Date.parse(document.startsAt) <= at.getTime() && at.getTime() < Date.parse(document.endsAt)
  );
}
