/**
 * Takes personal data out of what is about to be logged: by the name of a field, and by the look of digits in a text.
 */

const MASK = '[masked]';
const DEPTH_MAX = 8;

/** Fields whose value is personal or secret whatever it looks like, in lower case without separators. */
const PRIVATE_FIELDS: ReadonlySet<string> = new Set([
  'address',
  'applicantname',
  'authorization',
  'bankcard',
  'birthdate',
  'cardno',
  'cardnumber',
  'cookie',
  'email',
  'fullname',
  'holdername',
  'idno',
  'idnumber',
  'mobile',
  'password',
  'personname',
  'phone',
  'privatekey',
  'secret',
  'setcookie',
  'token',
]);

/** Resident id numbers: 17 digits and a check character. Boundaries are digits only: letters may touch the number. */
const ID_NUMBER = /(?<!\d)\d{17}[\dXx](?!\d)/g;
/** Bank cards: 13 to 19 digits, or groups of four with one kind of separator. */
const CARD_NUMBER = /(?<!\d)(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?)(?!\d)/g;
/** Mobile numbers of mainland China, with or without +86, in one piece or as people write them. */
const MOBILE = /(?<!\d)(?:\+?86[ -]?)?1[3-9]\d([ -]?)\d{4}\1\d{4}(?!\d)/g;
const EMAIL = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+/g;
/**
 * Names, addresses and employers have no form of their own, but the house logs in English: what is Chinese in a line
 * came from a person's form or from a registry. Texts of a database whose messages are Chinese go with it; their codes stay.
 */
const CHINESE = /[\p{Script=Han}·〇]+/gu;

/** `text` with id numbers, card numbers, mobiles, e-mail addresses and everything Chinese masked. */
export function scrubText(text: string): string {
  return text
    .replace(EMAIL, '[email]')
    .replace(CHINESE, '[chinese]')
    .replace(ID_NUMBER, '[id number]')
    .replace(MOBILE, '[mobile]')
    .replace(CARD_NUMBER, '[card number]');
}

/** A copy of a JSON value fit for a log: private fields masked, texts scrubbed, at most 8 levels deep. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return MASK;
  if (Array.isArray(value)) return value.map((item) => scrub(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const isPrivate = PRIVATE_FIELDS.has(name.toLowerCase().replaceAll(/[_-]/g, ''));
    copy[scrubText(name)] = isPrivate ? MASK : scrub(field, depth + 1);
  }
  return copy;
}
