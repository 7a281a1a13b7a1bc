/** The central bank's bureau: personal reports under an authorisation and a purpose, and objections to them. */
import { z } from 'zod';
import { askLater, found, noRecord, type Outcome, refused } from '../answer.ts';
import { type Call, type Operation, operation } from '../operation.ts';
import type { People } from '../people/people.ts';
import { pbocReport } from '../reports/pboc-report.ts';
import { idNumber, personName } from './identity.ts';

/** What the person granted: its number, the SM3 of its text, and the purpose of the query (regulation.md §2.5). */
export const authorisationInput = z.object({
  id: z.string().min(1).max(128),
  sm3: z.string().regex(/^[0-9a-f]{64}$/),
  purpose: z.string().regex(/^\d{2}$/),
});
export type AuthorisationInput = z.infer<typeof authorisationInput>;

/** Purposes a lender may name: loan approval, limit review, enterprise people, post-loan management, guarantee review. */
const PURPOSES: readonly string[] = ['02', '26', '22', '01', '08'];

/** Null when the bureau may be asked, else its refusal. */
export function refuseAuthorisation(authorisation: unknown): Outcome | null {
  const parsed = authorisationInput.safeParse(authorisation);
  if (!parsed.success)
    return refused('2001', 'authorisation is missing or has no id, SM3 and purpose');
  return PURPOSES.includes(parsed.data.purpose)
    ? null
    : refused('2002', 'purpose is not one a lender may query for');
}

export function pbocOperations(people: People): readonly Operation[] {
  return [report(people), objection()];
}

const reportInput = z.strictObject({
  requestNo: z.string(),
  name: personName,
  idNumber,
  /** Checked by hand, so that a missing one is answered 2001 and not as a bad request. */
  authorisation: z.unknown().optional(),
  /** Name of the querying organisation, as printed in the report. */
  organisation: z.string().min(1).max(100).default('信贷平台'),
});

function report(people: People): Operation {
  return operation<z.infer<typeof reportInput>>({
    service: 'pboc',
    name: 'report',
    priceFen: 500,
    input: reportInput,
    handle: async (input, call) => {
      const refusal = refuseAuthorisation(input.authorisation);
      if (refusal !== null) return refusal;
      return answerReport(
        people,
        input,
        call,
        authorisationInput.parse(input.authorisation).purpose,
      );
    },
  });
}

function answerReport(
  people: People,
  input: z.infer<typeof reportInput>,
  call: Call,
  reason: string,
): Outcome {
  const person = people.byIdNumber(input.idNumber, call.now);
  const waitedMs = call.now.getTime() - call.firstAskedAt.getTime();
  if (waitedMs < person.creditDelayMs) return askLater(person.creditDelayMs - waitedMs);
  const otherName = person.name !== null && person.name !== input.name;
  if (person.credit === null || otherName) return noRecord('no record of this person');
  return found(
    pbocReport(person.credit, {
      reportNo: `PB${call.now.toISOString().slice(0, 10).replaceAll('-', '')}${reportSuffix(call.requestNo)}`,
      name: input.name,
      idNumber: input.idNumber,
      mobile: person.mobile,
      queryingOrganisation: input.organisation,
      reason,
      at: call.now,
    }),
  );
}

/** Twelve digits that follow from the request number. */
function reportSuffix(requestNo: string): string {
  let sum = 7;
  for (const character of requestNo) sum = (sum * 31 + character.charCodeAt(0)) % 1_000_000_000_000;
  return String(sum).padStart(12, '0');
}

/** Takes an objection; the bureau answers within 20 natural days (征信业管理条例 article 25). */
function objection(): Operation {
  return operation({
    service: 'pboc',
    name: 'objection',
    priceFen: 0,
    input: z.strictObject({
      requestNo: z.string(),
      name: personName,
      idNumber,
      reportNo: z.string(),
      item: z.string().min(1).max(200),
      statement: z.string().min(1).max(2000),
    }),
    handle: async (_input, call) =>
      found({
        objectionNo: `OB${reportSuffix(call.requestNo)}`,
        state: 'RECEIVED',
        answerDueBy: new Date(call.now.getTime() + 20 * 86_400_000).toISOString(),
      }),
  });
}
