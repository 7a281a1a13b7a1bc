/**
 * What an applicant tells us: the three pages of the application form, as plain data.
 * Money is integer fen, dates are ISO `YYYY-MM-DD`, and nothing here knows how it is stored or sent.
 */
import type { DeviceTrail } from './device-trail.ts';
import type { Fen } from './money.ts';

/** Who applies. A natural person today; an enterprise is verified by other means and joins this union. */
export type ApplicantKind = 'PERSON' | 'ENTERPRISE';

export const MARITAL_STATUSES = ['SINGLE', 'MARRIED', 'DIVORCED', 'WIDOWED', 'UNKNOWN'] as const;
export const EDUCATION_LEVELS = [
  'POSTGRADUATE',
  'BACHELOR',
  'COLLEGE',
  'SECONDARY',
  'PRIMARY',
  'UNKNOWN',
] as const;
export const EMPLOYMENT_TYPES = [
  'EMPLOYED',
  'CIVIL_SERVANT',
  'SELF_EMPLOYED',
  'FREELANCE',
  'RETIRED',
  'STUDENT',
  'UNEMPLOYED',
] as const;
export const HOUSING_TYPES = [
  'OWNED',
  'MORTGAGED',
  'RENTED',
  'FAMILY',
  'DORMITORY',
  'OTHER',
] as const;
export const LOAN_PURPOSES = [
  'RENOVATION',
  'EDUCATION',
  'MEDICAL',
  'TRAVEL',
  'DURABLES',
  'WEDDING',
  'BUSINESS',
  'OTHER',
] as const;
export const CONTACT_RELATIONS = [
  'SPOUSE',
  'PARENT',
  'CHILD',
  'SIBLING',
  'COLLEAGUE',
  'FRIEND',
  'OTHER',
] as const;

export type MaritalStatus = (typeof MARITAL_STATUSES)[number];
export type EducationLevel = (typeof EDUCATION_LEVELS)[number];
export type EmploymentType = (typeof EMPLOYMENT_TYPES)[number];
export type HousingType = (typeof HOUSING_TYPES)[number];
export type LoanPurpose = (typeof LOAN_PURPOSES)[number];
export type ContactRelation = (typeof CONTACT_RELATIONS)[number];

/** Page 1, 您是谁: who you are. */
export interface IdentityPage {
  readonly name: string;
  /** Resident identity number, 18 characters, upper-case X (GB 11643-1999). */
  readonly idNumber: string;
  readonly idValidFrom: string;
  /** Last day of validity, or `LONG_TERM` (长期). */
  readonly idValidUntil: string;
  readonly address: string;
  /** Mainland mobile number, 11 digits. */
  readonly mobile: string;
  readonly maritalStatus: MaritalStatus;
  readonly education: EducationLevel;
}

/** Page 2, 工作与收入: work, income and debts. Amounts are per month, in fen. */
export interface WorkPage {
  readonly employment: EmploymentType;
  readonly employerName: string | null;
  readonly employerPhone: string | null;
  /** First month of the present employment, `YYYY-MM`; null when not employed. */
  readonly employedSince: string | null;
  readonly monthlyIncomeFen: Fen;
  readonly otherMonthlyIncomeFen: Fen;
  /** What the applicant says they repay on all debts each month. */
  readonly monthlyDebtServiceFen: Fen;
  readonly housing: HousingType;
  readonly monthlyHousingCostFen: Fen;
  readonly dependants: number;
}

export interface EmergencyContact {
  readonly name: string;
  readonly relation: ContactRelation;
  readonly mobile: string;
}

/** Page 3, 借款与账户: the loan wanted and the account it is paid to. */
export interface LoanPage {
  readonly productCode: string;
  readonly amountFen: Fen;
  /** Number of monthly instalments. */
  readonly termMonths: number;
  /** Day of the month on which instalments fall due, where the product lets the applicant choose. */
  readonly dueDay?: number;
  readonly purpose: LoanPurpose;
  /** Bank card the money is paid to, 13–19 digits; must be the applicant's own. */
  readonly bankCardNumber: string;
  /** Mobile number reserved with the bank for that card. */
  readonly bankReservedMobile: string;
  readonly contacts: readonly EmergencyContact[];
}

/** The complete form of a natural person. */
export interface PersonApplication {
  readonly kind: 'PERSON';
  readonly identity: IdentityPage;
  readonly work: WorkPage;
  readonly loan: LoanPage;
  /** Null when none was collected. */
  readonly device: DeviceTrail | null;
  /** The person was asked and did not agree to it; absent where nobody asked. */
  readonly trailRefused?: boolean;
}
