/** What the templates of the contract chapter are filled with: the contract as data, and what follows from it. */
import { METHOD_NAMES_ZH } from '../../domain/loan-terms.ts';
import type { TemplateValues } from '../../domain/template.ts';
import {
  contingentCost,
  type ContractPaper,
  type CoSignerOnPaper,
  totalsOf,
} from './contract-paper.ts';
import { costValues, scheduleValues } from './cost-values.ts';

const DAY_COUNT_ZH: Readonly<Record<ContractPaper['dayCount'], string>> = {
  '30/360': '每月按30天、每年按360天计算利息',
  'ACT/360': '按实际天数计算利息，日利率＝年利率÷360',
  'ACT/365': '按实际天数计算利息，日利率＝年利率÷365',
  'MONTHS/12': '按月计算利息，月利率＝年利率÷12；不足整月的按实际天数计算，日利率＝年利率÷360',
};

const RECORDING_CLAUSE =
  '本合同签署前，贷款人对签约过程进行录音录像；录音录像及其电子证据由贷款人妥善保存，发生争议时双方均可调取。';

/** Beijing time of an instant, to the second. China has kept UTC+8 without summer time since 1992. */
export function beijingTime(instant: string): string {
  const shifted = new Date(Date.parse(instant) + 8 * 3_600_000);
  return `${shifted.toISOString().slice(0, 19).replace('T', ' ')}（北京时间）`;
}

/** Issuer, number and day of a paper that belongs to the contract. */
function issued({ contract }: ContractPaper): TemplateValues {
  return {
    number: contract.contractNumber,
    lenderName: contract.lender.name,
    lenderUscc: contract.lender.identifier,
    issuedOn: contract.signingDate,
  };
}

function scheduleOf(paper: ContractPaper): TemplateValues {
  const totals = { ...totalsOf(paper), advancedFen: paper.advancedFen };
  return scheduleValues(paper.contract.instalments, totals, paper.plannedPayoutDate);
}

function partyValues({ contract }: ContractPaper): TemplateValues {
  const { lender, borrower } = contract;
  return {
    lenderAddress: lender.address,
    lenderPhone: lender.phone,
    lenderHotline: lender.phone === '' ? '' : `贷款人客户服务与投诉电话：${lender.phone}。`,
    borrowerName: borrower.name,
    borrowerIdentifier: borrower.identifier,
    borrowerPhone: borrower.phone,
    borrowerAddress: borrower.address,
  };
}

function termValues(paper: ContractPaper): TemplateValues {
  const { contract } = paper;
  const totals = totalsOf(paper);
  const [first] = contract.instalments;
  return {
    annualRate: contract.annualRate,
    termMonths: String(contract.termMonths),
    instalments: String(contract.instalments.length),
    purpose: contract.purposeZh,
    method: METHOD_NAMES_ZH[contract.method],
    dayCountRule: DAY_COUNT_ZH[paper.dayCount],
    ...(first === undefined ? {} : { firstDueDate: first.dueDate, firstPayment: first.paymentFen }),
    interestTotal: totals.interestFen,
    feeTotal: totals.feeFen,
    product: paper.productZh,
    cardTail: contract.payoutCard.slice(-4),
    penaltyStandard: contingentCost(contract, 'OVERDUE').standard,
    misuseStandard: contingentCost(contract, 'MISUSE').standard,
    prepaymentStandard: contingentCost(contract, 'EARLY_SETTLEMENT').standard,
    recordingClause: contract.dualRecording ? RECORDING_CLAUSE : '',
  };
}

/** What somebody binds themselves to by signing: a guarantee says its kind, or it is only a general one (民法典 art. 686). */
const BOUND_AS: Readonly<Record<CoSignerOnPaper['role'], readonly [string, string]>> = {
  SPOUSE: ['借款人配偶', '本人知悉并确认本合同项下债务为夫妻共同债务（民法典第一千零六十四条）。'],
  GUARANTOR: [
    '保证人',
    '本人对本合同项下全部债务承担连带责任保证，保证期间为主债务履行期限届满之日起六个月（民法典第六百八十八条、第六百九十二条）。',
  ],
};

function coSignerLines(coSigners: readonly CoSignerOnPaper[]): TemplateValues['coSigners'] {
  return coSigners.flatMap(({ role, person: { name, idNumber, mobile } }) => {
    const [title, bound] = BOUND_AS[role];
    return [
      {
        text: `${title}：${name}　居民身份证号码：${idNumber}　手机号码：${mobile}`,
        prominent: false,
      },
      { text: `${title}声明：${bound}`, prominent: true },
    ];
  });
}

/** The letter word for word as it was agreed to; its own title follows the annex's. */
function authorisationValues({ contract, authorisation }: ContractPaper): TemplateValues {
  const [title, ...letter] = authorisation.paragraphs;
  return {
    authorisationId: contract.authorisationId,
    authorisationTitle: title?.text ?? '',
    authorisationLetter: letter.map(({ text, emphasised }) => ({ text, prominent: emphasised })),
    authorisationAgreedAt: beijingTime(authorisation.agreedAt),
    authorisationSm3: contract.authorisationHash,
  };
}

/** @throws ContractPaperError CONTINGENT_COST_MISSING */
export function contractValues(paper: ContractPaper): TemplateValues {
  return {
    ...issued(paper),
    ...costValues(paper.contract.disclosure),
    ...scheduleOf(paper),
    ...partyValues(paper),
    ...termValues(paper),
    ...authorisationValues(paper),
    coSigners: coSignerLines(paper.coSigners ?? []) ?? [],
  };
}

/** The form that the applicant reads and confirms before signing. @param minReadSeconds policy `offer.costReadSeconds` */
export function disclosureValues(
  paper: ContractPaper,
  minReadSeconds: number,
  capNote: string,
): TemplateValues {
  const { contract } = paper;
  return {
    ...issued(paper),
    ...costValues(contract.disclosure),
    borrowerName: contract.borrower.name,
    annualRate: contract.annualRate,
    termMonths: String(contract.termMonths),
    method: METHOD_NAMES_ZH[contract.method],
    capNote,
    minReadSeconds: minReadSeconds > 0 ? String(minReadSeconds) : '',
  };
}

export function repaymentScheduleValues(paper: ContractPaper): TemplateValues {
  const { contract } = paper;
  const { principalFen, interestFen, feeFen, paymentFen } = totalsOf(paper);
  const { annualised } = contract.disclosure;
  return {
    ...issued(paper),
    ...scheduleOf(paper),
    borrowerName: contract.borrower.name,
    principal: principalFen,
    annualRate: contract.annualRate,
    annualisedSimple: annualised.simple,
    annualisedCompound: annualised.compound,
    method: METHOD_NAMES_ZH[contract.method],
    termMonths: String(contract.termMonths),
    interestTotal: interestFen,
    feeTotal: feeFen,
    paymentTotal: paymentFen,
  };
}
