/**
 * What is believed of a resident identity card that was read from pictures (GB 11643-1999, 居民身份证法 art. 3 and 5,
 * regulation.md §6.1). A number is accepted only when its check digit holds and two readings agree; sex and birth follow
 * from an accepted number; name and address are always for the person to confirm.
 */
import { addMonthsClamped } from './calendar.ts';
import { parseResidentId, type ResidentId } from './identifiers.ts';
import {
  accepted,
  agreed,
  cleaned,
  confirmed,
  MISSING_FIELD,
  type PaperNote,
  type Prefill,
  type PrefillField,
  proposed,
  type Readings,
  type TextReading,
  weightiest,
} from './prefill.ts';
import { SURNAMES } from './surnames.ts';

type ValidId = Extract<ResidentId, { ok: true }>;

/** The 56 recognised nations as cards print them. */
const NATIONS = (
  '汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 ' +
  '达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺'
).split(' ');

const onlyHan = (text: string): string => text.replace(/[^\p{Script=Han}·]/gu, '');

/** A name of two to four characters, or a longer one with its middle dot. */
function cleanName(text: string): string | null {
  const name = onlyHan(text)
    .replace(/^姓名/, '')
    .replace(/^·+|·+$/g, '');
  const length = Array.from(name).length;
  return length < 2 || (length > 4 && !name.includes('·')) || length > 20 ? null : name;
}

/** A known surname at the beginning outweighs one reading and a half. */
const surnameBonus = (name: string): number =>
  SURNAMES.has(name.slice(0, 1)) || SURNAMES.has(name.slice(0, 2)) ? 1.5 : 0;

function cleanNation(text: string): string | null {
  const read = onlyHan(text);
  if (NATIONS.includes(read)) return read;
  const near = NATIONS.filter((nation) => {
    if (nation.length < 2 || nation.length !== read.length) return false;
    return Array.from(nation).filter((character, at) => character !== read[at]).length === 1;
  });
  const [only] = near;
  return near.length === 1 && only !== undefined ? only : null;
}

function isoOf(year: string, month: string, day: string): string | null {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null;
}

function cleanBirth(text: string): string | null {
  const [, year, month, day] = /((?:19|20)\d\d)\D+(\d{1,2})\D+(\d{1,2})(?:\D|$)/.exec(text) ?? [];
  return year && month && day ? isoOf(year, month, day) : null;
}

const cleanNumber = (text: string): string | null => {
  const read = text.replace(/\s/g, '').toUpperCase();
  return /^\d{17}[\dX]$/.test(read) ? read : null;
};

function cleanAddress(text: string): string | null {
  const address = text
    .replace(/[\s,，.。、:：;；|｜'"‘’“”]/g, '')
    .replace(/^住址/, '')
    .replace(/\]/g, '1');
  return Array.from(address).length < 6 ? null : address;
}

/** The number's field, and the number where it may be derived from. */
function judgeNumber(
  readings: readonly TextReading[],
  today: string,
  birthPrinted: string | null,
): { readonly field: PrefillField; readonly id: ValidId | null } {
  const holds = (text: string): boolean => parseResidentId(text, today).ok;
  const both = agreed(readings, holds);
  const best = both ?? weightiest(readings.filter(({ text }) => holds(text)));
  const id = best === null ? null : parseResidentId(best.text, today);
  if (best === null || id === null || !id.ok) return { field: MISSING_FIELD, id: null };
  const certain = both !== null && (birthPrinted === null || birthPrinted === id.birthDate);
  return certain
    ? { field: accepted(best.text, Math.max(90, best.confidence)), id }
    : { field: confirmed(best.text, best.confidence), id: null };
}

/** Years that somebody has completed on a day; both ISO dates. */
export function ageOn(birthDate: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

const ADULT = 18;

/** Fields `number name sex nation birth address`. @param today ISO day in Shanghai */
export function judgeFront(readings: Readings, today: string): Prefill {
  const births = cleaned(readings, 'birth', cleanBirth);
  const birthPrinted = agreed(births, () => true);
  const numbers = cleaned(readings, 'number', cleanNumber);
  const { field: number, id } = judgeNumber(numbers, today, birthPrinted?.text ?? null);
  const sexes = cleaned(readings, 'sex', (text) => /[男女]/.exec(text)?.[0] ?? null);
  const sexPrinted = weightiest(sexes);
  const sex = id === null ? null : id.sex === 'MALE' ? '男' : '女';
  const notes: PaperNote[] = [];
  const guess = number.value === null ? null : parseResidentId(number.value, today);
  if (birthPrinted !== null && guess?.ok && guess.birthDate !== birthPrinted.text)
    notes.push('BIRTH_DIFFERS');
  if (
    sex !== null &&
    sexPrinted !== null &&
    sexPrinted.text !== sex &&
    sexPrinted.confidence >= 80
  ) {
    notes.push('SEX_DIFFERS');
  }
  if (id !== null && ageOn(id.birthDate, today) < ADULT) notes.push('UNDERAGE');
  return {
    fields: {
      number,
      name: proposed(weightiest(cleaned(readings, 'name', cleanName), surnameBonus)),
      sex: sex === null ? proposed(sexPrinted) : accepted(sex, 100),
      nation: proposed(weightiest(cleaned(readings, 'nation', cleanNation))),
      birth: id === null ? proposed(weightiest(births)) : accepted(id.birthDate, 100),
      address: proposed(weightiest(cleaned(readings, 'address', cleanAddress))),
    },
    notes,
  };
}

export const LONG_TERM = 'LONG_TERM';

/** Validity as read: the first day, and the last or LONG_TERM. */
interface Validity {
  readonly from: string;
  readonly until: string;
}

function parseValidity(text: string): Validity | null {
  const read = text.replace(/\s/g, '');
  const [, year, month, day, rest] = /(\d{4})[^\d]?(\d{2})[^\d]?(\d{2})(.*)$/.exec(read) ?? [];
  const from = year && month && day ? isoOf(year, month, day) : null;
  if (from === null || rest === undefined) return null;
  if (/长|期/.test(rest)) return { from, until: LONG_TERM };
  const [, toYear, toMonth, toDay] = /(\d{4})[^\d]?(\d{2})[^\d]?(\d{2})/.exec(rest) ?? [];
  const until = toYear && toMonth && toDay ? isoOf(toYear, toMonth, toDay) : null;
  return until === null ? null : { from, until };
}

/** Years of validity that the law gives (居民身份证法 art. 5): 5 under 16, 10 from 16, 20 from 26, without end from 46. */
const SPANS: readonly {
  readonly years: number | null;
  readonly from: number;
  readonly to: number;
}[] = [
  { years: 5, from: 0, to: 15 },
  { years: 10, from: 16, to: 25 },
  { years: 20, from: 26, to: 45 },
  { years: null, from: 46, to: 200 },
];

/** Whether a span is one of the law's, and where the birth date is known, the one of that age at issue. */
function isLawful({ from, until }: Validity, birthDate: string | null): boolean {
  const span = SPANS.find(({ years }) =>
    years === null ? until === LONG_TERM : addMonthsClamped(from, years * 12) === until,
  );
  if (span === undefined) return false;
  if (birthDate === null) return true;
  const age = ageOn(birthDate, from);
  return age >= span.from && age <= span.to;
}

const ISSUER = /^[\p{Script=Han}]{2,28}(?:公安局|公安分局|分局)$/u;

function cleanIssuer(text: string): string | null {
  const issuer = onlyHan(text).replace(/^签发机关/, '');
  return issuer.length < 4 ? null : issuer;
}

/**
 * Fields `issuer validFrom validUntil`. Dates that two readings give alike, that span what the law gives and hold today
 * are accepted; everything else is confirmed. @param birthDate of the same person's accepted number, else null
 */
export function judgeBack(readings: Readings, today: string, birthDate: string | null): Prefill {
  const written = cleaned(readings, 'validity', (text) => {
    const validity = parseValidity(text);
    return validity === null ? null : `${validity.from}/${validity.until}`;
  });
  const twice = agreed(written, () => true);
  const best = twice ?? weightiest(written);
  const [from = '', until = ''] = best?.text.split('/') ?? [];
  const issuer = weightiest(cleaned(readings, 'issuer', cleanIssuer), (text) =>
    ISSUER.test(text) ? 1 : 0,
  );
  const notes: PaperNote[] = [];
  if (issuer !== null && !ISSUER.test(issuer.text)) notes.push('ISSUER_IMPLAUSIBLE');
  if (best === null) {
    return {
      fields: { issuer: proposed(issuer), validFrom: MISSING_FIELD, validUntil: MISSING_FIELD },
      notes,
    };
  }
  const lawful = isLawful({ from, until }, birthDate);
  const running = from <= today && (until === LONG_TERM || today <= until);
  if (!lawful) notes.push('VALIDITY_IMPLAUSIBLE');
  if (!running) notes.push('NOT_VALID_TODAY');
  const field = (value: string): PrefillField =>
    twice !== null && lawful && running
      ? accepted(value, Math.max(90, best.confidence))
      : confirmed(value, best.confidence);
  return {
    fields: { issuer: proposed(issuer), validFrom: field(from), validUntil: field(until) },
    notes,
  };
}
