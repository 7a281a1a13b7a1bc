/** The three pages of the application form, as they arrive; strict, so that a typing error is told. */
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
import { line } from './common.ts';
import { wholeTrail } from './trail.ts';

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

export const loanPageFields = z.strictObject({
  productCode: z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/),
  amountFen: amount,
  termMonths: z.number().int().min(1).max(360),
  purpose: z.enum(LOAN_PURPOSES),
  bankCardNumber: identifier,
  bankReservedMobile: mobile,
  contacts: z.array(contact).max(5),
});

/** Page 3 may bring the whole trail of the device on which the form was filled in; PUT …/trail brings it page by page. */
export const loanPageBody = loanPageFields
  .extend({ device: wholeTrail.optional() })
  .openapi('LoanPageBody');

/** A page as it is read back; staff see it masked. */
export const shownPages = z
  .object({
    identity: z.record(z.string(), z.unknown()).nullable(),
    work: z.record(z.string(), z.unknown()).nullable(),
    loan: z.record(z.string(), z.unknown()).nullable(),
  })
  .openapi('Pages');
