/** The checks of the three form pages: every fault with its path, its code and a sentence in both languages. */
import {
  type EmergencyContact,
  type IdentityPage,
  LOAN_PURPOSES,
  type LoanPage,
  type PersonApplication,
  type WorkPage,
} from './apply.ts';
import { ageOn, isIsoDate } from './calendar.ts';
import {
  isCardNumber,
  luhnValid,
  parseMobile,
  parseResidentId,
  type ResidentIdRefusal,
} from './identifiers.ts';
import { addFen } from './money.ts';
import { isDueDayOf, type Product, validateRequest } from './product.ts';

export interface FieldError {
  /** JSON pointer into the application, e.g. `/identity/idNumber`. */
  readonly path: string;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  /** A warning is shown and stored but does not stop the form. */
  readonly severity: 'error' | 'warning';
}

/** What the rules need beside the page: the business date and the ages of the policy. */
export interface FormContext {
  readonly asOf: string;
  readonly minAgeYears: number;
}

function fault(path: string, code: string, zh: string, en: string): FieldError {
  return { path, code, zh, en, severity: 'error' };
}

const ID_FAULTS: Readonly<Record<ResidentIdRefusal, readonly [string, string]>> = {
  LENGTH: ['身份证号码须为18位', 'The identity number has 18 characters'],
  LEGACY_15: [
    '请填写18位身份证号码，15位旧证号已停用',
    'Enter the 18-character number; 15-digit numbers are no longer valid',
  ],
  CHARACTERS: ['身份证号码含有无效字符', 'The identity number contains an invalid character'],
  DATE: ['身份证号码中的出生日期无效', 'The birth date in the identity number is not a date'],
  FUTURE_DATE: [
    '身份证号码中的出生日期晚于今天',
    'The birth date in the identity number is in the future',
  ],
  CHECK_DIGIT: [
    '身份证号码校验位不正确，请核对',
    'The check digit of the identity number is wrong',
  ],
};

/** Chinese name: 2–25 Han characters, with the middle dot of minority names; rare characters outside the BMP count. */
const NAME = /^\p{Script=Han}{1,25}(?:[·•]\p{Script=Han}{1,25})*$/u;

function checkName(name: string, path: string): readonly FieldError[] {
  const length = Array.from(name).length;
  if (NAME.test(name) && length >= 2 && length <= 30) return [];
  return [
    fault(
      path,
      'NAME',
      '请填写与证件一致的中文姓名',
      'Enter the Chinese name as on the identity card',
    ),
  ];
}

function checkIdNumber(idNumber: string, context: FormContext): readonly FieldError[] {
  const path = '/identity/idNumber';
  const id = parseResidentId(idNumber, context.asOf);
  if (!id.ok) {
    const [zh, en] = ID_FAULTS[id.reason];
    return [fault(path, id.reason, zh, en)];
  }
  if (ageOn(id.birthDate, context.asOf) >= context.minAgeYears) return [];
  const [zh, en] = [
    `申请人须年满${context.minAgeYears}周岁`,
    `The applicant must be at least ${context.minAgeYears}`,
  ];
  return [fault(path, 'UNDER_AGE', zh, en)];
}

function checkIdValidity(page: IdentityPage, asOf: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!isIsoDate(page.idValidFrom) || page.idValidFrom > asOf) {
    errors.push(
      fault(
        '/identity/idValidFrom',
        'VALID_FROM',
        '证件起始日期无效或晚于今天',
        'The start of validity is not a past date',
      ),
    );
  }
  if (page.idValidUntil === 'LONG_TERM') return errors;
  if (!isIsoDate(page.idValidUntil) || page.idValidUntil <= page.idValidFrom) {
    errors.push(
      fault(
        '/identity/idValidUntil',
        'VALID_UNTIL',
        '证件截止日期无效',
        'The end of validity is not a date after its start',
      ),
    );
  } else if (page.idValidUntil < asOf) {
    errors.push(
      fault(
        '/identity/idValidUntil',
        'ID_EXPIRED',
        '身份证已过有效期',
        'The identity card has expired',
      ),
    );
  }
  return errors;
}

function checkMobile(mobile: string, path: string): readonly FieldError[] {
  if (parseMobile(mobile).ok) return [];
  return [
    fault(path, 'MOBILE', '请填写11位大陆手机号码', 'Enter an 11-digit mainland mobile number'),
  ];
}

/** Page 1: the identity number and its owner's age, the card's validity, name, mobile and address. */
export function checkIdentityPage(page: IdentityPage, context: FormContext): readonly FieldError[] {
  const address = Array.from(page.address.trim()).length;
  return [
    ...checkName(page.name, '/identity/name'),
    ...checkIdNumber(page.idNumber, context),
    ...checkIdValidity(page, context.asOf),
    ...checkMobile(page.mobile, '/identity/mobile'),
    ...(address >= 6 && address <= 120
      ? []
      : [fault('/identity/address', 'ADDRESS', '请填写完整的居住地址', 'Enter the full address')]),
  ];
}

const WORKING = new Set(['EMPLOYED', 'CIVIL_SERVANT', 'SELF_EMPLOYED']);

function checkEmployment(page: WorkPage, asOf: string): readonly FieldError[] {
  if (!WORKING.has(page.employment)) return [];
  const errors: FieldError[] = [];
  if ((page.employerName ?? '').trim().length < 2) {
    errors.push(
      fault('/work/employerName', 'EMPLOYER', '请填写工作单位名称', 'Enter the employer'),
    );
  }
  const since = page.employedSince;
  if (since === null || !/^\d{4}-(0[1-9]|1[0-2])$/.test(since) || since > asOf.slice(0, 7)) {
    errors.push(
      fault(
        '/work/employedSince',
        'EMPLOYED_SINCE',
        '请填写入职年月',
        'Enter the month the employment began',
      ),
    );
  }
  return errors;
}

/** Monthly income above this is more often a slip of the keyboard than an income (house default, ¥1,000,000). */
const IMPLAUSIBLE_INCOME_FEN = 1_000_000_00;

function checkAmounts(page: WorkPage): readonly FieldError[] {
  const income = addFen(page.monthlyIncomeFen, page.otherMonthlyIncomeFen);
  const errors: FieldError[] = [];
  if (WORKING.has(page.employment) && page.monthlyIncomeFen <= 0) {
    errors.push(
      fault('/work/monthlyIncomeFen', 'INCOME', '请填写月收入', 'Enter the monthly income'),
    );
  }
  if (page.monthlyIncomeFen > IMPLAUSIBLE_INCOME_FEN) {
    errors.push(
      fault(
        '/work/monthlyIncomeFen',
        'INCOME_IMPLAUSIBLE',
        '月收入金额异常，请按每月金额填写',
        'The income is implausible; enter it per month',
      ),
    );
  }
  if (page.employment === 'UNEMPLOYED' && page.monthlyIncomeFen > 0) {
    errors.push(
      fault(
        '/work/monthlyIncomeFen',
        'INCOME_INCONSISTENT',
        '无业状态下不应填写工作收入',
        'An unemployed person has no income from work',
      ),
    );
  }
  if (page.monthlyHousingCostFen > income) {
    errors.push({
      ...fault(
        '/work/monthlyHousingCostFen',
        'HOUSING_COST',
        '居住支出高于总收入，请核对',
        'Housing costs more than the whole income',
      ),
      severity: 'warning',
    });
  }
  if (!Number.isInteger(page.dependants) || page.dependants < 0 || page.dependants > 20) {
    errors.push(
      fault('/work/dependants', 'DEPENDANTS', '供养人数须为0至20', 'Dependants are 0 to 20'),
    );
  }
  return errors;
}

/** Page 2: employer when employed, and amounts that fit one another. */
export function checkWorkPage(page: WorkPage, context: FormContext): readonly FieldError[] {
  return [...checkEmployment(page, context.asOf), ...checkAmounts(page)];
}

function checkContacts(contacts: readonly EmergencyContact[]): readonly FieldError[] {
  if (contacts.length < 1 || contacts.length > 5) {
    return [
      fault('/loan/contacts', 'CONTACT_COUNT', '请填写1至5位联系人', 'Give one to five contacts'),
    ];
  }
  return contacts.flatMap((contact, i) => [
    ...checkName(contact.name, `/loan/contacts/${i}/name`),
    ...checkMobile(contact.mobile, `/loan/contacts/${i}/mobile`),
    ...(contacts.findIndex((other) => other.mobile === contact.mobile) < i
      ? [
          fault(
            `/loan/contacts/${i}/mobile`,
            'CONTACT_TWICE',
            '联系人手机号重复',
            'The same contact is given twice',
          ),
        ]
      : []),
  ]);
}

function checkCard(card: string): readonly FieldError[] {
  const path = '/loan/bankCardNumber';
  if (!isCardNumber(card)) {
    return [fault(path, 'CARD', '银行卡号须为13至19位数字', 'A card number has 13 to 19 digits')];
  }
  if (luhnValid(card)) return [];
  return [
    {
      ...fault(
        path,
        'CARD_LUHN',
        '银行卡号校验未通过，请核对',
        'The check digit of the card number does not fit; please check it',
      ),
      severity: 'warning',
    },
  ];
}

/** Page 3: the request against the product, the card, and the contacts. A null product is one that is not on sale. */
export function checkLoanPage(page: LoanPage, product: Product | null): readonly FieldError[] {
  const request =
    product === null ? null : validateRequest(product, page.amountFen, page.termMonths);
  const errors: FieldError[] = [];
  if (request === null) {
    errors.push(
      fault('/loan/productCode', 'PRODUCT', '产品不存在或已停售', 'The product is not on sale'),
    );
  } else if (!request.ok) {
    const path = request.reason === 'TERM' ? '/loan/termMonths' : '/loan/amountFen';
    errors.push(fault(path, request.reason, request.zh, request.en));
  }
  if (product !== null && !isDueDayOf(product.schedule.dueDay, page.dueDay ?? null)) {
    errors.push(
      fault(
        '/loan/dueDay',
        'DUE_DAY',
        '该产品不能选择此还款日',
        'This day of the month cannot be chosen for the product',
      ),
    );
  }
  if (!LOAN_PURPOSES.includes(page.purpose)) {
    errors.push(
      fault('/loan/purpose', 'PURPOSE', '借款用途不在允许范围内', 'The purpose is not permitted'),
    );
  } else if (product?.excludedPurposes.includes(page.purpose) === true) {
    errors.push(
      fault(
        '/loan/purpose',
        'PURPOSE',
        page.purpose === 'BUSINESS' ? '个人消费贷款不得用于经营' : '该产品不得用于此用途',
        page.purpose === 'BUSINESS'
          ? 'A consumer loan may not be used for business'
          : 'This product may not be used for that purpose',
      ),
    );
  }
  return [
    ...errors,
    ...checkCard(page.bankCardNumber),
    ...checkMobile(page.bankReservedMobile, '/loan/bankReservedMobile'),
    ...checkContacts(page.contacts),
  ];
}

function checkAcrossPages(application: PersonApplication): readonly FieldError[] {
  const own = [application.identity.mobile, application.loan.bankReservedMobile];
  return application.loan.contacts.flatMap((contact, i) => [
    ...(own.includes(contact.mobile)
      ? [
          fault(
            `/loan/contacts/${i}/mobile`,
            'CONTACT_OWN_MOBILE',
            '联系人手机号不能是本人号码',
            'A contact cannot have the applicant’s own mobile',
          ),
        ]
      : []),
    ...(contact.name === application.identity.name
      ? [
          fault(
            `/loan/contacts/${i}/name`,
            'CONTACT_SELF',
            '联系人不能是本人',
            'A contact cannot be the applicant',
          ),
        ]
      : []),
  ]);
}

/** The whole form, including what can only be seen across pages. */
export function checkComplete(
  application: PersonApplication,
  product: Product | null,
  context: FormContext,
): readonly FieldError[] {
  return [
    ...checkIdentityPage(application.identity, context),
    ...checkWorkPage(application.work, context),
    ...checkLoanPage(application.loan, product),
    ...checkAcrossPages(application),
  ];
}

/** True when nothing but warnings stand. */
export function mayProceed(errors: readonly FieldError[]): boolean {
  return errors.every((error) => error.severity === 'warning');
}
