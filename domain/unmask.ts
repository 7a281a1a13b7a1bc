/** Showing masked fields of a form in clear: which, for what, and for how long (JR/T 0171-2020: masked unless necessary and logged). */

export const UNMASK_FIELDS = [
  'name',
  'idNumber',
  'mobile',
  'address',
  'employerPhone',
  'bankCard',
  'contacts',
] as const;
export type UnmaskField = (typeof UNMASK_FIELDS)[number];

export const UNMASK_PURPOSES = [
  'IDENTITY_CHECK',
  'CONTACT_APPLICANT',
  'FRAUD_INQUIRY',
  'COMPLAINT',
  'REGULATOR_REQUEST',
] as const;
export type UnmaskPurpose = (typeof UNMASK_PURPOSES)[number];

/** How long a grant lasts: long enough for one look and one call. */
export const UNMASK_MINUTES = 10;

export function isUnmaskField(text: string): text is UnmaskField {
  return (UNMASK_FIELDS as readonly string[]).includes(text);
}
