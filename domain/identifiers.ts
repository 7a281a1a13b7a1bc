/** Chinese identifiers: resident identity number, unified social credit code, mobile number and bank card number. */

export type Sex = 'MALE' | 'FEMALE';

export type ResidentIdRefusal =
  | 'LENGTH'
  | 'LEGACY_15'
  | 'CHARACTERS'
  | 'DATE'
  | 'FUTURE_DATE'
  | 'CHECK_DIGIT';

export type ResidentId =
  | {
      readonly ok: true;
      /** 18 characters, ASCII, upper-case X. */
      readonly number: string;
      readonly birthDate: string;
      readonly sex: Sex;
      /** Six-digit region; `province` is null for a code outside the table (synthetic numbers use 999999). */
      readonly region: { readonly code: string; readonly province: string | null };
    }
  | { readonly ok: false; readonly reason: ResidentIdRefusal };

/** Province-level divisions, first two digits of GB/T 2260. */
const PROVINCES: Readonly<Record<string, string>> = {
  '11': '北京市',
  '12': '天津市',
  '13': '河北省',
  '14': '山西省',
  '15': '内蒙古自治区',
  '21': '辽宁省',
  '22': '吉林省',
  '23': '黑龙江省',
  '31': '上海市',
  '32': '江苏省',
  '33': '浙江省',
  '34': '安徽省',
  '35': '福建省',
  '36': '江西省',
  '37': '山东省',
  '41': '河南省',
  '42': '湖北省',
  '43': '湖南省',
  '44': '广东省',
  '45': '广西壮族自治区',
  '46': '海南省',
  '50': '重庆市',
  '51': '四川省',
  '52': '贵州省',
  '53': '云南省',
  '54': '西藏自治区',
  '61': '陕西省',
  '62': '甘肃省',
  '63': '青海省',
  '64': '宁夏回族自治区',
  '65': '新疆维吾尔自治区',
  '71': '台湾省',
  '81': '香港特别行政区',
  '82': '澳门特别行政区',
};

/** Full-width digits and letters become ASCII, spaces go, letters become upper case. */
export function normaliseIdentifier(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) - 0xfee0))
    .replace(/[\s\u3000]/g, '')
    .toUpperCase();
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** Check character of a resident identity number from its first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2). */
export function idCheckDigit(first17: string): string {
  if (!/^\d{17}$/.test(first17)) throw new RangeError('A check digit needs the first 17 digits.');
  const sum = ID_WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0);
  return '10X98765432'.charAt(sum % 11);
}

/** True when the eight digits name a day of the calendar. */
function isCalendarDate(year: number, month: number, day: number): boolean {
  if (year < 1800 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (lengths[month - 1] ?? 0);
}

/**
 * Reads a resident identity number (GB 11643-1999, regulation.md §6.1). Full-width digits and a lower-case x are
 * accepted; a 15-digit legacy number is refused by name. With `asOf`, a birth date after it is refused.
 */
export function parseResidentId(text: string, asOf?: string): ResidentId {
  const number = normaliseIdentifier(text);
  if (/^\d{15}$/.test(number)) return { ok: false, reason: 'LEGACY_15' };
  if (number.length !== 18) return { ok: false, reason: 'LENGTH' };
  if (!/^\d{17}[\dX]$/.test(number)) return { ok: false, reason: 'CHARACTERS' };
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const [year, month, day] = birthDate.split('-').map(Number);
  if (!isCalendarDate(year ?? 0, month ?? 0, day ?? 0)) return { ok: false, reason: 'DATE' };
  if (idCheckDigit(number.slice(0, 17)) !== number[17]) return { ok: false, reason: 'CHECK_DIGIT' };
  if (asOf !== undefined && birthDate > asOf) return { ok: false, reason: 'FUTURE_DATE' };
  return {
    ok: true,
    number,
    birthDate,
    sex: Number(number[16]) % 2 === 1 ? 'MALE' : 'FEMALE',
    region: { code: number.slice(0, 6), province: PROVINCES[number.slice(0, 2)] ?? null },
  };
}

export type UsccRefusal = 'LENGTH' | 'CHARACTERS' | 'ORGANISATION_CHECK' | 'CHECK_DIGIT';

export type Uscc =
  | {
      readonly ok: true;
      readonly code: string;
      /** Registering department, first character: 9 market regulation, 5 civil affairs, 1 establishment office … */
      readonly department: string;
      /** First two characters: 91 company, 92 sole trader, 93 farmers' co-operative … */
      readonly type: string;
      readonly region: string;
      readonly organisation: string;
    }
  | { readonly ok: false; readonly reason: UsccRefusal };

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const;
const ORGANISATION_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const;

function organisationCheck(first8: string): string {
  const sum = ORGANISATION_WEIGHTS.reduce(
    (total, weight, i) => total + weight * ORGANISATION_ALPHABET.indexOf(first8.charAt(i)),
    0,
  );
  return '0X987654321'.charAt(sum % 11);
}

/** Reads a unified social credit code and checks both of its check characters (GB 32100-2015, GB 11714; §6.2). */
export function parseUscc(text: string): Uscc {
  const code = normaliseIdentifier(text);
  if (code.length !== 18) return { ok: false, reason: 'LENGTH' };
  if (Array.from(code).some((c) => !USCC_ALPHABET.includes(c)))
    return { ok: false, reason: 'CHARACTERS' };
  const organisation = code.slice(8, 17);
  if (organisationCheck(organisation) !== organisation[8]) {
    return { ok: false, reason: 'ORGANISATION_CHECK' };
  }
  const sum = USCC_WEIGHTS.reduce(
    (total, weight, i) => total + weight * USCC_ALPHABET.indexOf(code.charAt(i)),
    0,
  );
  if (USCC_ALPHABET.charAt((31 - (sum % 31)) % 31) !== code[17]) {
    return { ok: false, reason: 'CHECK_DIGIT' };
  }
  const type = code.slice(0, 2);
  return {
    ok: true,
    code,
    department: code.charAt(0),
    type,
    region: code.slice(2, 8),
    organisation,
  };
}

export type Mobile =
  | { readonly ok: true; readonly number: string; readonly virtualOperator: boolean }
  | { readonly ok: false; readonly reason: 'FORMAT' };

/** Segments of virtual operators: a mild risk tag, never a refusal (§6.3). */
const VIRTUAL_SEGMENTS = new Set(['162', '165', '167', '170', '171']);

/** Reads a mainland mobile number; a leading +86 or 86 and separators are accepted. */
export function parseMobile(text: string): Mobile {
  const digits = normaliseIdentifier(text).replaceAll('-', '');
  const number = digits.replace(/^(\+86|86(?=1\d{10}$))/, '');
  if (!/^1[3-9]\d{9}$/.test(number)) return { ok: false, reason: 'FORMAT' };
  return { ok: true, number, virtualOperator: VIRTUAL_SEGMENTS.has(number.slice(0, 3)) };
}

/** Luhn check (mod 10) of a digit string. Domestic debit cards of old may fail: treat a failure as a warning (§6.3). */
export function luhnValid(digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** True for 13 to 19 digits, the length of a bank card number. */
export function isCardNumber(text: string): boolean {
  return /^\d{13,19}$/.test(text);
}

export { maskAddress, maskCard, maskIdNumber, maskMobile, maskName } from './masks.ts';
