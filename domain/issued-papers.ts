/** What a decline notice and a settlement certificate say, values of their templates or why there is no such paper; and where letters lie. */
import type { Fen } from './money.ts';
import { addFen } from './money.ts';
import { isReasonCode, REASONS, reasonsForApplicant } from './reasons.ts';
import type { TemplateValues } from './template.ts';

/** Where a letter of authorisation lies, by which it is found: an application may have had several. */
export const letterKey = (authorisationId: string): string =>
  `papers/authorisation-${authorisationId}.pdf`;

/** Where the settlement certificate of a later note lies: the first note's lies under its application, as it always did. */
export const noteCertificateKey = (loanId: string): string => `papers/settlement-${loanId}.pdf`;

interface Issuer {
  readonly number: string;
  readonly lender: { readonly name: string; readonly uscc: string };
  /** Business date of the paper. */
  readonly on: string;
}

const issued = ({ number, lender, on }: Issuer): TemplateValues => ({
  number,
  lenderName: lender.name,
  lenderUscc: lender.uscc,
  issuedOn: on,
});

export interface DeclineFacts extends Issuer {
  readonly applicantName: string;
  readonly applicationId: string;
  readonly productZh: string;
  readonly amountFen: Fen;
  /** Business dates. */
  readonly appliedOn: string;
  readonly decidedOn: string;
  /** Codes as the decision keeps them: what the applicant reads of them says nothing that would tip anybody off. */
  readonly codes: readonly string[];
  /** Whether a machine decided; people who have decided already are not asked again. */
  readonly automated: boolean;
}

/** At least one reason, in the words for applicants: the law asks for the main ones (PIPL art. 24). */
function reasonLines(codes: readonly string[]): readonly string[] {
  const told = reasonsForApplicant(codes.filter(isReasonCode), 'zh');
  return told.length > 0 ? told : [REASONS.REVIEW_OTHER.zh];
}

export function declineValues(facts: DeclineFacts): TemplateValues {
  return {
    ...issued(facts),
    applicantName: facts.applicantName,
    applicationId: facts.applicationId,
    product: facts.productZh,
    amount: facts.amountFen,
    appliedOn: facts.appliedOn,
    decidedOn: facts.decidedOn,
    reasons: reasonLines(facts.codes).map((text, i) => ({
      text: `${i + 1}. ${text}。`,
      prominent: false,
    })),
    automated: facts.automated
      ? '本决定由系统按照审批规则自动作出（《中华人民共和国个人信息保护法》第二十四条）。'
      : '',
  };
}

export interface SettlementFacts extends Issuer {
  readonly borrowerName: string;
  readonly borrowerIdentifier: string;
  readonly loanNumber: string;
  readonly contractNumber: string;
  readonly principalFen: Fen;
  readonly paidOutOn: string;
  readonly settledOn: string;
  readonly principalPaidFen: Fen;
  readonly interestPaidFen: Fen;
  readonly feePaidFen: Fen;
  /** What the record still shows as unpaid: a certificate is given for nothing but zero. */
  readonly leftFen: number;
}

/** The values of the certificate, or null where the record does not say that all is paid. */
export function settlementValues(facts: SettlementFacts): TemplateValues | null {
  if (facts.leftFen !== 0 || facts.principalPaidFen !== facts.principalFen) return null;
  return {
    ...issued(facts),
    borrowerName: facts.borrowerName,
    borrowerIdentifier: facts.borrowerIdentifier,
    loanNumber: facts.loanNumber,
    contractNumber: facts.contractNumber,
    principal: facts.principalFen,
    paidOutOn: facts.paidOutOn,
    settledOn: facts.settledOn,
    principalPaid: facts.principalPaidFen,
    interestPaid: facts.interestPaidFen,
    feePaid: facts.feePaidFen,
    paidTotal: addFen(addFen(facts.principalPaidFen, facts.interestPaidFen), facts.feePaidFen),
    balance: facts.leftFen,
  };
}
