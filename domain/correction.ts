/** Which fields of a form operations may correct while a loan is parked, and until which stage. */
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
 * about or written into a contract is not changed behind its back: then the approval is undone, or the applicant applies
 * again.
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

/** Page and name of a field. */
export function placeOf(field: CorrectionField): {
  readonly page: 1 | 2 | 3;
  readonly name: string;
} {
  const [part = '', name = ''] = field.split('.');
  return { page: part === 'identity' ? 1 : part === 'work' ? 2 : 3, name };
}
