/** How long what is held of a person must stay, and when it must go: the legal-hold matrix as data (regulation.md §9). */
import { addMonthsClamped } from './calendar.ts';

/** One row of the matrix. Months count from `from`; the basis is the law, or the house where the law leaves it open. */
export interface RetentionRule {
  readonly code: string;
  readonly object: string;
  readonly months: number;
  readonly from: 'SETTLED' | 'ENDED' | 'UPLOADED';
  readonly basis: string;
}

export const RETENTION = {
  LOAN: {
    code: 'LOAN',
    object: 'identity, contract, signing evidence and transactions of a loan',
    months: 120,
    from: 'SETTLED',
    basis: '反洗钱法 (2024) art. 34; 民法典 art. 188; 电子签名法 art. 24',
  },
  DUE_DILIGENCE: {
    code: 'DUE_DILIGENCE',
    object: 'identity of somebody who was checked and got no loan',
    months: 120,
    from: 'ENDED',
    basis: '反洗钱法 (2024) art. 34',
  },
  APPLICATION: {
    code: 'APPLICATION',
    object: 'form of somebody who was never checked',
    months: 1,
    from: 'ENDED',
    basis: 'PIPL art. 19, 47; one month to ask again, by the house',
  },
  REPORT_WITHOUT_LOAN: {
    code: 'REPORT_WITHOUT_LOAN',
    object: 'copy of a bureau report where no loan came of it',
    months: 6,
    from: 'ENDED',
    basis: 'regulation.md §9, by the house; 征信业管理条例 art. 20',
  },
  CONTACTS: {
    code: 'CONTACTS',
    object:
      'attempts to reach a borrower, what came of them, and refusals on the trail; never deleted',
    months: 60,
    from: 'SETTLED',
    basis: '消费金融公司管理办法, regulation.md §8.4',
  },
  REPORT_WITH_LOAN: {
    code: 'REPORT_WITH_LOAN',
    object: 'copy of a bureau report of a loan',
    months: 60,
    from: 'SETTLED',
    basis: 'regulation.md §9, by the house',
  },
  PAPER_PICTURE: {
    code: 'PAPER_PICTURE',
    object:
      'picture of a card or licence of somebody who was not checked, or one that a newer picture replaced',
    months: 1,
    from: 'UPLOADED',
    basis: 'PIPL art. 19, 47: it serves the filling in of a form; one month, by the house',
  },
} as const satisfies Readonly<Record<string, RetentionRule>>;
export type RetentionCode = keyof typeof RETENTION;

/** What decides how long one application is kept; dates are days in Shanghai. */
export interface HeldFacts {
  /** Null while it is under way. */
  readonly endedOn: string | null;
  /** Whether somebody's identity was checked for it. */
  readonly checked: boolean;
  readonly lent: boolean;
  /** Null while the loan runs, and where there is none. */
  readonly settledOn: string | null;
}

/** Why an application's data stay, and until which day; `until` is null while business is open. */
export interface Hold {
  readonly code: RetentionCode | 'OPEN_BUSINESS';
  readonly until: string | null;
}

const OPEN: Hold = { code: 'OPEN_BUSINESS', until: null };

/** The hold over one application. */
export function holdOf({ endedOn, checked, lent, settledOn }: HeldFacts): Hold {
  if (lent) {
    return settledOn === null
      ? OPEN
      : { code: 'LOAN', until: addMonthsClamped(settledOn, RETENTION.LOAN.months) };
  }
  if (endedOn === null) return OPEN;
  const rule = checked ? RETENTION.DUE_DILIGENCE : RETENTION.APPLICATION;
  return { code: rule.code, until: addMonthsClamped(endedOn, rule.months) };
}

/**
 * The holds that keep a person's data on a day. Asked for by the person, a form that nobody checked goes at once: its
 * month is the house's own, and no law's.
 */
export function holdsAgainstErasure(all: readonly HeldFacts[], today: string): readonly Hold[] {
  return all
    .map(holdOf)
    .filter(({ code, until }) => until === null || (code !== 'APPLICATION' && until > today));
}

/** Whether every clock of a person has run out by a day. */
export function isPastClock(all: readonly HeldFacts[], today: string): boolean {
  return all.every((facts) => {
    const { until } = holdOf(facts);
    return until !== null && until <= today;
  });
}
