/**
 * The total cost disclosure (综合融资成本明示表) as a duty: what the form must hold, that nothing is charged which is not on it,
 * and when it counts as read. 金规〔2026〕2号 and 中国人民银行公告〔2021〕3号, regulation.md §1.1 and §1.2.
 */
import { datedRate } from './annualised-rate.ts';
import { addFen, type Fen, fen, subtractFen, sumFen, ZERO_FEN } from './money.ts';
import type { CostDisclosure, CostItem, Offer } from './offer.ts';
import { formatPercent } from './rates.ts';
import type { ScheduleFee } from './schedule.ts';
import { advancesOf } from './tranches.ts';

/** What is wrong with a form, with the item it is about: a code of a cost, or the form as a whole. */
export interface DisclosureFault {
  readonly code:
    | 'COST_NOT_DISCLOSED'
    | 'COST_DIFFERS'
    | 'COST_INCOMPLETE'
    | 'CONTINGENT_MISSING'
    | 'NOTICE_MISSING'
    | 'PRINCIPAL_DIFFERS'
    | 'RATE_DIFFERS';
  readonly item: string;
}

/** Costs that every form lists although they may never arise. */
export const CONTINGENT_CODES = ['OVERDUE', 'MISUSE', 'EARLY_SETTLEMENT'] as const;

const isBlank = (text: string): boolean => text.trim() === '';

/** What a fee comes to over the normal course. */
function feeTotal(fee: ScheduleFee, instalments: number): Fen {
  return fen(fee.amountFen * (fee.timing === 'PER_INSTALMENT' ? instalments : 1));
}

function chargedFaults(
  { schedule, disclosure, tranches }: Offer,
  fees: readonly ScheduleFee[],
): DisclosureFault[] {
  const { length } = (tranches?.[0]?.schedule ?? schedule).instalments;
  const charged = new Map<string, Fen>([['INTEREST', schedule.totals.interestFen]]);
  for (const fee of fees)
    charged.set(fee.code, addFen(charged.get(fee.code) ?? ZERO_FEN, feeTotal(fee, length)));
  const faults: DisclosureFault[] = [];
  for (const [item, amountFen] of charged) {
    const shown = disclosure.normal.find(({ code }) => code === item);
    if (shown === undefined) faults.push({ code: 'COST_NOT_DISCLOSED', item });
    else if (shown.amountFen !== amountFen) faults.push({ code: 'COST_DIFFERS', item });
  }
  const shownFen = sumFen(disclosure.normal.map(({ amountFen }) => amountFen ?? ZERO_FEN));
  const allFen = addFen(schedule.totals.interestFen, schedule.totals.feeFen);
  if (faults.length === 0 && shownFen !== allFen)
    faults.push({ code: shownFen < allFen ? 'COST_NOT_DISCLOSED' : 'COST_DIFFERS', item: 'TOTAL' });
  return faults;
}

function wordFaults({ normal, contingent, noticeZh }: CostDisclosure): DisclosureFault[] {
  const isPartial = ({ zh, charging, standard, payee }: CostItem) =>
    [zh, charging, standard, payee].some(isBlank);
  const partial = [...normal, ...contingent].filter(isPartial);
  const absent = CONTINGENT_CODES.filter((code) => !contingent.some((one) => one.code === code));
  return [
    ...partial.map(({ code }): DisclosureFault => ({ code: 'COST_INCOMPLETE', item: code })),
    ...absent.map((item): DisclosureFault => ({ code: 'CONTINGENT_MISSING', item })),
    ...(noticeZh.includes('不再收取') ? [] : [{ code: 'NOTICE_MISSING', item: 'NOTICE' } as const]),
  ];
}

/** Whether the annual rate by dates, found anew from what is received and paid, is the one on the form. */
function isRateOfFlows(
  { startDate, schedule, disclosure, tranches }: Offer,
  fees: readonly ScheduleFee[],
): boolean {
  const atStart = sumFen(
    fees
      .filter(({ timing }) => timing === 'UPFRONT' || timing === 'UPFRONT_PAID')
      .map(({ amountFen }) => amountFen),
  );
  const received = {
    amountFen: subtractFen(schedule.totals.principalFen, atStart),
    date: startDate,
  };
  const paid = schedule.instalments.map(({ paymentFen, dueDate }) => ({
    amountFen: paymentFen,
    date: dueDate,
  }));
  const found = datedRate(tranches === undefined ? [received] : advancesOf(tranches), paid);
  const { simple, compound, xirr } = disclosure.annualised;
  const decimals = xirr.split('.')[1]?.length ?? 0;
  return (
    found.ok &&
    formatPercent(found.rates.compound, decimals) === xirr &&
    simple === schedule.annualised.simple &&
    compound === schedule.annualised.compound
  );
}

/**
 * What a form lacks or states otherwise than the loan's cash flows and fees; empty when the loan may be signed on it.
 * @param fees every fee that the loan's product charges (`scheduleFees`), whatever the form says
 */
export function disclosureFaults(
  offer: Offer,
  fees: readonly ScheduleFee[],
): readonly DisclosureFault[] {
  const { disclosure, schedule } = offer;
  const principal = sumFen(schedule.instalments.map(({ principalFen }) => principalFen));
  const faults = [...chargedFaults(offer, fees), ...wordFaults(disclosure)];
  if (disclosure.principalFen !== offer.amountFen || principal !== offer.amountFen)
    faults.push({ code: 'PRINCIPAL_DIFFERS', item: 'PRINCIPAL' });
  if (!isRateOfFlows(offer, fees)) faults.push({ code: 'RATE_DIFFERS', item: 'ANNUALISED' });
  return faults;
}

interface Named {
  readonly orgName: string;
  readonly text: string;
}

/** The form as data, by the members of the industry's schema (Alipay `LoanCostDisclosureInfo`, regulation.md §1.2). */
export interface DisclosureForm {
  /** 正常履约年化综合融资成本, percent, simple (单利). */
  readonly costRate: string;
  /** The same, compound (IRR复利). */
  readonly costRateCompound: string;
  readonly principalFen: Fen;
  readonly loanInterest: {
    readonly orgName: string;
    readonly rate: string;
    readonly rateType: 'ANNUAL_SIMPLE';
    readonly repayMode: string;
  };
  /** Interest apart, everything that is charged in the normal course: credit enhancement, instalment fees, service. */
  readonly normalFees: readonly (Named & {
    readonly code: string;
    readonly name: string;
    readonly amountFen: Fen;
    readonly charging: string;
  })[];
  readonly overduePenaltyInterest: Named;
  readonly misappropriationPenaltyInterest: Named;
  readonly prepaymentPenalty: Named & { readonly name: string };
  readonly otherContingent: readonly (Named & { readonly name: string })[];
  /** Whether the annual cost is within the cap of the lender's type. */
  readonly capped: boolean;
  readonly notice: string;
}

function contingentItem({ disclosure }: Offer, code: string): CostItem {
  const item = disclosure.contingent.find((one) => one.code === code);
  if (item === undefined) throw new RangeError(`the form does not say what ${code} costs`);
  return item;
}

const namedOf = ({ payee, standard }: CostItem): Named => ({ orgName: payee, text: standard });

/** The form of an offer without faults. @throws RangeError for one that does not list the contingent costs */
export function disclosureForm(offer: Offer): DisclosureForm {
  const { disclosure } = offer;
  const interest = disclosure.normal.find(({ code }) => code === 'INTEREST');
  if (interest === undefined) throw new RangeError('the form does not say what interest costs');
  const known: readonly string[] = CONTINGENT_CODES;
  const prepayment = contingentItem(offer, 'EARLY_SETTLEMENT');
  return {
    costRate: disclosure.annualised.simple,
    costRateCompound: disclosure.annualised.compound,
    principalFen: disclosure.principalFen,
    loanInterest: {
      orgName: interest.payee,
      rate: offer.annualRate,
      rateType: 'ANNUAL_SIMPLE',
      repayMode: interest.charging,
    },
    normalFees: disclosure.normal
      .filter(({ code }) => code !== 'INTEREST')
      .map((item) => ({
        ...namedOf(item),
        code: item.code,
        name: item.zh,
        amountFen: item.amountFen ?? ZERO_FEN,
        charging: item.charging,
      })),
    overduePenaltyInterest: namedOf(contingentItem(offer, 'OVERDUE')),
    misappropriationPenaltyInterest: namedOf(contingentItem(offer, 'MISUSE')),
    prepaymentPenalty: { ...namedOf(prepayment), name: prepayment.zh },
    otherContingent: disclosure.contingent
      .filter(({ code }) => !known.includes(code))
      .map((item) => ({ ...namedOf(item), name: item.zh })),
    capped: offer.cap.within,
    notice: disclosure.noticeZh,
  };
}

/** How a form was read, as the person's device tells it and as our own clock saw it. Digests are SM3, hex. */
export interface Reading {
  readonly formSm3: string;
  /** What the person was shown. */
  readonly shownSm3: string;
  readonly minReadSeconds: number;
  /** Between showing and confirming, by our clock. */
  readonly elapsedMs: number;
  /** How long the form stood on the screen, as told. */
  readonly dwellMs: number;
  readonly scrolledToEnd: boolean;
}

export type ReadingRefusal = 'DIGEST_DIFFERS' | 'DISCLOSURE_UNREAD';

/** Why a form does not count as read, or null. What is told cannot make it shorter than our own clock saw. */
export function refuseReading(reading: Reading): ReadingRefusal | null {
  if (reading.shownSm3.toLowerCase() !== reading.formSm3.toLowerCase()) return 'DIGEST_DIFFERS';
  const least = reading.minReadSeconds * 1_000;
  const isRead = reading.scrolledToEnd && reading.elapsedMs >= least && reading.dwellMs >= least;
  return isRead ? null : 'DISCLOSURE_UNREAD';
}
