/** Parts that many schemas share: ids, money, coded reasons, page cursors, problem details. */
import { z } from '@hono/zod-openapi';

export const idParam = z.object({ id: z.uuid() });

/** An instant, ISO 8601 in UTC. */
export const instant = z.iso.datetime();
/** A day of the calendar in Shanghai, `YYYY-MM-DD`; no year 0, which the database does not know. */
export const day = z.iso.date().regex(/^[1-9]/);
/** A day that somebody asks about: one of the years that loans of ours may touch, and that every calendar here knows. */
export const askedDay = z.iso.date().regex(/^(19|20|21)/);
/** A calendar month of those years, `YYYY-MM`. */
export const askedMonth = z.string().regex(/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/);
/** An amount of renminbi in fen. */
export const amountFen = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** 64 lower-case hexadecimal digits. */
export const sm3Digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A coded reason: what is written beside an act is stored in plain and must not hold personal data. */
export const reasonCode = z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/);

/** Text without control characters, for a NUL or a line feed has no place in a name and breaks what prints it. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u)
    // The same in the words of JSON Schema, whose readers know no flags.
    .openapi({ pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F]*$' });

/** Free text between people, sealed before it is stored. */
export const freeText = (max: number) => z.string().trim().min(1).max(max);

export const pageQuery = z.object({
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** A page of a list. `next` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    instance: z.string(),
    code: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
      .optional(),
  })
  .openapi('Problem');

/** Only documented here: the middleware reads it before the body is parsed. */
export const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .openapi({ description: 'Required. 8 to 128 visible ASCII characters, new for every act.' }),
});

/** Where the loan stands after an act. */
export const standingSchema = z
  .object({
    stage: z.string(),
    version: z.number().int(),
    pending: z.string().nullable(),
  })
  .openapi('Standing');

/** A JSON body of a request. */
export const jsonBody = <T extends z.ZodType>(schema: T) =>
  ({ content: { 'application/json': { schema } }, required: true }) as const;

/** A JSON answer. */
export const jsonAnswer = <T extends z.ZodType>(description: string, schema: T) =>
  ({ description, content: { 'application/json': { schema } } }) as const;
