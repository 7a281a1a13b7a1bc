/** The identity port over the gateway: two factors, mobile, bank card and face compare. */
import { z } from 'zod';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { Numbered, OutsideAnswer } from '../ports/answers.ts';
import type { IdentityPort, Match, PersonKeys } from '../ports/identity.ts';
import type { Gateway } from './gateway.ts';
import { requireSubject, subjectForm, toPortAnswer } from './reading.ts';

const SERVICE = 'identity';

const matchForm = z.object({
  result: z.enum(['MATCH', 'MISMATCH', 'NO_DATA']),
  subject: subjectForm,
});

const faceForm = matchForm.extend({
  score: z.number().min(0).max(100),
  liveness: z.enum(['LIVE', 'NOT_LIVE']),
});

export function createIdentityAdapter(gateway: Gateway): IdentityPort {
  const ask = async <S extends { readonly subject: PersonKeys }, T>(
    operation: string,
    request: Numbered & PersonKeys,
    more: Readonly<Record<string, string>>,
    form: z.ZodType<S>,
    read: (data: S) => T,
  ): Promise<OutsideAnswer<T>> => {
    const body = { name: request.name, idNumber: request.idNumber, ...more };
    const options = { signal: request.signal };
    const answer = await gateway.call(SERVICE, operation, request.requestNo, body, options);
    return toPortAnswer(SERVICE, operation, answer, form, (data) => {
      requireSubject(SERVICE, operation, request, data.subject);
      return read(data);
    });
  };
  const result = (data: { readonly result: Match }): Match => data.result;
  return {
    twoFactor: (request) => ask('two-factor', request, {}, matchForm, result),
    mobile: (request) => ask('mobile', request, { mobile: request.mobile }, matchForm, result),
    bankCard: (request) =>
      ask(
        'bankcard',
        request,
        { bankCard: request.card, mobile: request.mobile },
        matchForm,
        result,
      ),
    face: (request) => {
      const image = {
        imageSm3: sm3Hex(request.image),
        image: Buffer.from(request.image).toString('base64'),
      };
      return ask('face', request, image, faceForm, (data) => ({
        match: data.result,
        score: data.score,
        live: data.liveness === 'LIVE',
      }));
    },
  };
}
