/** The bureau ports over the gateway: the central bank's bureau and Baihang, each answer about the person asked for. */
import { z } from 'zod';
import { type OutsideAnswer, OutsideFailure } from '../ports/answers.ts';
import type { Authorised, BaihangPort, BureauPort, PbocPort } from '../ports/bureaus.ts';
import type { PersonKeys } from '../ports/identity.ts';
import type { Gateway, GatewayService } from './gateway.ts';
import { requireSubject, subjectForm, toPortAnswer } from './reading.ts';

/** Where each bureau's answer says whom it is about; the rest of it is the domain's to judge. */
const pbocSubject = z
  .looseObject({ PRH: z.looseObject({ PA01BQ01: z.string(), PA01BI01: z.string() }) })
  .transform(({ PRH }) => ({ name: PRH.PA01BQ01, idNumber: PRH.PA01BI01 }));
const baihangSubject = z
  .looseObject({ subject: z.looseObject(subjectForm.shape) })
  .transform(({ subject }) => ({ name: subject.name, idNumber: subject.idNumber }));

const receipt = z.object({ objectionNo: z.string().min(1), answerDueBy: z.iso.datetime() });

/** Asks an operation whose answer is about a person, and refuses one about anybody else. */
function asking(gateway: Gateway, service: GatewayService, subjectOf: z.ZodType<PersonKeys>) {
  return async (
    operation: string,
    request: Authorised,
    more: Readonly<Record<string, string>>,
  ): Promise<OutsideAnswer<unknown>> => {
    const body = { ...bodyOf(request), ...more };
    const options = { signal: request.signal, sealedAnswer: true };
    const answer = await gateway.call(service, operation, request.requestNo, body, options);
    return toPortAnswer(service, operation, answer, z.unknown(), (data) => {
      const subject = subjectOf.safeParse(data);
      if (!subject.success) throw new OutsideFailure(service, operation, 'BAD_ANSWER');
      requireSubject(service, operation, request, subject.data);
      return data;
    });
  };
}

function bodyOf({ name, idNumber, consent }: Authorised): Record<string, unknown> {
  const authorisation = {
    id: consent.authorisationId,
    sm3: consent.sm3,
    purpose: consent.purpose,
  };
  return { name, idNumber, authorisation };
}

/** @param organisation our name as the report prints it under "queried by" */
export function createPbocAdapter(gateway: Gateway, organisation: string): PbocPort {
  const ask = asking(gateway, 'pboc', pbocSubject);
  return {
    report: async (request) => await ask('report', request, { organisation }),
    async objection({ requestNo, signal, name, idNumber, reportNo, item, statement }) {
      const body = { name, idNumber, reportNo, item, statement };
      const options = { signal, sealedAnswer: true };
      const answer = await gateway.call('pboc', 'objection', requestNo, body, options);
      return toPortAnswer('pboc', 'objection', answer, receipt, (data) => data);
    },
  };
}

export function createBaihangAdapter(gateway: Gateway): BaihangPort {
  const ask = asking(gateway, 'baihang', baihangSubject);
  const report: BureauPort['report'] = async (request) => await ask('report', request, {});
  return {
    report,
    watchlist: async (request) => await ask('watchlist', request, {}),
    verify: async (request) => await ask('verify', request, { mobile: request.mobile }),
  };
}
