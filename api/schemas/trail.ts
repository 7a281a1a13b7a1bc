/**
 * The collector's contract: what a browser may tell of the device and of how the form was filled in (docs/fraud.md).
 * Strict, and without a field for text: names of fields are ours, all else is numbers, flags and the device's own words.
 */
import { z } from '@hono/zod-openapi';
import { type DeviceTrail, TRAIL_FIELDS } from '../../domain/device-trail.ts';
import { instant, line } from './common.ts';

/** Largest body of PUT …/trail. */
export const TRAIL_LIMIT = 16 * 1024;

const count = z.number().int().min(0).max(100_000_000);
const field = z.enum(TRAIL_FIELDS);
const milliseconds = z.number().min(0).max(86_400_000);
const hash = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/);

/** Each field of the form at most once. */
const perField = <T extends z.ZodType<{ readonly field: string }>>(item: T) =>
  z
    .array(item)
    .max(TRAIL_FIELDS.length)
    .refine((items) => new Set(items.map((one) => one.field)).size === items.length, {
      message: 'a field stands here once',
    });

const rhythm = z.strictObject({
  field,
  keys: count,
  meanMs: milliseconds,
  deviationMs: milliseconds,
});
const fieldCount = z.strictObject({ field, count });

const pageBehaviour = z
  .strictObject({
    page: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    dwellMs: count,
    pasteCount: count,
    correctionCount: count,
    keyCount: count,
    scrollPx: count,
    typing: perField(rhythm).exactOptional(),
    pastes: perField(fieldCount).exactOptional(),
    corrections: perField(fieldCount).exactOptional(),
    focusChanges: count.exactOptional(),
    scrollDepthPercent: z.number().min(0).max(100).exactOptional(),
    visibilityChanges: count.exactOptional(),
    moved: z.boolean().exactOptional(),
    tilted: z.boolean().exactOptional(),
    startedAt: instant.exactOptional(),
    endedAt: instant.exactOptional(),
  })
  .openapi('PageBehaviour');

const pixels = z.number().int().min(0).max(100_000);

const deviceFields = {
  fingerprint: line(128),
  userAgent: line(512).exactOptional(),
  platform: line(64).exactOptional(),
  timeZone: line(64).exactOptional(),
  languages: z.array(line(35)).max(10).exactOptional(),
  screen: z
    .strictObject({
      width: pixels,
      height: pixels,
      pixelRatio: z.number().min(0).max(16).exactOptional(),
    })
    .exactOptional(),
  touchPoints: z.number().int().min(0).max(256).exactOptional(),
  cores: z.number().int().min(0).max(1_024).exactOptional(),
  memoryGb: z.number().min(0).max(4_096).exactOptional(),
  webglRenderer: line(128).exactOptional(),
  canvasHash: hash.exactOptional(),
  fontsHash: hash.exactOptional(),
  webdriver: z.boolean().exactOptional(),
  battery: z
    .strictObject({ charging: z.boolean(), levelPercent: z.number().min(0).max(100) })
    .exactOptional(),
  sensors: z.strictObject({ motion: z.boolean(), orientation: z.boolean() }).exactOptional(),
  emulator: z.boolean().exactOptional(),
  proxy: z.boolean().exactOptional(),
} as const;

/** Without consent nothing else is read: the person's answer is all that is kept. */
const refusal = z.strictObject({ consent: z.literal(false) });

/** One part: the device, and the behaviour on the page that was just left. */
export const trailPart = z
  .discriminatedUnion('consent', [
    z.strictObject({
      consent: z.literal(true),
      device: z.strictObject(deviceFields),
      page: pageBehaviour.exactOptional(),
    }),
    refusal,
  ])
  .openapi('TrailPart');

/** A whole trail at once, each page once; the limits of its fields keep it below 16 KB. */
export const wholeTrail = z
  .discriminatedUnion('consent', [
    z.strictObject({
      consent: z.literal(true),
      ...deviceFields,
      pages: z
        .array(pageBehaviour)
        .max(3)
        .refine((pages) => new Set(pages.map((one) => one.page)).size === pages.length, {
          message: 'a page stands here once',
        })
        .exactOptional(),
    }),
    refusal,
  ])
  .openapi('DeviceTrail');

/** The trail of a whole one as it arrived, or null where there is no consent. */
export function trailIn(arrived: z.infer<typeof wholeTrail>): DeviceTrail | null {
  if (!arrived.consent) return null;
  const { consent: _given, ...trail } = arrived;
  return trail;
}

export const trailKept = z
  .object({
    /** False when there was no consent: then only that is noted. */
    kept: z.boolean(),
    /** Pages of which the behaviour is kept. */
    pages: z.array(z.number().int()),
  })
  .openapi('TrailKept');
