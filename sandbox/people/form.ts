/**
 * The pages of the lender's application form, as far as a persona fills them in. The sandbox has its own copy of the
 * shape, because the outside world shares nothing with the platform; money is fen, dates are ISO.
 */

export interface FormIdentity {
  readonly name: string;
  readonly idNumber: string;
  readonly idValidFrom: string;
  readonly idValidUntil: string;
  readonly address: string;
  readonly mobile: string;
  readonly maritalStatus: 'SINGLE' | 'MARRIED' | 'DIVORCED' | 'WIDOWED' | 'UNKNOWN';
  readonly education: 'POSTGRADUATE' | 'BACHELOR' | 'COLLEGE' | 'SECONDARY' | 'PRIMARY' | 'UNKNOWN';
}

export interface FormWork {
  readonly employment:
    | 'EMPLOYED'
    | 'CIVIL_SERVANT'
    | 'SELF_EMPLOYED'
    | 'FREELANCE'
    | 'RETIRED'
    | 'STUDENT'
    | 'UNEMPLOYED';
  readonly employerName: string | null;
  readonly employerPhone: string | null;
  readonly employedSince: string | null;
  readonly monthlyIncomeFen: number;
  readonly otherMonthlyIncomeFen: number;
  readonly monthlyDebtServiceFen: number;
  readonly housing: 'OWNED' | 'MORTGAGED' | 'RENTED' | 'FAMILY' | 'DORMITORY' | 'OTHER';
  readonly monthlyHousingCostFen: number;
  readonly dependants: number;
}

export interface FormContact {
  readonly name: string;
  readonly relation: 'SPOUSE' | 'PARENT' | 'CHILD' | 'SIBLING' | 'COLLEAGUE' | 'FRIEND' | 'OTHER';
  readonly mobile: string;
}

export interface FormLoan {
  readonly productCode: string;
  readonly amountFen: number;
  readonly termMonths: number;
  readonly purpose:
    | 'RENOVATION'
    | 'EDUCATION'
    | 'MEDICAL'
    | 'TRAVEL'
    | 'DURABLES'
    | 'WEDDING'
    | 'BUSINESS'
    | 'OTHER';
  readonly bankCardNumber: string;
  readonly bankReservedMobile: string;
  readonly contacts: readonly FormContact[];
}

export interface FormPageBehaviour {
  readonly page: 1 | 2 | 3;
  readonly dwellMs: number;
  readonly pasteCount: number;
  readonly correctionCount: number;
  readonly keyCount: number;
  readonly scrollPx: number;
  readonly typing?: readonly {
    readonly field: 'idNumber' | 'bankCardNumber';
    readonly keys: number;
    readonly meanMs: number;
    readonly deviationMs: number;
  }[];
  readonly moved?: boolean;
  readonly tilted?: boolean;
}

export interface FormDevice {
  /** The person agreed to the collector. */
  readonly consent: true;
  readonly fingerprint: string;
  readonly userAgent: string;
  readonly platform: string;
  readonly timeZone: string;
  readonly languages: readonly string[];
  readonly screen: { readonly width: number; readonly height: number; readonly pixelRatio: number };
  readonly touchPoints: number;
  readonly cores: number;
  readonly memoryGb: number;
  readonly webglRenderer: string;
  readonly webdriver: boolean;
  readonly sensors: { readonly motion: boolean; readonly orientation: boolean };
  readonly emulator: boolean;
  readonly proxy: boolean;
  readonly pages: readonly FormPageBehaviour[];
}

/** What a persona submits. */
export interface FormApplication {
  readonly kind: 'PERSON';
  readonly identity: FormIdentity;
  readonly work: FormWork;
  readonly loan: FormLoan;
  readonly device: FormDevice | null;
}
