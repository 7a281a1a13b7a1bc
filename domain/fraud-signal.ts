/** What the fraud rules read and what they give: the facts about an application, and signals with what was seen. */
import type { FeatureInput, FraudFeatures } from './fraud-features.ts';
import type { GraphSummary } from './fraud-graph.ts';
import { NO_GRAPH } from './fraud-graph.ts';

/** How many other people's applications share an attribute with this one, within the last days. */
export interface VelocityWindow {
  readonly day1: number;
  readonly day7: number;
  readonly day30: number;
}

export const VELOCITY_KEYS = [
  'device',
  'mobile',
  'card',
  'address',
  'contact',
  'employerPhone',
  'ip',
] as const;
export type VelocityKey = (typeof VELOCITY_KEYS)[number];
export type VelocityCounters = Readonly<Record<VelocityKey, VelocityWindow>>;

const NOBODY: VelocityWindow = { day1: 0, day7: 0, day30: 0 };

export const NO_VELOCITY: VelocityCounters = {
  device: NOBODY,
  mobile: NOBODY,
  card: NOBODY,
  address: NOBODY,
  contact: NOBODY,
  employerPhone: NOBODY,
  ip: NOBODY,
};

export interface FraudInput extends FeatureInput {
  /** The person did not agree to the collector: its absence is then no sign. */
  readonly trailRefused: boolean;
  readonly velocity: VelocityCounters;
  /** Hits on the lender's black list; an entry names the list, never the person. */
  readonly lists: {
    readonly device: boolean;
    readonly mobile: boolean;
    readonly idNumber: boolean;
    readonly card: boolean;
  };
  /** What of the applicant stands on the grey list. */
  readonly grey: readonly string[];
  /** The identity number stands on the white list: circumstances are then waived, facts are not. */
  readonly white: boolean;
  /** Names on sanctions lists alike enough that people must look, those already found to be others left out. */
  readonly sanctionsNames: number;
  /** Baihang anti-fraud score, 0–100, high is risky; null when unknown. */
  readonly antiFraudScore: number | null;
  readonly virtualMobile: boolean;
  /** A mobile of a contact equals the mobile of another applicant in default. */
  readonly contactInDefault: boolean;
  readonly graph: GraphSummary;
}

/** Facts of an application of which nothing is known against anybody; what is known goes over it. */
export const NOTHING_KNOWN: FraudInput = {
  device: null,
  trailRefused: false,
  networks: [],
  sightings: [],
  submittedAt: null,
  velocity: NO_VELOCITY,
  lists: { device: false, mobile: false, idNumber: false, card: false },
  grey: [],
  white: false,
  sanctionsNames: 0,
  antiFraudScore: null,
  virtualMobile: false,
  contactInDefault: false,
  graph: NO_GRAPH,
};

/** What a signal saw: counts, codes and the device's own technical words, never a value of a person. */
export type SignalEvidence = Readonly<Record<string, number | string | readonly string[]>>;

export interface FraudSignal {
  readonly code: string;
  /** Points; the sum decides the level. */
  readonly weight: number;
  readonly zh: string;
  readonly en: string;
  /** Absent on assessments from before it was kept. */
  readonly evidence?: SignalEvidence;
}

export interface FraudFacts extends FraudInput {
  readonly features: FraudFeatures;
}

/**
 * One rule. `HARD` signals are facts about lists and sharing and may lead to a refusal; `SOFT` ones are circumstances, which
 * alone never do; `PEOPLE` says that people must look, whatever the points, and adds none.
 */
export interface SignalRule {
  readonly code: string;
  readonly kind: 'HARD' | 'SOFT' | 'PEOPLE';
  readonly weight: number;
  readonly zh: string;
  readonly en: string;
  /** What was seen, or null when it was not. */
  readonly sees: (facts: FraudFacts) => SignalEvidence | null;
}
