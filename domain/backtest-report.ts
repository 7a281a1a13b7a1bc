/** The report of a backtest: rates, averages and expected loss of both sides, by segment, from a tally. */
import {
  type BacktestTerms,
  type Change,
  CHANGES,
  type GroupTally,
  type Outcome,
  type SideTally,
  type Tally,
  type Unreadable,
} from './backtest.ts';

/** One side of a comparison. Shares are percent with two decimals; null where there is nothing to divide by. */
export interface SideReport {
  readonly approved: number;
  readonly approvalRatePercent: number | null;
  readonly averageAmountFen: number | null;
  /** Mean rate a year of the approvals, percent. */
  readonly averageRatePercent: number | null;
  readonly approvedAmountFen: number;
  readonly expectedLossFen: number;
  /** Expected loss over the approved amount, percent. */
  readonly expectedLossPercent: number | null;
}

export interface GroupReport {
  readonly compared: number;
  /** How many went from each outcome to each. */
  readonly matrix: Readonly<Record<Outcome, Readonly<Record<Outcome, number>>>>;
  /** Approved now and not before. */
  readonly swapIn: number;
  /** Approved before and not now. */
  readonly swapOut: number;
  readonly before: SideReport;
  readonly after: SideReport;
}

export interface BacktestReport {
  readonly total: GroupReport;
  readonly segments: readonly (GroupReport & { readonly word: string; readonly value: string })[];
  readonly unreadable: Partial<Readonly<Record<Unreadable, number>>>;
  /** Ids of applications, as many as were asked for. */
  readonly samples: {
    readonly swapIn: readonly string[];
    readonly swapOut: readonly string[];
    readonly unreadable: readonly string[];
  };
  /** What the figures rest on beside the record. */
  readonly assumptions: {
    readonly lgdPercent: number;
    readonly zh: string;
    readonly en: string;
  };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

const ratio = (part: number, whole: number, times: number, digits: number): number | null =>
  whole === 0 ? null : rounded((part * times) / whole, digits);

function sideReport(side: SideTally, compared: number): SideReport {
  return {
    approved: side.approved,
    approvalRatePercent: ratio(side.approved, compared, 100, 2),
    averageAmountFen: ratio(side.amountFen, side.approved, 1, 0),
    averageRatePercent: ratio(side.rateSum, side.approved, 1 / 10_000, 4),
    approvedAmountFen: side.amountFen,
    expectedLossFen: side.lossFen,
    expectedLossPercent: ratio(side.lossFen, side.amountFen, 100, 4),
  };
}

function sumOf(changes: GroupTally['changes'], holds: (change: Change) => boolean): number {
  return CHANGES.filter(holds).reduce((sum, change) => sum + (changes[change] ?? 0), 0);
}

function groupReport({ compared, changes, before, after }: GroupTally): GroupReport {
  const row = (from: Outcome) => ({
    APPROVE: changes[`${from}>APPROVE`] ?? 0,
    REFER: changes[`${from}>REFER`] ?? 0,
    DECLINE: changes[`${from}>DECLINE`] ?? 0,
  });
  const kept: Change = 'APPROVE>APPROVE';
  return {
    compared,
    matrix: { APPROVE: row('APPROVE'), REFER: row('REFER'), DECLINE: row('DECLINE') },
    swapIn: sumOf(changes, (change) => change.endsWith('>APPROVE') && change !== kept),
    swapOut: sumOf(changes, (change) => change.startsWith('APPROVE>') && change !== kept),
    before: sideReport(before, compared),
    after: sideReport(after, compared),
  };
}

function assumptionsOf(lgdPercent: number): BacktestReport['assumptions'] {
  return {
    lgdPercent,
    zh: `违约概率取自新评分卡的比率（好坏比），两侧使用同一概率；违约损失率假定为 ${lgdPercent}%；转人工的申请不计入通过。`,
    en: `Default probability is read from the new scorecard's odds, the same for both sides; loss given default is assumed to be ${lgdPercent} %; a referral does not count as approved.`,
  };
}

/** The report of a tally; segments in the order of their names. */
export function backtestReport(tally: Tally, { lgdPercent }: BacktestTerms): BacktestReport {
  return {
    total: groupReport(tally.total),
    segments: Object.entries(tally.segments)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, group]) => {
        const cut = name.indexOf('=');
        return { word: name.slice(0, cut), value: name.slice(cut + 1), ...groupReport(group) };
      }),
    unreadable: tally.unreadable,
    samples: {
      swapIn: tally.swapIn,
      swapOut: tally.swapOut,
      unreadable: tally.unreadableIds,
    },
    assumptions: assumptionsOf(lgdPercent),
  };
}
