/**
 * What a browser tells of the device and of how the form was filled in: counts and rhythms, never what was typed.
 * Collected with consent and at most 16 KB at a time (docs/fraud.md); every sign may be absent and is then absence.
 */

/** Fields of the form by name, as the collector may name them; anything else would be free text. */
export const TRAIL_FIELDS = [
  'name',
  'idNumber',
  'address',
  'mobile',
  'employerName',
  'employerPhone',
  'monthlyIncome',
  'otherMonthlyIncome',
  'monthlyDebtService',
  'monthlyHousingCost',
  'amount',
  'bankCardNumber',
  'bankReservedMobile',
  'contactName',
  'contactMobile',
] as const;
export type TrailField = (typeof TRAIL_FIELDS)[number];

/** The rhythm of typing in one field: milliseconds between one key and the next. */
export interface TypingRhythm {
  readonly field: TrailField;
  readonly keys: number;
  readonly meanMs: number;
  /** Standard deviation. */
  readonly deviationMs: number;
}

export interface FieldCount {
  readonly field: TrailField;
  readonly count: number;
}

/** Behaviour on one page of the form. Times in milliseconds, scrolling in pixels. */
export interface PageBehaviour {
  readonly page: 1 | 2 | 3;
  readonly dwellMs: number;
  readonly pasteCount: number;
  readonly correctionCount: number;
  readonly keyCount: number;
  readonly scrollPx: number;
  readonly typing?: readonly TypingRhythm[];
  readonly pastes?: readonly FieldCount[];
  readonly corrections?: readonly FieldCount[];
  readonly focusChanges?: number;
  /** How far down the page was seen, 0–100. */
  readonly scrollDepthPercent?: number;
  /** How often the page went out of sight. */
  readonly visibilityChanges?: number;
  /** Motion and orientation sensors changed while the page was open. */
  readonly moved?: boolean;
  readonly tilted?: boolean;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** What the device is, by what the browser says of it. */
export interface DeviceFacts {
  /** Stable fingerprint of the device, opaque to us. */
  readonly fingerprint: string;
  readonly userAgent?: string;
  readonly platform?: string;
  readonly timeZone?: string;
  readonly languages?: readonly string[];
  readonly screen?: {
    readonly width: number;
    readonly height: number;
    readonly pixelRatio?: number;
  };
  readonly touchPoints?: number;
  readonly cores?: number;
  readonly memoryGb?: number;
  readonly webglRenderer?: string;
  readonly canvasHash?: string;
  readonly fontsHash?: string;
  /** `navigator.webdriver`. */
  readonly webdriver?: boolean;
  readonly battery?: { readonly charging: boolean; readonly levelPercent: number };
  /** Whether the device has these sensors at all. */
  readonly sensors?: { readonly motion: boolean; readonly orientation: boolean };
  /** Verdicts of an integrator's own collector. */
  readonly emulator?: boolean;
  readonly proxy?: boolean;
}

/** When and from which address a part of the trail arrived; noted by the server, for applicants themselves only. */
export interface Visit {
  readonly at: string;
  readonly address: string;
}

export interface DeviceTrail extends DeviceFacts {
  readonly pages?: readonly PageBehaviour[];
  readonly visits?: readonly Visit[];
}

/** One part of a trail as it arrives: the device, and perhaps the behaviour on one page. */
export interface TrailPart {
  readonly device: DeviceFacts;
  readonly page?: PageBehaviour;
}

/** Parts of a trail are seldom many; of more visits the first and the newest are kept. */
export const VISITS_MOST = 12;

function withVisit(before: readonly Visit[], visit: Visit | null): readonly Visit[] {
  const last = before.at(-1);
  if (visit === null) return before;
  // The same address again moves the moment on, but the first moment at an address stays with it.
  const middle = before.at(-2);
  const repeated = last?.address === visit.address && middle?.address === visit.address;
  const next = [...(repeated ? before.slice(0, -1) : before), visit];
  return next.length <= VISITS_MOST ? next : [...next.slice(0, 1), ...next.slice(2)];
}

/**
 * Adds a part: the newest facts of the device stand, a page sent again replaces what was sent of it before, and other
 * pages stay. The same part twice is one.
 */
export function addToTrail(
  before: DeviceTrail | null,
  { device, page }: TrailPart,
  visit: Visit | null,
): DeviceTrail {
  const pages = [
    ...(before?.pages ?? []).filter((one) => one.page !== page?.page),
    ...(page === undefined ? [] : [page]),
  ].sort((one, other) => one.page - other.page);
  return { ...device, pages, visits: withVisit(before?.visits ?? [], visit) };
}
