/** Sample calls of the queries of the ledger. */
import * as ledger from '../../../db/queries/ledger.ts';
import * as periods from '../../../db/queries/ledger-periods.ts';
import * as watch from '../../../db/queries/ledger-watch.ts';
import * as reads from '../../../db/queries/reads/ledger.ts';
import { fen, signedFen } from '../../../domain/money.ts';
import type { Samples } from '../recorder.ts';
import { ID } from './values.ts';

const DAY = '2026-01-05';
const MONTH = '2026-01-01';
const SPAN = { from: MONTH, to: '2026-01-31' };
const LINES = [
  { account: '1002', amountFen: fen(100) },
  { account: '224102', amountFen: signedFen(-100) },
] as const;
const JOURNAL = {
  event: 'UNMATCHED_RECEIVED',
  eventKey: 'e',
  loanId: null,
  postedOn: DAY,
  lines: LINES,
} as const;
const DIFFERENCE = {
  kind: 'LOAN_DIFFERS',
  subjectId: ID,
  loanId: ID,
  figures: { principalFen: 1 },
} as const;

export const LEDGER: Samples = {
  postJournal: ({ tx, answer }) => {
    answer({ id: 1, postedOn: DAY });
    return ledger.postJournal(tx, JOURNAL);
  },
  'postJournal (once more)': ({ tx, answer }) => {
    answer();
    answer({ id: 1, postedOn: DAY });
    answer(...LINES);
    return ledger.postJournal(tx, JOURNAL);
  },
  accrueInstalments: ({ tx }) =>
    ledger.accrueInstalments(tx, { loanId: ID, today: DAY, paidAhead: [1] }),
};

export const PERIODS: Samples = {
  listMonths: ({ tx }) => periods.listMonths(tx, 12),
  readMonth: ({ tx }) => periods.readMonth(tx, MONTH),
  lockMonth: ({ tx }) => periods.lockMonth(tx, MONTH),
  proposeMonth: ({ tx }) => periods.proposeMonth(tx, MONTH, 's'),
  closeMonth: ({ tx }) => periods.closeMonth(tx, MONTH, 's'),
  hasOpenReconciliation: ({ tx }) => periods.hasOpenReconciliation(tx, DAY),
  hasOpenMonthBefore: ({ tx }) => periods.hasOpenMonthBefore(tx, MONTH),
};

export const WATCH: Samples = {
  findDifferences: ({ tx }) =>
    watch.findDifferences(tx, { accruedBefore: DAY, payoutPatienceSeconds: 900, most: 10 }),
  allowLongLook: ({ tx }) => watch.allowLongLook(tx, 60),
  keepFindings: ({ tx, answer }) => {
    answer({ id: ID, fresh: true });
    return watch.keepFindings(tx, [DIFFERENCE], true);
  },
  'keepFindings (none)': ({ tx }) => watch.keepFindings(tx, [], true),
  openFindings: ({ tx }) => watch.openFindings(tx, 10),
};

export const READS: Samples = {
  trialBalance: ({ tx }) => reads.trialBalance(tx, DAY),
  accountLines: ({ tx }) => reads.accountLines(tx, '1303', SPAN, null, 20),
  'accountLines (next page)': ({ tx }) =>
    reads.accountLines(tx, '1303', SPAN, { journalId: 1, line: 1 }, 20),
  accountBalances: ({ tx, answer }) => {
    answer({ openingFen: 0, closingFen: 0 });
    return reads.accountBalances(tx, '1303', SPAN);
  },
  loanJournals: ({ tx }) => reads.loanJournals(tx, ID),
};
