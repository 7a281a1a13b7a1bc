/**
 * Check digits of Chinese identifiers, written for the sandbox alone: the outside world computes its own
 * (GB 11643-1999 resident number, GB 32100-2015 unified social credit code, Luhn for cards).
 */

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const ID_CHECKS = '10X98765432';
const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const;

/** The check character of the first 17 digits of a resident identity number. */
export function residentCheck(body: string): string {
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(body.charAt(at)), 0);
  return ID_CHECKS.charAt(sum % 11);
}

/** Appends the check character to 17 digits. */
export function residentNumber(body: string): string {
  return body + residentCheck(body);
}

/** True for 18 characters with a real date of birth and a check character that holds. */
export function isResidentNumber(text: string): boolean {
  if (!/^\d{17}[\dX]$/.test(text)) return false;
  return birthDateOf(text) !== null && residentCheck(text) === text.charAt(17);
}

/** The date of birth inside a resident number as `YYYY-MM-DD`, or null when there is no such day. */
export function birthDateOf(idNumber: string): string | null {
  const text = `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? null : text;
}

/** The Luhn check digit that makes `body` + digit valid. */
export function luhnCheck(body: string): string {
  const sum = body
    .split('')
    .reverse()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return String((10 - (sum % 10)) % 10);
}

/** True for 13–19 digits; the check digit is not insisted on, as old domestic debit cards lack it. */
export function isCardNumber(text: string): boolean {
  return /^\d{13,19}$/.test(text);
}

function organisationCheck(code: string): string {
  const sum = ORGANISATION_WEIGHTS.reduce(
    (total, weight, at) => total + weight * USCC_ALPHABET36.indexOf(code.charAt(at)),
    0,
  );
  const check = 11 - (sum % 11);
  return check === 10 ? 'X' : check === 11 ? '0' : String(check);
}
const USCC_ALPHABET36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function usccCheck(body: string): string {
  let weight = 1;
  let sum = 0;
  for (const character of body) {
    sum += weight * USCC_ALPHABET.indexOf(character);
    weight = (weight * 3) % 31;
  }
  return USCC_ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/** A complete unified social credit code: `91` + region + organisation code with its check + check. */
export function unifiedSocialCreditCode(region: string, organisation: string): string {
  const body = `91${region}${organisation}${organisationCheck(organisation)}`;
  return body + usccCheck(body);
}

/** True when both checks of an 18-character unified social credit code hold. */
export function isUnifiedSocialCreditCode(text: string): boolean {
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(text)) return false;
  return (
    organisationCheck(text.slice(8, 16)) === text.charAt(16) &&
    usccCheck(text.slice(0, 17)) === text.charAt(17)
  );
}
