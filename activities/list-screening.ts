/** Screens a person against the lender's own lists: numbers that are on them, and names that are alike enough for people to look at. */
import type { PersonApplication } from '../domain/apply.ts';
import { parseResidentId } from '../domain/identifiers.ts';
import {
  compareSecondFactors,
  isNameHit,
  nameKeys,
  nameSimilarity,
  readName,
} from '../domain/names.ts';
import {
  type ExactHit,
  type ListValue,
  listed,
  listedNames,
  type NewListHit,
} from '../db/queries/list-lookups.ts';
import type { Tx } from '../db/database.ts';
import type { FieldCipher } from '../platform/crypto/field-cipher.ts';

/** What the lists say: entries that hold a number of the person, and hits that people must look at. */
export interface Screening {
  readonly exact: readonly ExactHit[];
  readonly hits: readonly NewListHit[];
}

export interface Screened {
  readonly applicationId: string;
  readonly form: PersonApplication;
  readonly cipher: FieldCipher;
}

/** The numbers that the lender's lists are asked for, by blind index. */
function listValues({ cipher, form }: Screened): readonly ListValue[] {
  const { identity, loan, device } = form;
  const value = (subject: ListValue['subject'], text: string): ListValue => ({
    subject,
    valueIndex: cipher.blindIndex(subject.toLowerCase(), text),
  });
  return [
    value('ID_NUMBER', identity.idNumber),
    value('MOBILE', identity.mobile),
    value('CARD', loan.bankCardNumber),
    ...(device === null ? [] : [value('DEVICE', device.fingerprint)]),
  ];
}

/** More candidates share no more than one common syllable. */
const CANDIDATES_MOST = 2_000;

type BirthAndSex = Parameters<typeof compareSecondFactors>[0];

/** Sanctions names that are alike enough to a name for people to look at. A name without a known birth date is compared by name alone. */
export async function nameHits(
  tx: Tx,
  applicationId: string,
  text: string,
  person: BirthAndSex,
): Promise<readonly NewListHit[]> {
  const name = readName(text);
  const candidates = await listedNames(tx, nameKeys(name), CANDIDATES_MOST);
  return candidates.flatMap((entry): readonly NewListHit[] => {
    const similarity = nameSimilarity(name, readName(entry.name));
    const secondFactor = compareSecondFactors(person, entry);
    return isNameHit(similarity, secondFactor)
      ? [{ applicationId, entryId: entry.id, similarity, secondFactor }]
      : [];
  });
}

/** Screens the applicant of an application; nothing is recorded here. */
export async function screenApplicant(tx: Tx, screened: Screened): Promise<Screening> {
  const { applicationId, form } = screened;
  const exact = await listed(tx, listValues(screened));
  const id = parseResidentId(form.identity.idNumber);
  const person = id.ok ? { birthDate: id.birthDate, sex: id.sex } : { birthDate: null, sex: null };
  const names = await nameHits(tx, applicationId, form.identity.name, person);
  const numbers = exact
    .filter(({ kind }) => kind === 'SANCTIONS')
    .map(
      ({ id: entryId }): NewListHit => ({
        applicationId,
        entryId,
        similarity: 1,
        secondFactor: 'AGREES',
      }),
    );
  return { exact, hits: [...names, ...numbers] };
}

/** Screens who is paid in an applicant's place, by name and account; nothing is recorded here. */
export async function screenPayee(
  tx: Tx,
  payee: {
    readonly applicationId: string;
    readonly cipher: FieldCipher;
    readonly name: string;
    readonly card: string;
  },
): Promise<Screening> {
  const { applicationId, cipher, name, card } = payee;
  const exact = await listed(tx, [
    { subject: 'CARD', valueIndex: cipher.blindIndex('card', card) },
  ]);
  const hits = await nameHits(tx, applicationId, name, { birthDate: null, sex: null });
  return { exact, hits };
}
