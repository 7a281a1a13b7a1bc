/** The directory of everybody: personas by their numbers, and anybody else drawn from the seed. */
import { drawsFrom } from '../random.ts';
import { caseOf, type CreditCase } from '../reports/credit-cases.ts';
import { drawBaihang, drawCredit } from '../reports/population.ts';
import type { FormApplication } from './form.ts';
import { BEST_TRAITS, type IdentityCheck, type Person, PLAIN_BANK } from './person.ts';
import {
  type PersonaSpec,
  personaApplication,
  personaPerson,
  readCard,
  readIdNumber,
  type StatedOutcome,
  VARIANT_LIMIT,
} from './persona.ts';
import { CREDIT_PERSONAS } from './personas-credit.ts';
import { DEBT_PERSONAS } from './personas-debt.ts';
import { GOOD_PERSONAS } from './personas-good.ts';
import { IDENTITY_PERSONAS } from './personas-identity.ts';
import { MONEY_PERSONAS } from './personas-money.ts';

export const PERSONAS: readonly PersonaSpec[] = [
  ...GOOD_PERSONAS,
  ...MONEY_PERSONAS,
  ...IDENTITY_PERSONAS,
  ...CREDIT_PERSONAS,
  ...DEBT_PERSONAS,
];

/** A persona as `GET /_admin/personas` shows it. `variant` 0 is the persona itself. */
export interface PersonaDocument {
  readonly kind: 'PERSON';
  readonly key: string;
  readonly variant: number;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly outcome: StatedOutcome;
  readonly story: string;
  /** The pages to submit as they are. */
  readonly application: FormApplication;
}

export interface People {
  byIdNumber(idNumber: string, now: Date): Person;
  /** The person whose account a card of our issuers is; null for a card of nobody in particular. */
  byCard(card: string, now: Date): Person | null;
  personas(now: Date): readonly PersonaDocument[];
  /** `count` variants of a persona from number `from` on; null when there is no such persona. */
  variants(key: string, from: number, count: number, now: Date): readonly PersonaDocument[] | null;
}

export function createPeople(seed: string): People {
  const byNumber = new Map(PERSONAS.map((spec) => [spec.number, spec]));
  if (byNumber.size !== PERSONAS.length) throw new Error('two personas have the same number');
  return {
    byIdNumber: (idNumber, now) => {
      const read = readIdNumber(idNumber);
      const spec = read === null ? undefined : byNumber.get(read.number);
      const person =
        read === null || spec === undefined ? null : personaPerson(spec, read.variant, now);
      const named = caseOf(idNumber);
      if (named !== null) return casePerson(named, idNumber);
      // A number of the same range with another birthday is nobody's: it is drawn like any other.
      return person !== null && person.idNumber === idNumber ? person : drawPerson(seed, idNumber);
    },
    byCard: (card, now) => {
      const read = readCard(card);
      const spec = read === null ? undefined : byNumber.get(read.number);
      return read === null || spec === undefined ? null : personaPerson(spec, read.variant, now);
    },
    personas: (now) => PERSONAS.map((spec) => personaDocument(spec, 0, now)),
    variants: (key, from, count, now) => {
      const spec = PERSONAS.find((candidate) => candidate.key === key);
      if (spec === undefined) return null;
      const last = Math.min(from + count, VARIANT_LIMIT);
      return Array.from({ length: Math.max(0, last - from) }, (_, at) =>
        personaDocument(spec, from + at, now),
      );
    },
  };
}

function personaDocument(spec: PersonaSpec, variant: number, now: Date): PersonaDocument {
  const { key, titleZh, titleEn, outcome, story } = spec;
  return {
    kind: 'PERSON',
    key,
    variant,
    titleZh,
    titleEn,
    outcome,
    story,
    application: personaApplication(spec, variant, now),
  };
}

/** Somebody of whom nothing is out of the ordinary but the credit life. */
function casePerson({ credit }: CreditCase, idNumber: string): Person {
  return {
    ...BEST_TRAITS,
    idNumber,
    name: null,
    mobile: null,
    bankCard: null,
    bankReservedMobile: null,
    credit,
    persona: null,
  };
}

/** Rates of a real population: one name in a hundred does not agree, one number in two hundred has no data. */
function drawPerson(seed: string, idNumber: string): Person {
  const draws = drawsFrom(seed, 'identity', idNumber);
  const mismatch: IdentityCheck[] = [];
  const noData: IdentityCheck[] = [];
  const draw = (check: IdentityCheck, wrong: number, unknown: number): void => {
    const at = draws.next();
    if (at < wrong) mismatch.push(check);
    else if (at < wrong + unknown) noData.push(check);
  };
  draw('TWO_FACTOR', 0.01, 0.005);
  draw('MOBILE', 0.02, 0.01);
  draw('BANK_CARD', 0.015, 0.005);
  draw('FACE', 0, 0.005);
  return {
    ...BEST_TRAITS,
    idNumber,
    name: null,
    mobile: null,
    bankCard: null,
    bankReservedMobile: null,
    mismatch,
    noData,
    faceScore: draws.chance(0.02) ? draws.integer(300, 650) / 10 : draws.integer(820, 995) / 10,
    livenessScore: draws.chance(0.01) ? draws.integer(50, 500) / 10 : draws.integer(850, 999) / 10,
    credit: drawCredit(seed, idNumber),
    baihang: drawBaihang(seed, idNumber),
    bank: { ...PLAIN_BANK, openingBalanceFen: draws.integer(1_000, 8_000_000) },
    persona: null,
  };
}
