/** Which fields of a form may be corrected: while a loan is parked, until they are used; and afterwards by voiding what was approved. */
import type { Stage } from './journey.ts';

/** Fields that a typing error can be in. Name and identity number are none: another person needs another application. */
export const CORRECTION_FIELDS = [
  'identity.mobile',
  'identity.address',
  'work.employerName',
  'work.monthlyIncomeFen',
  'loan.bankCardNumber',
  'loan.bankReservedMobile',
] as const;
export type CorrectionField = (typeof CORRECTION_FIELDS)[number];

/**
 * Stages in which each field may still be corrected: those before it is first used for good. What a step has weighed, asked
 * about or written into a contract is not changed behind its back: then the approval is taken back with the correction
 * (`mayAmend`), or the applicant applies again.
 */
const UNTIL: Readonly<Record<CorrectionField, readonly Stage[]>> = {
  'identity.mobile': ['VERIFY'],
  'identity.address': ['VERIFY', 'BUREAU', 'FRAUD', 'SCORE', 'DECIDE', 'OFFER', 'CONTRACT'],
  'work.employerName': ['VERIFY', 'BUREAU', 'FRAUD'],
  'work.monthlyIncomeFen': ['VERIFY', 'BUREAU', 'FRAUD', 'SCORE'],
  'loan.bankCardNumber': ['VERIFY'],
  'loan.bankReservedMobile': ['VERIFY'],
};

/** True when the field may be corrected while the application is parked at the stage. */
export function mayCorrect(field: CorrectionField, stage: Stage): boolean {
  return UNTIL[field].includes(stage);
}

/** The fields that may be corrected at a stage. */
export function correctableAt(stage: Stage): readonly CorrectionField[] {
  return CORRECTION_FIELDS.filter((field) => mayCorrect(field, stage));
}

/** Fields that are weighed anew when they change; what an identity check or the bank has confirmed needs a new application. */
const AMENDABLE: readonly CorrectionField[] = [
  'identity.address',
  'work.employerName',
  'work.monthlyIncomeFen',
];

/** Stages in which an application has been weighed and no money has moved. */
const AMENDABLE_AT: readonly Stage[] = ['REVIEW', 'OFFER', 'CONTRACT', 'SIGN', 'DISBURSE'];

/** True when the field may be corrected at the stage by voiding what was approved and weighing again. */
export function mayAmend(field: CorrectionField, stage: Stage): boolean {
  return AMENDABLE.includes(field) && AMENDABLE_AT.includes(stage);
}

/** The fields that may be corrected in that way at a stage. */
export function amendableAt(stage: Stage): readonly CorrectionField[] {
  return AMENDABLE.filter((field) => mayAmend(field, stage));
}

/** Page and name of a field. */
export function placeOf(field: CorrectionField): {
  readonly page: 1 | 2 | 3;
  readonly name: string;
} {
  const [part = '', name = ''] = field.split('.');
  return { page: part === 'identity' ? 1 : part === 'work' ? 2 : 3, name };
}
