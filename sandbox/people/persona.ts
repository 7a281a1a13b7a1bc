/**
 * How a persona is written down, and how it becomes an application and a person with numbers that hold.
 *
 * Numbers carry the persona and its variant in their digits, in ranges nobody is assigned: resident numbers of region
 * 99PPBB (PP persona, BB block of 500 variants; the persona itself is 999999), mobiles of the unassigned range 154,
 * cards of issuer 622999 (this bank) or 623999 (another bank). A variant is another person with the same story.
 */
import { luhnCheck, residentNumber } from '../identifiers.ts';
import type { FormApplication, FormDevice, FormIdentity, FormLoan, FormWork } from './form.ts';
import { BEST_TRAITS, type Person } from './person.ts';

/** How the story of a persona ends when the platform does its work. */
export type StatedOutcome =
  | 'APPROVED'
  | 'REFERRED'
  | 'DECLINED'
  | 'REFUSED_AT_FORM'
  | 'PAYOUT_FAILS'
  | 'PAYOUT_LATE'
  | 'PAYOUT_RETURNED'
  | 'REPAYMENT_FAILS';

type Traits = Omit<
  Person,
  'idNumber' | 'name' | 'mobile' | 'bankCard' | 'bankReservedMobile' | 'persona'
>;

export interface PersonaSpec {
  /** 0–97, part of every number of the persona: never changed, never used twice. */
  readonly number: number;
  readonly key: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly outcome: StatedOutcome;
  /** What each service will answer that is out of the ordinary, and why the story ends as it does. */
  readonly story: string;
  readonly name: string;
  readonly sex: 'MALE' | 'FEMALE';
  /** Date of birth, or an age to be kept: the person is that old whatever the year (born on 31 December). */
  readonly birth: string | { readonly age: number };
  readonly identity?: Partial<FormIdentity>;
  readonly work?: Partial<FormWork>;
  readonly loan?: Partial<FormLoan>;
  readonly device?: Partial<FormDevice> | null;
  /** What the world knows, where it is not the best. */
  readonly traits?: Partial<Traits>;
  /** What the registries hold, where it is not what the application says. */
  readonly registered?: Partial<
    Pick<Person, 'name' | 'mobile' | 'bankCard' | 'bankReservedMobile'>
  >;
  /** True when the card is of another bank, which settles slowly. */
  readonly otherBank?: boolean;
}

/** Highest number of variants of one persona. */
export const VARIANT_LIMIT = 50_000;

const SURNAMES = [
  '林',
  '周',
  '吴',
  '郑',
  '冯',
  '陈',
  '褚',
  '卫',
  '蒋',
  '沈',
  '韩',
  '杨',
  '朱',
  '秦',
  '许',
  '何',
] as const;
const GIVEN = [
  '清',
  '和',
  '明',
  '远',
  '书',
  '宁',
  '安',
  '然',
  '嘉',
  '言',
  '子',
  '墨',
  '景',
  '行',
  '若',
  '水',
  '思',
  '齐',
  '怀',
  '瑾',
] as const;

/** 0 is the persona itself; from 1 on its variants. */
function variantName(spec: PersonaSpec, variant: number): string {
  if (variant === 0) return spec.name;
  const at = variant * 7 + spec.number;
  const surname = SURNAMES[at % SURNAMES.length] ?? '林';
  const first = GIVEN[Math.floor(at / SURNAMES.length) % GIVEN.length] ?? '清';
  const second = GIVEN[(Math.floor(at / 320) + variant) % GIVEN.length] ?? '和';
  return surname + first + second;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function birthOf(spec: PersonaSpec, today: Date): string {
  if (typeof spec.birth === 'string') return spec.birth;
  // Born on the last day of a year: the age holds on every day of `today`'s year but the last.
  return `${today.getFullYear() - spec.birth.age - 1}-12-31`;
}

export function personaIdNumber(spec: PersonaSpec, variant: number, today: Date): string {
  const birth = birthOf(spec, today).replaceAll('-', '');
  const odd = spec.sex === 'MALE' ? 1 : 0;
  if (variant === 0)
    return residentNumber(`999999${birth}${String(2 * spec.number + odd).padStart(3, '0')}`);
  const region = `99${two(spec.number)}${two(Math.floor(variant / 500))}`;
  return residentNumber(`${region}${birth}${String((variant % 500) * 2 + odd).padStart(3, '0')}`);
}

function digits(spec: PersonaSpec, variant: number): string {
  return two(spec.number) + String(variant).padStart(5, '0');
}

export function personaMobile(spec: PersonaSpec, variant: number): string {
  return `1540${digits(spec, variant)}`;
}

export function personaCard(spec: PersonaSpec, variant: number): string {
  const body = `${spec.otherBank === true ? '623999' : '622999'}${digits(spec, variant)}0000`;
  return body + luhnCheck(body);
}

/** A card of this bank whose holder is no persona. */
export const STRANGER_CARD = `62299997000000000${luhnCheck('62299997000000000')}`;

/** The person behind a card of our two issuers: persona number and variant, or null for any other card. */
export function readCard(
  card: string,
): { readonly number: number; readonly variant: number } | null {
  const match = /^62[23]999(\d{2})(\d{5})0000\d$/.exec(card);
  return match === null ? null : { number: Number(match[1]), variant: Number(match[2]) };
}

/** The persona and variant in a resident number of an unassigned 99… region; null for any other number. */
export function readIdNumber(
  idNumber: string,
): { readonly number: number; readonly variant: number } | null {
  const match = /^99(\d{2})(\d{2})\d{8}(\d{3})[\dX]$/.exec(idNumber);
  if (match === null) return null;
  const sequence = Number(match[3]);
  if (idNumber.startsWith('999999')) return { number: Math.floor(sequence / 2), variant: 0 };
  return { number: Number(match[1]), variant: Number(match[2]) * 500 + Math.floor(sequence / 2) };
}

/** The application a persona (or its variant) hands in, valid on `today`. */
export function personaApplication(
  spec: PersonaSpec,
  variant: number,
  today: Date,
): FormApplication {
  return {
    kind: 'PERSON',
    identity: identityPage(spec, variant, today),
    work: { ...WORK, ...spec.work },
    loan: loanPage(spec, variant),
    device: spec.device === null ? null : { ...device(spec, variant), ...spec.device },
  };
}

/** The person whom the services know under a persona's number. */
export function personaPerson(spec: PersonaSpec, variant: number, today: Date): Person {
  const { identity, loan } = personaApplication(spec, variant, today);
  return {
    ...BEST_TRAITS,
    ...spec.traits,
    idNumber: identity.idNumber,
    name: identity.name,
    mobile: identity.mobile,
    bankCard: loan.bankCardNumber,
    bankReservedMobile: loan.bankReservedMobile,
    ...spec.registered,
    persona: spec.key,
  };
}

function identityPage(spec: PersonaSpec, variant: number, today: Date): FormIdentity {
  return {
    name: variantName(spec, variant),
    idNumber: personaIdNumber(spec, variant, today),
    ...cardValidity(birthOf(spec, today), today),
    address: `示范省示范市云山区清和路${spec.number + 1}号${variant + 1}室`,
    mobile: personaMobile(spec, variant),
    maritalStatus: 'MARRIED',
    education: 'BACHELOR',
    ...spec.identity,
  };
}

/** Identity cards are issued for 5, 10 or 20 years or for good, by age (Resident Identity Card Law, article 5). */
function cardValidity(
  birth: string,
  today: Date,
): Pick<FormIdentity, 'idValidFrom' | 'idValidUntil'> {
  const issued = today.getFullYear() - 2;
  const birthdayStillToCome = birth.slice(5) > '03-18';
  const age = issued - Number(birth.slice(0, 4)) - (birthdayStillToCome ? 1 : 0);
  const years = age < 16 ? 5 : age <= 25 ? 10 : 20;
  const until = age >= 46 ? 'LONG_TERM' : `${issued + years}-03-18`;
  return { idValidFrom: `${issued}-03-18`, idValidUntil: until };
}

const WORK: FormWork = {
  employment: 'EMPLOYED',
  employerName: '示范云帆软件有限公司',
  employerPhone: '01088886666',
  employedSince: '2019-03',
  monthlyIncomeFen: 1_800_000,
  otherMonthlyIncomeFen: 0,
  monthlyDebtServiceFen: 120_000,
  housing: 'OWNED',
  monthlyHousingCostFen: 60_000,
  dependants: 1,
};

/** A form that names the applicant as their own contact is refused, and some variant is called like anybody. */
function somebodyElse(own: string, usual: string, instead: string): string {
  return own === usual ? instead : usual;
}

function loanPage(spec: PersonaSpec, variant: number): FormLoan {
  const own = variantName(spec, variant);
  return {
    productCode: 'PERSONAL_CREDIT',
    amountFen: 5_000_000,
    termMonths: 12,
    purpose: 'RENOVATION',
    bankCardNumber: personaCard(spec, variant),
    bankReservedMobile: spec.identity?.mobile ?? personaMobile(spec, variant),
    contacts: [
      {
        name: somebodyElse(own, '何思齐', '何思远'),
        relation: 'SPOUSE',
        mobile: `1541${digits(spec, variant)}`,
      },
      {
        name: somebodyElse(own, '秦若水', '秦若山'),
        relation: 'COLLEAGUE',
        mobile: `1542${digits(spec, variant)}`,
      },
    ],
    ...spec.loan,
  };
}

/** A telephone in a hand: it moves, and its owner types at a pace that varies. */
function device(spec: PersonaSpec, variant: number): FormDevice {
  const held = { moved: true, tilted: true };
  return {
    consent: true,
    fingerprint: `device-${spec.key}-${variant}`,
    userAgent:
      'Mozilla/5.0 (Linux; Android 14; Sandbox) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
    platform: 'Linux armv8l',
    timeZone: 'Asia/Shanghai',
    languages: ['zh-CN'],
    screen: { width: 393, height: 852, pixelRatio: 2.75 },
    touchPoints: 5,
    cores: 8,
    memoryGb: 8,
    webglRenderer: 'Adreno (TM) 740',
    webdriver: false,
    sensors: { motion: true, orientation: true },
    emulator: false,
    proxy: false,
    pages: [
      {
        page: 1,
        dwellMs: 64_000,
        pasteCount: 0,
        correctionCount: 2,
        keyCount: 61,
        scrollPx: 420,
        typing: [{ field: 'idNumber', keys: 18, meanMs: 310, deviationMs: 140 }],
        ...held,
      },
      {
        page: 2,
        dwellMs: 71_000,
        pasteCount: 0,
        correctionCount: 1,
        keyCount: 48,
        scrollPx: 510,
        ...held,
      },
      {
        page: 3,
        dwellMs: 52_000,
        pasteCount: 0,
        correctionCount: 1,
        keyCount: 44,
        scrollPx: 380,
        typing: [{ field: 'bankCardNumber', keys: 19, meanMs: 290, deviationMs: 120 }],
        ...held,
      },
    ],
  };
}
