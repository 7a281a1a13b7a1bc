/** The registries: companies by their social credit code, sanctions screening, and court records. */
import { z } from 'zod';
import { found, type Json, noRecord } from '../answer.ts';
import { isUnifiedSocialCreditCode } from '../identifiers.ts';
import { type Operation, operation } from '../operation.ts';
import { COMPANIES, type Company } from '../people/companies.ts';
import type { People } from '../people/people.ts';
import { idNumber, personName } from './identity.ts';

const subject = z.strictObject({ requestNo: z.string(), name: personName, idNumber });

/** Version of the lists, as a screening must keep it. */
const LIST_VERSION = '2026-11-01';

export function registryOperations(people: People): readonly Operation[] {
  return [
    enterprise(),
    operation({
      service: 'registry',
      name: 'sanctions',
      priceFen: 10,
      input: subject,
      handle: async (input, call) => {
        const hits = people
          .byIdNumber(input.idNumber, call.now)
          .sanctions.map((hit): Json => ({ ...hit }));
        return found({
          subject: { name: input.name, idNumber: input.idNumber },
          listVersion: LIST_VERSION,
          result: hits.length === 0 ? 'CLEAR' : 'HIT',
          hits,
        });
      },
    }),
    operation({
      service: 'registry',
      name: 'court',
      priceFen: 30,
      input: subject,
      handle: async (input, call) => {
        const cases = people
          .byIdNumber(input.idNumber, call.now)
          .court.map((entry): Json => ({ ...entry }));
        return cases.length === 0
          ? noRecord('no cases')
          : found({ subject: { name: input.name, idNumber: input.idNumber }, cases });
      },
    }),
  ];
}

function enterprise(): Operation {
  return operation({
    service: 'registry',
    name: 'enterprise',
    priceFen: 100,
    input: z.strictObject({
      requestNo: z.string(),
      uscc: z.string().refine(isUnifiedSocialCreditCode),
    }),
    handle: async (input) => {
      const company = COMPANIES.find((candidate) => candidate.uscc === input.uscc);
      return company === undefined ? noRecord('no such company') : found(companyData(company));
    },
  });
}

/** What the register shows: nothing of the persona's story. */
function companyData(company: Company): Json {
  return {
    uscc: company.uscc,
    name: company.name,
    status: company.status,
    legalRepresentative: { ...company.legalRepresentative },
    registeredCapitalYuan: company.registeredCapitalYuan,
    establishedOn: company.establishedOn,
    address: company.address,
    scope: company.scope,
    shareholders: company.shareholders.map((holder) => ({ ...holder })),
    abnormalOperations: company.abnormalOperations.map((entry) => ({ ...entry })),
    seriousDishonesty: company.seriousDishonesty,
  };
}
