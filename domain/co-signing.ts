/** Several people sign one contract: who may stand beside the borrower, and whose turn it is, as a pure state machine. */
import { ageOn } from './calendar.ts';
import { parseMobile, parseResidentId } from './identifiers.ts';

/** Who signs beside the borrower: a spouse for a debt of both, a guarantor (保证人) under 民法典 art. 681. */
export const CO_SIGNER_ROLES = ['SPOUSE', 'GUARANTOR'] as const;
export type CoSignerRole = (typeof CO_SIGNER_ROLES)[number];

/** More than these nobody names; the house's own bound. */
export const MOST_CO_SIGNERS = 4;
const ADULT = 18;

/** `WAITING` for those before; `INVITED`: it is their turn; the rest is final. */
export type PartyState = 'WAITING' | 'INVITED' | 'SIGNED' | 'DECLINED' | 'EXPIRED';

/** One who signs. `position` counts from 0: the borrower; the lender seals when all have signed and is not among them. */
export interface Party {
  readonly position: number;
  readonly state: PartyState;
}

export type PartyAnswer = 'SIGN' | 'DECLINE';

/**
 * - `SIGNING_OVER`: somebody declined, the time ran out, or all have signed.
 * - `PARTY_ANSWERED`: they have answered already.
 * - `NOT_YOUR_TURN`: somebody before them has not signed yet.
 */
export type PartyRefusal = 'SIGNING_OVER' | 'PARTY_ANSWERED' | 'NOT_YOUR_TURN';

export type PartyOutcome =
  | { readonly ok: true; readonly parties: readonly Party[] }
  | { readonly ok: false; readonly refusal: PartyRefusal };

const inOrder = (parties: readonly Party[]): readonly Party[] =>
  parties.toSorted((one, other) => one.position - other.position);

/** Whether nobody can sign any more: one declined or the time ran out. */
export const isSigningOver = (parties: readonly Party[]): boolean =>
  parties.some(({ state }) => state === 'DECLINED' || state === 'EXPIRED');

/** Whether everybody has signed; a list of nobody is complete. */
export const isSigningComplete = (parties: readonly Party[]): boolean =>
  parties.every(({ state }) => state === 'SIGNED');

/** Invites whoever comes first of those who have not signed. Nothing changes where somebody is invited, or all is over. */
export function inviteNext(parties: readonly Party[]): readonly Party[] {
  if (isSigningOver(parties)) return parties;
  const next = inOrder(parties).find(({ state }) => state !== 'SIGNED');
  if (next === undefined || next.state === 'INVITED') return parties;
  return parties.map((one) =>
    one.position === next.position ? { ...one, state: 'INVITED' } : one,
  );
}

/** Those who have not answered cannot any more. */
export const expireParties = (parties: readonly Party[]): readonly Party[] =>
  parties.map((one) =>
    one.state === 'WAITING' || one.state === 'INVITED' ? { ...one, state: 'EXPIRED' } : one,
  );

/** Takes one party's answer and invites the next; a refusal to sign ends it for those who have not answered. */
export function answerParty(
  parties: readonly Party[],
  position: number,
  answer: PartyAnswer,
): PartyOutcome {
  const own = parties.find((one) => one.position === position);
  if (own === undefined || own.state === 'WAITING')
    return { ok: false, refusal: isSigningOver(parties) ? 'SIGNING_OVER' : 'NOT_YOUR_TURN' };
  if (own.state === 'EXPIRED') return { ok: false, refusal: 'SIGNING_OVER' };
  if (own.state !== 'INVITED') return { ok: false, refusal: 'PARTY_ANSWERED' };
  const state: PartyState = answer === 'SIGN' ? 'SIGNED' : 'DECLINED';
  const after = parties.map((one) => (one.position === position ? { ...one, state } : one));
  return { ok: true, parties: answer === 'SIGN' ? inviteNext(after) : expireParties(after) };
}

/** A person as named; never leaves sealed columns. */
export interface CoSignerPerson {
  readonly name: string;
  readonly idNumber: string;
  readonly mobile: string;
}

/**
 * - `TOO_MANY`: more than `MOST_CO_SIGNERS`.
 * - `IS_APPLICANT`: the applicant, by number of identity card or of mobile.
 * - `TWICE`: the same identity card or mobile a second time: each proves by a mobile of their own who they are.
 */
export type CoSignerFault =
  | 'TOO_MANY'
  | 'ID_NUMBER_INVALID'
  | 'MOBILE_INVALID'
  | 'UNDERAGE'
  | 'IS_APPLICANT'
  | 'TWICE';

function personFault(person: CoSignerPerson, today: string): CoSignerFault | null {
  const id = parseResidentId(person.idNumber, today);
  if (!id.ok) return 'ID_NUMBER_INVALID';
  if (!parseMobile(person.mobile).ok) return 'MOBILE_INVALID';
  return ageOn(id.birthDate, today) < ADULT ? 'UNDERAGE' : null;
}

const sharesOne = (one: Pick<CoSignerPerson, 'idNumber' | 'mobile'>) => (other: CoSignerPerson) =>
  one.idNumber === other.idNumber || one.mobile === other.mobile;

/**
 * What is wrong with the list of co-signers, first fault first, or null; an empty list is right.
 * @param applicant null while the form does not name them yet
 * @param today business date
 */
export function coSignerFault(
  persons: readonly CoSignerPerson[],
  applicant: Pick<CoSignerPerson, 'idNumber' | 'mobile'> | null,
  today: string,
): { readonly at: number; readonly fault: CoSignerFault } | null {
  if (persons.length > MOST_CO_SIGNERS) return { at: MOST_CO_SIGNERS, fault: 'TOO_MANY' };
  for (const [at, person] of persons.entries()) {
    const own = personFault(person, today);
    if (own !== null) return { at, fault: own };
    if (applicant !== null && sharesOne(applicant)(person)) return { at, fault: 'IS_APPLICANT' };
    if (persons.slice(0, at).some(sharesOne(person))) return { at, fault: 'TWICE' };
  }
  return null;
}

/** What a co-signer's signature, certificate and key are filed under: `SPOUSE_1`, `GUARANTOR_2`. */
export const partyName = (role: CoSignerRole, position: number): `${CoSignerRole}_${number}` =>
  `${role}_${position}`;
