/** The three pages of the application form and the device trail, as they arrive; strict, so that a typing error is told. */
import { z } from '@hono/zod-openapi';
import {
  CONTACT_RELATIONS,
  EDUCATION_LEVELS,
  EMPLOYMENT_TYPES,
  HOUSING_TYPES,
  LOAN_PURPOSES,
  MARITAL_STATUSES,
} from '../../domain/apply.ts';
import { normaliseIdentifier, parseMobile } from '../../domain/identifiers.ts';
import { fen } from '../../domain/money.ts';

/** Text without control characters, for a NUL or a line feed has no place in a name and breaks what prints it. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u)
    // The same in the words of JSON Schema, whose readers know no flags.
    .openapi({ pattern: '^[^\\u0000-\\u001F\\u007F-\\u009F]*$' });
const amount = z
  .number()
  .int()
  .min(0)
  .max(1_000_000_000_000)
  .transform((n) => fen(n))
  .openapi({ type: 'integer', description: 'Amount in fen.' });
/** Full-width digits, spaces and letter case are the typist's; whether it is a number at all is a rule of the form. */
const identifier = z.string().min(1).max(40).transform(normaliseIdentifier);
const mobile = z
  .string()
  .min(1)
  .max(40)
  .transform((text) => {
    const read = parseMobile(text);
    return read.ok ? read.number : normaliseIdentifier(text);
  });

export const identityPage = z
  .strictObject({
    name: line(64),
    idNumber: identifier,
    idValidFrom: z.iso.date(),
    idValidUntil: z.union([z.iso.date(), z.literal('LONG_TERM')]),
    address: line(200),
    mobile,
    maritalStatus: z.enum(MARITAL_STATUSES),
    education: z.enum(EDUCATION_LEVELS),
  })
  .openapi('IdentityPage');

export const workPage = z
  .strictObject({
    employment: z.enum(EMPLOYMENT_TYPES),
    employerName: line(128).nullable(),
    employerPhone: line(40).nullable(),
    employedSince: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
      .nullable(),
    monthlyIncomeFen: amount,
    otherMonthlyIncomeFen: amount,
    monthlyDebtServiceFen: amount,
    housing: z.enum(HOUSING_TYPES),
    monthlyHousingCostFen: amount,
    dependants: z.number().int().min(0).max(30),
  })
  .openapi('WorkPage');

const contact = z.strictObject({
  name: line(64),
  relation: z.enum(CONTACT_RELATIONS),
  mobile,
});

const loanPageFields = z.strictObject({
  productCode: z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/),
  amountFen: amount,
  termMonths: z.number().int().min(1).max(360),
  purpose: z.enum(LOAN_PURPOSES),
  bankCardNumber: identifier,
  bankReservedMobile: mobile,
  contacts: z.array(contact).max(5),
});

const count = z.number().int().min(0).max(100_000_000);

const pageBehaviour = z.strictObject({
  page: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  dwellMs: count,
  pasteCount: count,
  correctionCount: count,
  keyCount: count,
  scrollPx: count,
});

/** The limits of its fields keep a trail below 16 KB. */
export const deviceTrail = z
  .strictObject({
    fingerprint: line(256),
    userAgent: line(1024).exactOptional(),
    timeZone: line(64).exactOptional(),
    languages: z.array(line(35)).max(20).exactOptional(),
    screen: z
      .strictObject({
        width: z.number().int().min(0).max(100_000),
        height: z.number().int().min(0).max(100_000),
      })
      .exactOptional(),
    emulator: z.boolean().exactOptional(),
    proxy: z.boolean().exactOptional(),
    pages: z.array(pageBehaviour).max(30).exactOptional(),
  })
  .openapi('DeviceTrail');

/** Page 3 may bring the trail of the device on which the form was filled in. */
export const loanPageBody = loanPageFields
  .extend({ device: deviceTrail.optional() })
  .openapi('LoanPageBody');

/** A page as it is read back; staff see it masked. */
export const shownPages = z
  .object({
    identity: z.record(z.string(), z.unknown()).nullable(),
    work: z.record(z.string(), z.unknown()).nullable(),
    loan: z.record(z.string(), z.unknown()).nullable(),
  })
  .openapi('Pages');
