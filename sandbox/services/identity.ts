/** The identity services: does what a person claims agree with what the registries hold? */
import { z } from 'zod';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { found, type Json, noRecord, type Outcome, refused } from '../answer.ts';
import { isCardNumber, isResidentNumber } from '../identifiers.ts';
import { type Operation, operation } from '../operation.ts';
import type { People } from '../people/people.ts';
import type { IdentityCheck, Person } from '../people/person.ts';

/** Liveness from which the service calls a face alive. */
const ALIVE_FROM = 60;
/** Likeness from which the service calls a face the same. */
const SAME_FROM = 70;
/** 512 KB, in bytes of the image itself. */
const IMAGE_LIMIT_BYTES = 512 * 1024;

export const idNumber = z.string().refine(isResidentNumber, { message: 'not a resident number' });
export const personName = z.string().min(1).max(100);
const mobile = z.string().regex(/^1[3-9]\d{9}$/);
const bankCard = z.string().refine(isCardNumber, { message: 'not a card number' });
const requestNo = z.string();

/** `two-factor`, `mobile`, `bankcard` and `face`; each answers `{result: MATCH | MISMATCH | NO_DATA, subject}`. */
export function identityOperations(people: People): readonly Operation[] {
  return [twoFactor(people), mobileCheck(people), bankCardCheck(people), face(people)];
}

function conclude(person: Person, check: IdentityCheck, agrees: boolean, subject: Json): Outcome {
  if (person.noData.includes(check)) return noRecord('no data of this person');
  const result = agrees && !person.mismatch.includes(check) ? 'MATCH' : 'MISMATCH';
  return found({ result, subject });
}

/** A null on the registry's side agrees with every claim. */
function same(held: string | null, claimed: string): boolean {
  return held === null || held.normalize('NFC') === claimed.normalize('NFC');
}

function twoFactor(people: People): Operation {
  return operation({
    service: 'identity',
    name: 'two-factor',
    priceFen: 50,
    input: z.strictObject({ requestNo, name: personName, idNumber }),
    handle: async (input, call) => {
      const person = people.byIdNumber(input.idNumber, call.now);
      return conclude(person, 'TWO_FACTOR', same(person.name, input.name), {
        name: input.name,
        idNumber: input.idNumber,
      });
    },
  });
}

function mobileCheck(people: People): Operation {
  return operation({
    service: 'identity',
    name: 'mobile',
    priceFen: 60,
    input: z.strictObject({ requestNo, name: personName, idNumber, mobile }),
    handle: async (input, call) => {
      const person = people.byIdNumber(input.idNumber, call.now);
      // The operator compares only the mobile: whether name and number agree is another check's question.
      return conclude(person, 'MOBILE', same(person.mobile, input.mobile), {
        name: input.name,
        idNumber: input.idNumber,
      });
    },
  });
}

function bankCardCheck(people: People): Operation {
  return operation({
    service: 'identity',
    name: 'bankcard',
    priceFen: 80,
    input: z.strictObject({ requestNo, name: personName, idNumber, bankCard, mobile }),
    handle: async (input, call) => {
      const person = people.byIdNumber(input.idNumber, call.now);
      const holder = people.byCard(input.bankCard, call.now);
      const own =
        holder === null
          ? same(person.bankCard, input.bankCard)
          : holder.idNumber === input.idNumber;
      const agrees = own && same(person.bankReservedMobile, input.mobile);
      return conclude(person, 'BANK_CARD', agrees, { name: input.name, idNumber: input.idNumber });
    },
  });
}

function face(people: People): Operation {
  return operation({
    service: 'identity',
    name: 'face',
    priceFen: 120,
    input: z.strictObject({
      requestNo,
      name: personName,
      idNumber,
      /** SM3 of the image's bytes, 64 hexadecimal digits. */
      imageSm3: z.string().regex(/^[0-9a-f]{64}$/),
      image: z.base64(),
    }),
    handle: async (input, call) => {
      const image = Buffer.from(input.image, 'base64');
      if (image.length === 0 || image.length > IMAGE_LIMIT_BYTES)
        return refused('4001', 'image is empty or above 512 KB', { reason: 'IMAGE_SIZE' });
      if (sm3Hex(image) !== input.imageSm3)
        return refused('4001', 'image does not have the stated digest', { reason: 'IMAGE_DIGEST' });
      const kept = await call.tx.query(
        'insert into face_images (image_sm3, request_no, seen_at) values ($1, $2, $3) on conflict do nothing returning image_sm3',
        [input.imageSm3, call.requestNo, call.now],
      );
      if (kept.rows.length === 0)
        return refused('4001', 'this image was used before', { reason: 'IMAGE_REPLAYED' });
      return faceAnswer(people.byIdNumber(input.idNumber, call.now), input.name);
    },
  });
}

function faceAnswer(person: Person, name: string): Outcome {
  if (person.noData.includes('FACE')) return noRecord('no photo of this person');
  const alive = person.livenessScore >= ALIVE_FROM;
  return found({
    result:
      alive && person.faceScore >= SAME_FROM && same(person.name, name) ? 'MATCH' : 'MISMATCH',
    score: person.faceScore,
    liveness: alive ? 'LIVE' : 'NOT_LIVE',
    livenessScore: person.livenessScore,
    subject: { name, idNumber: person.idNumber },
  });
}
