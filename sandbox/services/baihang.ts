/** The simulated Baihang network: report, watch list and verification. Never the real interface. */
import { z } from 'zod';
import { found, noRecord } from '../answer.ts';
import { type Operation, operation } from '../operation.ts';
import type { People } from '../people/people.ts';
import { baihangReport, watchListOf } from '../reports/baihang-report.ts';
import { idNumber, personName } from './identity.ts';
import { refuseAuthorisation } from './pboc.ts';

const subject = { requestNo: z.string(), name: personName, idNumber };
const authorised = z.strictObject({ ...subject, authorisation: z.unknown().optional() });

const verified = authorised.extend({ mobile: z.string().regex(/^1[3-9]\d{9}$/) });

export function baihangOperations(people: People): readonly Operation[] {
  return [
    operation<z.infer<typeof authorised>>({
      service: 'baihang',
      name: 'report',
      priceFen: 300,
      input: authorised,
      handle: async (input, call) => {
        const refusal = refuseAuthorisation(input.authorisation);
        if (refusal !== null) return refusal;
        const person = people.byIdNumber(input.idNumber, call.now);
        if (person.baihang === null) return noRecord('no record of this person');
        const reportNo = `BH-${call.requestNo}`;
        return found(
          baihangReport(person.baihang, {
            reportNo,
            name: input.name,
            idNumber: input.idNumber,
            at: call.now,
          }),
        );
      },
    }),
    operation<z.infer<typeof authorised>>({
      service: 'baihang',
      name: 'watchlist',
      priceFen: 100,
      input: authorised,
      handle: async (input, call) => {
        const refusal = refuseAuthorisation(input.authorisation);
        if (refusal !== null) return refusal;
        const { baihang } = people.byIdNumber(input.idNumber, call.now);
        const hits = baihang === null ? [] : watchListOf(baihang, call.now);
        return hits.length === 0
          ? noRecord('not listed')
          : found({ subject: { name: input.name, idNumber: input.idNumber }, hits });
      },
    }),
    verify(people),
  ];
}

function verify(people: People): Operation {
  return operation<z.infer<typeof verified>>({
    service: 'baihang',
    name: 'verify',
    priceFen: 80,
    input: verified,
    handle: async (input, call) => {
      const refusal = refuseAuthorisation(input.authorisation);
      if (refusal !== null) return refusal;
      const person = people.byIdNumber(input.idNumber, call.now);
      const agrees =
        (person.name === null || person.name === input.name) &&
        (person.mobile === null || person.mobile === input.mobile);
      return found({
        subject: { name: input.name, idNumber: input.idNumber },
        result: agrees ? 'MATCH' : 'MISMATCH',
        monthsInUse: person.baihang?.mobileMonths ?? null,
        status: person.baihang?.mobileStatus ?? 'UNKNOWN',
      });
    },
  });
}
