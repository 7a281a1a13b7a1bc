/** What an experiment has shown so far: rates and means of each arm, how each differs from the champion, and a verdict. */
import type { ArmRole, BandMeasure, ExperimentDocument, StopLossBand } from './experiment.ts';
import {
  balanceOf,
  type BalanceTest,
  type Estimate,
  meanDifference,
  meanOf,
  newcombe,
  type Proportion,
  type Sample,
  wilson,
} from './statistics.ts';

/**
 * Counts of one arm as the record holds them. The unit is the person, because persons are what is spread over the arms:
 * of each person only the first application decided under the experiment counts.
 */
export interface ArmCounts {
  readonly arm: string;
  /** Persons assigned. */
  readonly persons: number;
  /** Persons whose own arm did not act for them, because of the cap or a stopped arm; in no rate below. */
  readonly diverted: number;
  readonly approved: number;
  readonly declined: number;
  readonly referred: number;
  /** Amounts approved by the machine, in fen. */
  readonly limit: Sample;
  /** Price of those approvals, percent a year. */
  readonly price: Sample;
  /** Loans whose first instalment has been due for the stated days, and those among them that had not paid it by then. */
  readonly matured: number;
  readonly earlyOverdue: number;
}

/** A difference to the champion, with intervals that hold together for all challengers. */
export interface Comparison {
  readonly approvalRate: Estimate | null;
  readonly limitFen: Estimate | null;
  readonly pricePercent: Estimate | null;
  readonly earlyOverdueRate: Estimate | null;
}

export type VerdictCode =
  | 'TOO_FEW'
  | 'NOT_ENDED'
  | 'WORSE_OVERDUE'
  | 'OVERDUE_UNCLEAR'
  | 'MORE_APPROVALS'
  | 'FEWER_APPROVALS'
  | 'NO_DIFFERENCE';

export interface Verdict {
  readonly code: VerdictCode;
  readonly zh: string;
  readonly en: string;
}

export interface ArmReport {
  readonly arm: string;
  readonly role: ArmRole;
  readonly counts: ArmCounts;
  readonly approvalRate: Estimate | null;
  readonly declineRate: Estimate | null;
  readonly limitFen: Estimate | null;
  readonly pricePercent: Estimate | null;
  readonly earlyOverdueRate: Estimate | null;
  /** Null for the champion itself. */
  readonly againstChampion: Comparison | null;
  readonly verdict: Verdict | null;
}

export interface ExperimentReport {
  /** Confidence of each arm's own intervals. */
  readonly confidence: number;
  /** Confidence of each difference: Bonferroni over all challengers and the four measures, 95 % for all together. */
  readonly differenceConfidence: number;
  readonly arms: readonly ArmReport[];
  /** Pearson chi-square test of persons assigned against shares; below 0.001 the assignment itself is to be doubted. */
  readonly balance: (BalanceTest & { readonly doubtful: boolean }) | null;
}

const CONFIDENCE = 0.95;
const MEASURES = 4;
/** The usual bound for a sample-ratio mismatch: far out, because a report is read more than once. */
const BALANCE_DOUBT = 0.001;

const VERDICTS: Readonly<Record<VerdictCode, Omit<Verdict, 'code'>>> = {
  TOO_FEW: {
    zh: '样本不足，无法判断。',
    en: 'Too few persons yet to say anything.',
  },
  NOT_ENDED: {
    zh: '试验尚未结束：区间按一次性分析计算，提前查看不作结论。',
    en: 'The experiment has not ended: the intervals hold for one look at its end, so nothing is concluded before.',
  },
  WORSE_OVERDUE: {
    zh: '挑战组早期逾期率高于冠军组，不宜推广。',
    en: 'The challenger has more early overdue loans than the champion and should not replace it.',
  },
  OVERDUE_UNCLEAR: {
    zh: '早期逾期率的差异尚不能排除超出容许范围，暂不宜推广。',
    en: 'It cannot be ruled out yet that early overdue exceeds the margin; do not replace the champion for now.',
  },
  MORE_APPROVALS: {
    zh: '挑战组批准率更高，早期逾期率未变差。',
    en: 'The challenger approves more, and early overdue is not worse.',
  },
  FEWER_APPROVALS: {
    zh: '挑战组批准率更低，早期逾期率未变差。',
    en: 'The challenger approves less, and early overdue is not worse.',
  },
  NO_DIFFERENCE: {
    zh: '批准率未见差异，早期逾期率未变差。',
    en: 'No difference in approvals was found, and early overdue is not worse.',
  },
};

const verdictOf = (code: VerdictCode): Verdict => ({ code, ...VERDICTS[code] });

const decidedOf = (counts: ArmCounts): number =>
  counts.approved + counts.declined + counts.referred;
const approvals = (counts: ArmCounts): Proportion => ({
  hits: counts.approved,
  of: decidedOf(counts),
});
const overdue = (counts: ArmCounts): Proportion => ({
  hits: counts.earlyOverdue,
  of: counts.matured,
});

/** The rate that a band looks at. */
export function bandRate(counts: ArmCounts, measure: BandMeasure): Proportion {
  if (measure === 'EARLY_OVERDUE_RATE') return overdue(counts);
  if (measure === 'APPROVAL_RATE') return approvals(counts);
  return { hits: counts.declined, of: decidedOf(counts) };
}

/** A band that was left, with what was seen. */
export interface Breach {
  readonly band: StopLossBand;
  readonly seen: Proportion;
}

/** The first band of an arm that its counts have left with enough sample; null while it keeps to all of them. */
export function breachOf(bands: readonly StopLossBand[], counts: ArmCounts): Breach | null {
  for (const band of bands.filter(({ arm }) => arm === counts.arm)) {
    const seen = bandRate(counts, band.measure);
    if (seen.of < band.minimumSample || seen.of === 0) continue;
    // Compared as whole numbers: hits ÷ of against basis points, without rounding.
    const scaled = seen.hits * 10_000;
    if (scaled < band.lowBp * seen.of || scaled > band.highBp * seen.of) return { band, seen };
  }
  return null;
}

function compare(arm: ArmCounts, champion: ArmCounts, confidence: number): Comparison {
  return {
    approvalRate: newcombe(approvals(arm), approvals(champion), confidence),
    limitFen: meanDifference(arm.limit, champion.limit, confidence),
    pricePercent: meanDifference(arm.price, champion.price, confidence),
    earlyOverdueRate: newcombe(overdue(arm), overdue(champion), confidence),
  };
}

function judge(
  document: ExperimentDocument,
  arms: { readonly arm: ArmCounts; readonly champion: ArmCounts },
  differences: Comparison,
  ended: boolean,
): Verdict {
  const { approvalRate, earlyOverdueRate } = differences;
  const fewest = Math.min(decidedOf(arms.arm), decidedOf(arms.champion));
  if (fewest < document.minimumSample || approvalRate === null) return verdictOf('TOO_FEW');
  if (!ended) return verdictOf('NOT_ENDED');
  const loans = Math.min(arms.arm.matured, arms.champion.matured);
  if (loans < document.minimumSample || earlyOverdueRate === null) return verdictOf('TOO_FEW');
  if (earlyOverdueRate.low > 0) return verdictOf('WORSE_OVERDUE');
  if (earlyOverdueRate.high > document.earlyOverdue.marginBp / 10_000)
    return verdictOf('OVERDUE_UNCLEAR');
  if (approvalRate.low > 0) return verdictOf('MORE_APPROVALS');
  return verdictOf(approvalRate.high < 0 ? 'FEWER_APPROVALS' : 'NO_DIFFERENCE');
}

const noSample: Sample = { mean: 0, deviation: 0, of: 0 };
const nothing = (arm: string): ArmCounts => ({
  arm,
  persons: 0,
  diverted: 0,
  approved: 0,
  declined: 0,
  referred: 0,
  limit: noSample,
  price: noSample,
  matured: 0,
  earlyOverdue: 0,
});

/**
 * The report of an experiment. Shadows have no people and stand in it without a comparison.
 * @param ended true once the experiment takes nobody in any more by its plan: only then does it conclude anything
 */
export function reportOf(
  document: ExperimentDocument,
  counts: readonly ArmCounts[],
  ended: boolean,
): ExperimentReport {
  const of = (name: string) => counts.find(({ arm }) => arm === name) ?? nothing(name);
  const acting = document.arms.filter(({ role }) => role !== 'SHADOW');
  const championArm = acting.find(({ role }) => role === 'CHAMPION');
  const champion = of(championArm?.name ?? '');
  const comparisons = Math.max(1, acting.length - 1) * MEASURES;
  const differenceConfidence = 1 - (1 - CONFIDENCE) / comparisons;
  const arms = acting.map(({ name, role }): ArmReport => {
    const arm = of(name);
    const differences = role === 'CHAMPION' ? null : compare(arm, champion, differenceConfidence);
    return {
      arm: name,
      role,
      counts: arm,
      approvalRate: wilson(approvals(arm), CONFIDENCE),
      declineRate: wilson(bandRate(arm, 'DECLINE_RATE'), CONFIDENCE),
      limitFen: meanOf(arm.limit, CONFIDENCE),
      pricePercent: meanOf(arm.price, CONFIDENCE),
      earlyOverdueRate: wilson(overdue(arm), CONFIDENCE),
      againstChampion: differences,
      verdict: differences === null ? null : judge(document, { arm, champion }, differences, ended),
    };
  });
  const balance = balanceOf(
    acting.map(({ name, shareBp }) => ({ count: of(name).persons, share: shareBp })),
  );
  return {
    confidence: CONFIDENCE,
    differenceConfidence,
    arms,
    balance: balance === null ? null : { ...balance, doubtful: balance.pValue < BALANCE_DOUBT },
  };
}
