/**
 * What device, behaviour and network show, taken from the trail: each sign with what was seen, never with what was typed.
 * Pure and total: a trail of whatever content gives features, and what it does not tell is not a sign.
 */
import type { DeviceTrail, PageBehaviour, TrailField, TypingRhythm } from './device-trail.ts';
import { impossibleJourney, type Journey, type Sighting } from './geography.ts';

/** What a lender's list of networks says of an address. */
export interface NetworkFact {
  readonly kind: 'ACCESS' | 'HOSTING' | 'VPN' | 'PROXY' | 'TOR';
}

export interface FeatureInput {
  readonly device: DeviceTrail | null;
  /** Networks from which the trail came; empty where none is known. */
  readonly networks: readonly NetworkFact[];
  /** Where this person, or this device, was seen lately. */
  readonly sightings: readonly Sighting[];
  /** The moment of submission, ISO in UTC; null while there is none. */
  readonly submittedAt: string | null;
}

export interface FraudFeatures {
  /** Signs that the device is not a telephone or computer in a hand, by code. */
  readonly emulatorSigns: readonly string[];
  /** Kinds of networks that hide where somebody is. */
  readonly hiddenNetworks: readonly string[];
  /** Fields that were typed as evenly as a machine types. */
  readonly evenFields: readonly TrailField[];
  readonly pastedIdentity: readonly TrailField[];
  readonly nameCorrections: number;
  readonly shortestPageMs: number | null;
  readonly longestPageMs: number | null;
  readonly pastes: number;
  readonly keys: number | null;
  readonly foreignTimeZone: string | null;
  /** Hour in Shanghai, 0–23. */
  readonly hour: number | null;
  readonly impossible: Journey | null;
}

const SOFTWARE_RENDERER = /swiftshader|llvmpipe|softpipe|virtualbox|vmware|microsoft basic render/i;
const MOBILE_AGENT = /android|iphone|ipad|harmonyos|mobile/i;
const AUTOMATED_AGENT = /headless|phantomjs|puppeteer|playwright|selenium|electron/i;
const DESKTOP_PLATFORM = /^(win32|win64|macintel|linux x86_64|linux i686)$/i;
const CHINESE_ZONE =
  /^Asia\/(Shanghai|Urumqi|Chongqing|Chungking|Harbin|Kashgar|Hong_Kong|Macau|Macao|Taipei)$/;

/** Signs as data: each with the question that it asks of the device. */
const EMULATOR_SIGNS: Readonly<Record<string, (device: DeviceTrail) => boolean>> = {
  COLLECTOR_SAYS: (d) => d.emulator === true,
  WEBDRIVER: (d) => d.webdriver === true,
  AUTOMATED_AGENT: (d) => AUTOMATED_AGENT.test(d.userAgent ?? ''),
  SOFTWARE_RENDERER: (d) => SOFTWARE_RENDERER.test(d.webglRenderer ?? ''),
  MOBILE_WITHOUT_TOUCH: (d) => isMobile(d) && d.touchPoints === 0,
  MOBILE_ON_DESKTOP: (d) => isMobile(d) && DESKTOP_PLATFORM.test(d.platform ?? ''),
  SCREEN_IMPOSSIBLE: (d) =>
    d.screen !== undefined && (d.screen.width === 0 || d.screen.height === 0),
  // A telephone of the last ten years has two cores at least, and none has as many or as much memory as a server.
  MOBILE_CORES: (d) => isMobile(d) && d.cores !== undefined && (d.cores < 2 || d.cores > 16),
  MOBILE_MEMORY: (d) => isMobile(d) && (d.memoryGb ?? 0) > 32,
};

/** Held in a hand for as long as three pages take, a telephone moves. */
const STILL_MS = 60_000;

const isMobile = (device: DeviceTrail): boolean => MOBILE_AGENT.test(device.userAgent ?? '');

function neverMoved(device: DeviceTrail): boolean {
  const pages = device.pages ?? [];
  const told = pages.filter((page) => page.moved !== undefined || page.tilted !== undefined);
  if (!isMobile(device) || device.sensors?.motion !== true || told.length === 0) return false;
  const longEnough = told.reduce((ms, page) => ms + page.dwellMs, 0) >= STILL_MS;
  return longEnough && told.every((page) => page.moved !== true && page.tilted !== true);
}

function emulatorSigns(device: DeviceTrail): readonly string[] {
  const signs = Object.entries(EMULATOR_SIGNS)
    .filter(([, asks]) => asks(device))
    .map(([sign]) => sign);
  return neverMoved(device) ? [...signs, 'NEVER_MOVED'] : signs;
}

/** Fewer keys have no rhythm to speak of. */
const KEYS_LEAST = 8;
/** People vary by a third of their pace and more; below a twentieth nobody types. */
const EVENNESS = 0.05;
/** Faster than any typist, by the mean of a field. */
const FASTEST_MEAN_MS = 15;

const isEven = ({ keys, meanMs, deviationMs }: TypingRhythm): boolean =>
  keys >= KEYS_LEAST && (meanMs < FASTEST_MEAN_MS || deviationMs < meanMs * EVENNESS);

/** A person knows these by heart or reads them off a card; who has them in a file pastes them. */
const IDENTITY_FIELDS: ReadonlySet<TrailField> = new Set(['name', 'idNumber', 'mobile']);

const distinct = (fields: readonly TrailField[]): readonly TrailField[] => [...new Set(fields)];

function pastedIdentity(pages: readonly PageBehaviour[]): readonly TrailField[] {
  const pasted = pages.flatMap((page) => page.pastes ?? []).filter(({ count }) => count > 0);
  return distinct(pasted.map(({ field }) => field).filter((field) => IDENTITY_FIELDS.has(field)));
}

const total = (pages: readonly PageBehaviour[], read: (page: PageBehaviour) => number): number =>
  pages.reduce((sum, page) => sum + read(page), 0);

const HOUR_MS = 3_600_000;
const SHANGHAI_HOURS = 8;

function hourOf(submittedAt: string | null): number | null {
  const at = submittedAt === null ? Number.NaN : Date.parse(submittedAt);
  if (Number.isNaN(at)) return null;
  return (Math.floor(at / HOUR_MS) + SHANGHAI_HOURS) % 24;
}

/** Takes the features from whatever the trail tells. */
export function extractFeatures(input: FeatureInput): FraudFeatures {
  const { device, networks, sightings, submittedAt } = input;
  const pages = device?.pages ?? [];
  const dwells = pages.map((page) => page.dwellMs);
  const hidden = networks.map(({ kind }) => kind).filter((kind) => kind !== 'ACCESS');
  const typing = pages.flatMap((page) => page.typing ?? []);
  const corrections = pages.flatMap((page) => page.corrections ?? []);
  const zone = device?.timeZone;
  return {
    emulatorSigns: device === null ? [] : emulatorSigns(device),
    hiddenNetworks: [
      ...new Set([...hidden, ...(device?.proxy === true ? ['COLLECTOR_SAYS'] : [])]),
    ],
    evenFields: distinct(typing.filter(isEven).map(({ field }) => field)),
    pastedIdentity: pastedIdentity(pages),
    nameCorrections: corrections
      .filter(({ field }) => field === 'name')
      .reduce((sum, { count }) => sum + count, 0),
    shortestPageMs: dwells.length === 0 ? null : Math.min(...dwells),
    longestPageMs: dwells.length === 0 ? null : Math.max(...dwells),
    pastes: total(pages, (page) => page.pasteCount),
    keys: pages.length === 0 ? null : total(pages, (page) => page.keyCount),
    foreignTimeZone: zone === undefined || CHINESE_ZONE.test(zone) ? null : zone,
    hour: hourOf(submittedAt),
    impossible: impossibleJourney(sightings),
  };
}
