/**
 * The central bank's second-generation personal report as a form: every section of regulation.md §2.4 under its tag, with
 * its element names and code tables. Conventions: amounts (elements named `J` and two digits) are whole yuan, dates
 * `YYYY-MM-DD`, months `YYYY-MM`; a list section without entries is an empty array, an unknown single value is null, and no
 * section is ever left out. Lists of the printed report (`…H`) stand directly under their section.
 */
import { account, mark } from './bureau-account.ts';
import { ACCOUNT_TYPES, FIVE_TIER, ORG_TYPES, QUERY_REASONS } from './bureau-codes.ts';
import {
  codeOf,
  count,
  date,
  type Fitting,
  list,
  localTime,
  month,
  name,
  nullable,
  section,
  text,
  within,
  yuan,
} from './report-form.ts';

export type { PbocAccount } from './bureau-account.ts';

/** PRH / PA01: A number and time, B whom it is about and who asked why, C other papers, D fraud warning, E objections. */
const header = section({
  PA01AI01: name,
  PA01AR01: localTime,
  PA01BQ01: name,
  /** `10` is the resident identity card. */
  PA01BD01: text,
  PA01BI01: name,
  /** Querying organisation, and its reason. */
  PA01BI02: name,
  PA01BD02: codeOf(QUERY_REASONS),
  PA01C: list(section({ PA01CD01: text, PA01CI01: text })),
  /** Text of the fraud warning; null when there is none. */
  PA01DQ01: nullable(text),
  /** How many items bear an objection. */
  PA01ES01: count,
});

/** PIM / PB01: identity. */
const identity = section({
  /** `1` male, `2` female; read by no rule (regulation.md §8.6). */
  PB01AD01: text,
  PB01AR01: date,
  /** Education `10` postgraduate, `20` bachelor, `30` college, `60` secondary, `70` junior, `99` unknown; degree; employment. */
  PB01AD02: text,
  PB01AD03: text,
  PB01AD04: text,
  PB01AQ01: nullable(text),
  PB01AQ02: text,
  PB01AD05: text,
  PB01AQ03: nullable(text),
  /** Mobile numbers, newest first. */
  PB01BH: list(section({ PB01BQ01: text, PB01BR01: date })),
});

/** One of the summaries of loans: E non-revolving, F sub-accounts, G revolving. */
const loanSummary = <T extends 'E' | 'F' | 'G'>(tag: T) =>
  section({
    /** Institutions, accounts; total credit, balance, average due over six months. */
    ...oneOf(`PC02${tag}S01`, count),
    ...oneOf(`PC02${tag}S02`, count),
    ...oneOf(`PC02${tag}J01`, yuan),
    ...oneOf(`PC02${tag}J02`, yuan),
    ...oneOf(`PC02${tag}J03`, yuan),
  });

/** Summaries of cards: H credit cards, I semi-credit cards. */
const cardSummary = <T extends 'H' | 'I'>(tag: T) =>
  section({
    /** Institutions, accounts; total limit, highest and lowest of one bank, used, average used over six months. */
    ...oneOf(`PC02${tag}S01`, count),
    ...oneOf(`PC02${tag}S02`, count),
    ...oneOf(`PC02${tag}J01`, yuan),
    ...oneOf(`PC02${tag}J02`, yuan),
    ...oneOf(`PC02${tag}J03`, yuan),
    ...oneOf(`PC02${tag}J04`, yuan),
    ...oneOf(`PC02${tag}J05`, yuan),
  });

function oneOf<N extends string, F>(element: N, form: F): { readonly [K in N]: F } {
  // An object with one computed key has that key alone, which TypeScript widens to any text.
  return { [element]: form } as { readonly [K in N]: F };
}

/** PCO / PC02: summary of credit. */
const summary = section({
  /** A: accounts, and by business kind how many and since which month. */
  PC02A: section({
    PC02AS01: count,
    PC02AH: list(
      section({ PC02AD01: text, PC02AD02: text, PC02AS03: count, PC02AR01: nullable(month) }),
    ),
  }),
  /** B recovered debts (被追偿) and C bad debts (呆账): accounts and balance. */
  PC02B: section({ PC02BS01: count, PC02BJ01: yuan }),
  PC02C: section({ PC02CS01: count, PC02CJ01: yuan }),
  /** D overdue, by account type: accounts, months, highest amount of a month, longest months. */
  PC02D: list(
    section({
      PC02DD01: codeOf(ACCOUNT_TYPES),
      PC02DS02: count,
      PC02DS03: count,
      PC02DJ01: yuan,
      PC02DS04: count,
    }),
  ),
  PC02E: loanSummary('E'),
  PC02F: loanSummary('F'),
  PC02G: loanSummary('G'),
  PC02H: cardSummary('H'),
  PC02I: cardSummary('I'),
  /** K related repayment liability: number and balance. */
  PC02K: section({ PC02KS01: count, PC02KJ01: yuan }),
});

/** PQO / PC05: A the last query, B counts over 1 month and 24 months. */
const querySummary = section({
  PC05A: nullable(
    section({
      PC05AR01: date,
      PC05AD01: codeOf(ORG_TYPES),
      PC05AI01: name,
      PC05AQ01: codeOf(QUERY_REASONS),
    }),
  ),
  PC05B: section({
    /** One month: institutions for loan and card approval, then queries for loan, card and by the person. */
    PC05BS01: count,
    PC05BS02: count,
    PC05BS03: count,
    PC05BS04: count,
    PC05BS05: count,
    /** 24 months: queries after the loan, for guarantees, for merchants. */
    PC05BS06: count,
    PC05BS07: count,
    PC05BS08: count,
  }),
});

/** PCR / PD03: liability for somebody else's debt. */
const liability = section({
  PD03AD01: codeOf(ORG_TYPES),
  PD03AJ01: yuan,
  PD03AJ02: yuan,
  PD03AD05: codeOf(FIVE_TIER),
  /** Months the debt is overdue. */
  PD03AS01: count,
  PD03Z: list(mark),
});

/** POQ / PH01: one query of the person's report. */
const query = section({
  PH010R01: date,
  PH010D01: codeOf(ORG_TYPES),
  PH010Q02: name,
  PH010Q03: codeOf(QUERY_REASONS),
});
export type PbocQuery = Fitting<typeof query>;

export const pbocReport = section({
  PRH: header,
  PIM: identity,
  /** Marital status `10` single, `20` married, `30` widowed, `40` divorced, `99` unknown. */
  PMM: section({ PB020D01: text }),
  /** PRM / PB03 residences and POM / PB04 occupations, newest first. */
  PRM: list(section({ PB030D01: text, PB030Q01: text, PB030R01: date })),
  POM: list(section({ PB040D01: text, PB040Q01: nullable(text), PB040R02: date })),
  /** PSM / PC01: the bureau's score 0–1000 and relative position in percent; null when it has too little to score. */
  PSM: nullable(section({ PC010Q01: within(0, 1_000), PC010Q02: within(0, 100) })),
  PCO: summary,
  /** PNO / PC03 and PPO / PC04: summaries of post-paid services and of public records, by kind. */
  PNO: list(section({ PC030D01: text, PC030S02: count, PC030J01: yuan })),
  PPO: list(section({ PC040D01: text, PC040S02: count, PC040J01: yuan })),
  PQO: querySummary,
  PDA: list(account),
  /** PCA / PD02: credit agreements; status `1` in force, `2` ended. */
  PCA: list(
    section({
      PD02AI01: name,
      PD02AD01: text,
      PD02AI02: name,
      PD02AJ01: yuan,
      PD02AJ04: yuan,
      PD02AD04: text,
      PD02Z: list(mark),
    }),
  ),
  PCR: list(liability),
  /** PND / PE01: post-paid services with arrears. */
  PND: list(section({ PE01AQ01: name, PE01AD03: text, PE01AJ01: yuan, PE01AR02: month })),
  /** POT / PF01 tax arrears. */
  POT: list(section({ PF01AQ01: name, PF01AJ01: yuan, PF01AR01: date, PF01Z: list(mark) })),
  /** PCJ / PF02 civil judgments. */
  PCJ: list(
    section({ PF02AQ01: name, PF02AR01: date, PF02AJ01: nullable(yuan), PF02Z: list(mark) }),
  ),
  /** PCE / PF03 enforcements; closed on, null while open. */
  PCE: list(
    section({
      PF03AQ01: name,
      PF03AR01: date,
      PF03AJ01: nullable(yuan),
      PF03AR02: nullable(date),
      PF03Z: list(mark),
    }),
  ),
  /** PAP / PF04 administrative penalties. */
  PAP: list(
    section({ PF04AQ01: name, PF04AR01: date, PF04AJ01: nullable(yuan), PF04Z: list(mark) }),
  ),
  /** PHF / PF05 housing fund: first month, last month paid, monthly payment, `1` paying. Null without a record. */
  PHF: nullable(section({ PF05AR02: month, PF05AR03: month, PF05AJ01: yuan, PF05AD01: text })),
  /** PBS / PF06 low-income aid, PPQ / PF07 professional licences, PAH / PF08 rewards: kept, read by no rule. */
  PBS: list(section({ PF06AD01: text, PF06AR01: date })),
  PPQ: list(section({ PF07AQ01: name, PF07AR01: date })),
  PAH: list(section({ PF08AQ01: name, PF08AR01: date })),
  /** POS / PG01: marks and statements on the report as a whole. */
  POS: list(mark),
  POQ: list(query),
});

/** The central bank's personal credit report. */
export type PbocReport = Fitting<typeof pbocReport>;
