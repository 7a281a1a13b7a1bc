/** What each kind of paper is given, and what it must print: the catalogue that templates are checked against. */
import type { VariableType } from './template.ts';

export const TEMPLATE_PURPOSES = [
  'CONTRACT',
  'AUTHORISATION_PERSONAL',
  'AUTHORISATION_ENTERPRISE',
  'AUTHORISATION_GUARANTOR',
  'COST_DISCLOSURE',
  'ENTERPRISE_COSTS',
  'REPAYMENT_SCHEDULE',
  'DECLINE_NOTICE',
  'SETTLEMENT_CERTIFICATE',
] as const;
export type TemplatePurpose = (typeof TEMPLATE_PURPOSES)[number];

export interface CatalogueEntry {
  readonly type: VariableType;
  /** The paper must print it, by a rule or because it means nothing without. */
  readonly mandatory?: true;
  /** Its value may be empty: a text prints as nothing, a block can ask for it with `when`. */
  readonly optional?: true;
  /** An annualised total cost: no other rate on the paper may be more prominent (公告〔2021〕3号). */
  readonly annualised?: true;
  /** A text or table from the loan in which rates are stated: weighed where it stands, as a rate is. */
  readonly statesRates?: true;
  /** Cells of each row of a table. */
  readonly cells?: number;
}

type Entries = Readonly<Record<string, CatalogueEntry>>;

const money: CatalogueEntry = { type: 'money' };
const text: CatalogueEntry = { type: 'text' };
const date: CatalogueEntry = { type: 'date' };
const must = <E extends CatalogueEntry>(entry: E): E & { readonly mandatory: true } => ({
  ...entry,
  mandatory: true,
});
const maybe = <E extends CatalogueEntry>(entry: E): E & { readonly optional: true } => ({
  ...entry,
  optional: true,
});
const ANNUALISED: CatalogueEntry = { type: 'rate', annualised: true };
const RATES_IN_WORDS: CatalogueEntry = { type: 'text', statesRates: true };
const costs = (cells: number): CatalogueEntry => ({
  type: 'table',
  cells,
  mandatory: true,
  statesRates: true,
});

/** Issuer and number of every paper. */
const ISSUED: Entries = { number: text, lenderName: must(text), lenderUscc: text, issuedOn: date };

const COST_PARTS: Entries = {
  principal: must(money),
  annualisedSimple: must(ANNUALISED),
  annualisedCompound: must(ANNUALISED),
  normalCosts: costs(4),
  contingentCosts: costs(4),
  costNotice: must(text),
};

const SCHEDULE_PARTS: Entries = {
  plannedPayoutDate: date,
  schedule: must({ type: 'table', cells: 7 }),
  upfrontNote: maybe(text),
};

const GRANT: Entries = {
  ...ISSUED,
  grantorName: must(text),
  grantorIdentifier: must(text),
  agreedActs: must(maybe({ type: 'list' })),
  agreedAt: maybe(text),
};

/** Letters whose words are the template's own. */
const WORDED_GRANT: Entries = {
  ...GRANT,
  borrowerName: must(text),
  bureaus: must(text),
  purposes: must(text),
  newQueriesUntil: must(date),
};

const CONTRACT: Entries = {
  ...ISSUED,
  ...COST_PARTS,
  ...SCHEDULE_PARTS,
  lenderAddress: maybe(text),
  lenderPhone: maybe(text),
  lenderHotline: maybe(text),
  borrowerName: must(text),
  borrowerIdentifier: must(text),
  borrowerPhone: maybe(text),
  borrowerAddress: maybe(text),
  annualRate: must({ type: 'rate' }),
  termMonths: must(text),
  instalments: text,
  purpose: must(text),
  method: must(text),
  dayCountRule: must(text),
  firstDueDate: date,
  firstPayment: money,
  interestTotal: money,
  feeTotal: money,
  product: text,
  cardTail: text,
  penaltyStandard: must(RATES_IN_WORDS),
  misuseStandard: must(RATES_IN_WORDS),
  prepaymentStandard: must(RATES_IN_WORDS),
  recordingClause: maybe(text),
  coSigners: maybe({ type: 'list' }),
  authorisationId: must(text),
  authorisationTitle: text,
  authorisationLetter: must({ type: 'list' }),
  authorisationAgreedAt: must(text),
  authorisationSm3: must(text),
};

const ENTERPRISE: Entries = {
  ...ISSUED,
  borrowerName: must(text),
  borrowerIdentifier: must(text),
  principal: must(money),
  termMonths: text,
  costs: costs(7),
  sumOfRates: must(ANNUALISED),
  jointIrr: must(ANNUALISED),
  methodNote: must(text),
  costNotice: must(text),
};

/** Every purpose with the variables it is given. */
export const TEMPLATE_VARIABLES: Readonly<Record<TemplatePurpose, Entries>> = {
  CONTRACT,
  // The words that the person agreed to are on record with their digest: the paper shows them, it does not word them anew.
  AUTHORISATION_PERSONAL: { ...GRANT, letter: must({ type: 'list' }), textSm3: must(text) },
  AUTHORISATION_ENTERPRISE: WORDED_GRANT,
  AUTHORISATION_GUARANTOR: { ...WORDED_GRANT, guaranteedAmount: must(money) },
  COST_DISCLOSURE: {
    ...ISSUED,
    ...COST_PARTS,
    borrowerName: must(text),
    annualRate: { type: 'rate' },
    termMonths: text,
    method: text,
    capNote: maybe(RATES_IN_WORDS),
    minReadSeconds: maybe(text),
  },
  ENTERPRISE_COSTS: ENTERPRISE,
  REPAYMENT_SCHEDULE: {
    ...ISSUED,
    ...SCHEDULE_PARTS,
    borrowerName: must(text),
    principal: must(money),
    annualRate: { type: 'rate' },
    annualisedSimple: must(ANNUALISED),
    annualisedCompound: must(ANNUALISED),
    method: must(text),
    termMonths: text,
    interestTotal: money,
    feeTotal: money,
    paymentTotal: money,
  },
  DECLINE_NOTICE: {
    ...ISSUED,
    applicantName: must(text),
    applicationId: must(text),
    product: text,
    amount: money,
    appliedOn: date,
    decidedOn: date,
    reasons: must({ type: 'list' }),
    automated: maybe(text),
  },
  SETTLEMENT_CERTIFICATE: {
    ...ISSUED,
    borrowerName: must(text),
    borrowerIdentifier: must(text),
    loanNumber: must(text),
    contractNumber: text,
    principal: must(money),
    paidOutOn: must(date),
    settledOn: must(date),
    principalPaid: must(money),
    interestPaid: money,
    feePaid: money,
    paidTotal: money,
    balance: must(money),
  },
};
