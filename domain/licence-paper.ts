/** What is believed of a business licence that was read from a picture: its code by its check characters (GB 32100-2015), the rest by the person. */
import { parseUscc } from './identifiers.ts';
import {
  accepted,
  agreed,
  cleaned,
  confirmed,
  MISSING_FIELD,
  type Prefill,
  type PrefillField,
  proposed,
  type Readings,
  weightiest,
} from './prefill.ts';

/** Letters that the code's alphabet leaves out are what readers take its digits for. */
function cleanCode(text: string): string | null {
  const code = text
    .replace(/\s/g, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/I/g, '1')
    .replace(/Z/g, '2');
  return /^[0-9A-Z]{18}$/.test(code) ? code : null;
}

function codeField(readings: Readings): PrefillField {
  const codes = cleaned(readings, 'code', cleanCode);
  const holds = (text: string): boolean => parseUscc(text).ok;
  const both = agreed(codes, holds);
  if (both !== null) return accepted(both.text, Math.max(90, both.confidence));
  const best = weightiest(codes.filter(({ text }) => holds(text)));
  return best === null ? MISSING_FIELD : confirmed(best.text, best.confidence);
}

/** Print without what a reader adds at its ends; brackets become the full-width ones of registered names. */
function plain(text: string): string | null {
  const read = text
    .replace(/\s/g, '')
    .replace(/\(/g, '（')
    .replace(/\)/g, '）')
    .replace(/^[^\p{Script=Han}\d]+|[^\p{Script=Han}\d）]+$/gu, '');
  return read.length < 2 ? null : read;
}

function founded(text: string): string | null {
  const [, year, month, day] =
    /((?:19|20)\d\d)\D+(\d{1,2})\D+(\d{1,2})/.exec(text.replace(/\s/g, '')) ?? [];
  if (!year || !month || !day || Number(month) > 12 || Number(day) > 31) return null;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** Fields `code name type representative capital founded address`. */
export function judgeLicence(readings: Readings): Prefill {
  const text = (field: string): PrefillField =>
    proposed(weightiest(cleaned(readings, field, plain)));
  return {
    fields: {
      code: codeField(readings),
      name: text('name'),
      type: text('type'),
      representative: text('representative'),
      capital: text('capital'),
      founded: proposed(weightiest(cleaned(readings, 'founded', founded))),
      address: text('address'),
    },
    notes: [],
  };
}
