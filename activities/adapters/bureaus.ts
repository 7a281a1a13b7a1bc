/** The bureau ports over the gateway: the central bank's bureau and Baihang, each report about the person asked for. */
import { z } from 'zod';
import { OutsideFailure } from '../ports/answers.ts';
import type { BureauPort, ReportRequest } from '../ports/bureaus.ts';
import type { PersonKeys } from '../ports/identity.ts';
import type { Gateway, GatewayService } from './gateway.ts';
import { requireSubject, toPortAnswer } from './reading.ts';

const OPERATION = 'report';

/** Where each bureau's report says whom it is about; the rest of the report is the domain's to judge. */
const pbocSubject = z
  .looseObject({ PRH: z.looseObject({ PA01BQ01: z.string(), PA01BI01: z.string() }) })
  .transform(({ PRH }) => ({ name: PRH.PA01BQ01, idNumber: PRH.PA01BI01 }));
const baihangSubject = z
  .looseObject({ subject: z.looseObject({ name: z.string(), idNumber: z.string() }) })
  .transform(({ subject }) => ({ name: subject.name, idNumber: subject.idNumber }));

/** @param organisation our name as the report prints it under "queried by" */
export function createPbocAdapter(gateway: Gateway, organisation: string): BureauPort {
  return createBureauAdapter(gateway, 'pboc', pbocSubject, { organisation });
}

export function createBaihangAdapter(gateway: Gateway): BureauPort {
  return createBureauAdapter(gateway, 'baihang', baihangSubject, {});
}

function createBureauAdapter(
  gateway: Gateway,
  service: GatewayService,
  subjectOf: z.ZodType<PersonKeys>,
  more: Readonly<Record<string, string>>,
): BureauPort {
  return {
    async report(request) {
      const body = { ...reportBody(request), ...more };
      const options = { signal: request.signal, sealedAnswer: true };
      const answer = await gateway.call(service, OPERATION, request.requestNo, body, options);
      return toPortAnswer(service, OPERATION, answer, z.unknown(), (report) => {
        const subject = subjectOf.safeParse(report);
        if (!subject.success) throw new OutsideFailure(service, OPERATION, 'BAD_ANSWER');
        requireSubject(service, OPERATION, request, subject.data);
        return report;
      });
    },
  };
}

function reportBody(request: ReportRequest): Record<string, unknown> {
  const { name, idNumber, consent } = request;
  const authorisation = {
    id: consent.authorisationId,
    sm3: consent.sm3,
    purpose: consent.purpose,
  };
  return { name, idNumber, authorisation };
}
