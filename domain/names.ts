/**
 * Names of people in characters and in pinyin: brought to one form, and how alike two of them are.
 * Lists write 单小明, SHAN Xiaoming, Xiao-Ming Shan or 單小明 for one person; whether it is that person, people decide.
 */
import { pinyin } from 'pinyin-pro';
import { editDistance, SYLLABLE_MOST, syllableDistance, syllablesOf } from './pinyin-syllables.ts';

/** Traditional forms of the characters most frequent in names, each before its simplified form. */
const TRADITIONAL =
  '張张陳陈劉刘楊杨黃黄趙赵吳吴孫孙馬马羅罗鄭郑謝谢許许韓韩馮冯鄧邓蕭萧葉叶蔣蒋蘇苏呂吕盧卢賈贾鍾钟鐘钟陸陆範范韋韦鄒邹單单龍龙萬万顧顾賴赖嚴严湯汤湯汤閻阎閆闫莊庄譚谭廖廖龔龚齊齐華华偉伟國国強强麗丽軍军輝辉傑杰東东龍龙鳳凤蘭兰寶宝慶庆學学曉晓靜静潔洁豔艳艷艳瓊琼勝胜義义誠诚連连愛爱貴贵紅红濤涛亞亚賢贤德德達达飛飞剛刚維维銀银錦锦進进運运遠远樂乐燕燕瑩莹穎颖嬌娇婭娅媽妈榮荣曄晔澤泽衛卫銳锐錢钱鋒锋鑫鑫倫伦億亿倩倩見见';

const SIMPLIFIED: ReadonlyMap<string, string> = new Map(
  Array.from(TRADITIONAL.matchAll(/(.)(.)/gu), ([, from = '', to = '']) => [from, to] as const),
);

/** Dots, commas, hyphens and apostrophes stand between parts of a name and are no part of it. */
const BETWEEN = /[·•・‧∙．.。,，、'’ʼ`\-‐–_]/gu;

/**
 * One form for comparing: NFKC (full width to half), dots and hyphens to spaces, lower case, ü to v, other accents gone,
 * traditional characters to simplified ones where frequent in names, and no spaces between characters.
 */
export function normaliseName(name: string): string {
  const folded = name.normalize('NFKC').replace(BETWEEN, ' ').toLowerCase();
  const plain = folded
    .normalize('NFD')
    .replace(/u(\p{Mn}*)\u0308(\p{Mn}*)/gu, 'v')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC');
  const simplified = Array.from(plain, (one) => SIMPLIFIED.get(one) ?? one).join('');
  return simplified
    .replace(/\s+/gu, ' ')
    .replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')
    .trim();
}

const HAN = /^\p{Script=Han}+$/u;

/** A name in the forms in which it is compared. */
export interface ReadName {
  /** In one form, see normaliseName. */
  readonly text: string;
  /** Its characters, when it is written in characters alone. */
  readonly characters: readonly string[] | null;
  /** Its syllables, surname first where it is known which part that is; more readings where characters have more. */
  readonly readings: readonly (readonly string[])[];
}

const READ = { toneType: 'none', type: 'array', v: true } as const;

/** A Latin name in its two orders: surname first and surname last. */
function latinReadings(text: string): readonly (readonly string[])[] {
  const parts = text.split(' ').map((part) => syllablesOf(part));
  const [first = [], ...rest] = parts;
  const last = parts.at(-1) ?? [];
  const moved = [...last, ...parts.slice(0, -1).flat()];
  return parts.length < 2 ? [first] : [[...first, ...rest.flat()], moved];
}

/** Reads a name; polyphonic characters are read as a surname where they stand as one (单 shan, 曾 zeng, 仇 qiu). */
export function readName(name: string): ReadName {
  const text = normaliseName(name);
  if (!HAN.test(text)) return { text, characters: null, readings: latinReadings(text) };
  const asSurname = pinyin(text, { ...READ, surname: 'head' });
  const asWord = pinyin(text, { ...READ, surname: 'off' });
  const same = asSurname.join(' ') === asWord.join(' ');
  return {
    text,
    characters: Array.from(text),
    readings: same ? [asSurname] : [asSurname, asWord],
  };
}

/** A pair that differs in most of its sound is no candidate, whatever the rest. */
function soundOf(one: readonly string[], other: readonly string[]): number {
  const longest = Math.max(one.length, other.length);
  if (longest === 0) return 0;
  return Math.max(0, 1 - editDistance(one, other, syllableDistance) / longest);
}

/** A word that is no pinyin, as in names of other languages. */
const isForeign = (syllable: string): boolean => syllable.length > SYLLABLE_MOST;

/**
 * Names of other languages are spelt in many ways and parted in many places (Al Qahtani, Alqahtani): how alike their
 * letters are, all joined. 0 where one of the two is in pinyin, whose syllables differ by single letters.
 */
function lettersOf(one: ReadName, other: ReadName): number {
  const [a = []] = one.readings;
  const [b = []] = other.readings;
  if (!a.some(isForeign) || !b.some(isForeign)) return 0;
  const [x, y] = [Array.from(a.join('')), Array.from(b.join(''))];
  return 1 - editDistance(x, y, exact) / Math.max(x.length, y.length);
}

const exact = (a: string, b: string): number => (a === b ? 0 : 1);

/** Weight of the sound where both names are written in characters: 王伟 and 汪伟 sound alike and are two names. */
const SOUND_SHARE = 0.6;

/**
 * How alike two names are, 0 to 1. Both in characters: the better of the characters alone, and of sound and characters
 * together. Otherwise the sound alone, in whichever order of surname and given name fits better.
 */
export function nameSimilarity(one: ReadName, other: ReadName): number {
  if (one.text === '' || other.text === '') return 0;
  if (one.text === other.text) return 1;
  const sounds = one.readings.flatMap((a) => other.readings.map((b) => soundOf(a, b)));
  const sound = Math.max(0, ...sounds, lettersOf(one, other));
  const { characters: a } = one;
  const { characters: b } = other;
  if (a === null || b === null) return sound;
  const written = 1 - editDistance(a, b, exact) / Math.max(a.length, b.length);
  return Math.max(written, SOUND_SHARE * sound + (1 - SOUND_SHARE) * written);
}

/** Syllables folded to what careless spelling leaves of them: by these a list is searched for candidates. */
export function nameKeys(name: ReadName): readonly string[] {
  return [...new Set(name.readings.flat().map(foldSyllable))].sort();
}

/** z/zh, c/ch, s/sh, an/ang, en/eng, in/ing, l/n and ü/u are one where they are heard or typed for each other. */
function foldSyllable(syllable: string): string {
  // What is left of a foreign name whose vowels and double letters are spelt otherwise: Mohammed and Mohamad are mhmd.
  if (isForeign(syllable)) return syllable.replace(/[aeiou]/g, '').replace(/(.)\1+/g, '$1');
  return syllable
    .replace(/^([zcs])h/, '$1')
    .replace(/^n/, 'l')
    .replace(/^([lj])yu/, '$1u')
    .replace(/v/g, 'u')
    .replace(/([aei])ng$/, '$1n');
}

export interface SecondFactors {
  readonly birthDate: string | null;
  readonly sex: 'MALE' | 'FEMALE' | null;
}

/** Whether birth date and sex speak for or against it; a year alone, or a year beside it, is no contradiction. */
export function compareSecondFactors(
  person: SecondFactors,
  listed: SecondFactors,
): 'AGREES' | 'DIFFERS' | 'UNKNOWN' {
  if (person.sex !== null && listed.sex !== null && person.sex !== listed.sex) return 'DIFFERS';
  if (person.birthDate === null || listed.birthDate === null) return 'UNKNOWN';
  if (person.birthDate === listed.birthDate) return 'AGREES';
  const years = Math.abs(
    Number(person.birthDate.slice(0, 4)) - Number(listed.birthDate.slice(0, 4)),
  );
  return years <= 1 ? 'UNKNOWN' : 'DIFFERS';
}

/** From which likeness on people look: less where the birth date agrees, almost the same name where it contradicts. */
export const NAME_THRESHOLDS = { AGREES: 0.75, UNKNOWN: 0.85, DIFFERS: 0.95 } as const;

/** True when a name on a list is alike enough for people to look at it. */
export const isNameHit = (similarity: number, factor: keyof typeof NAME_THRESHOLDS): boolean =>
  similarity >= NAME_THRESHOLDS[factor];
