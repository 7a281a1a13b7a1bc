/** Search attributes by which operations find loans in the Temporal UI; plain text there, so never personal data. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

export const LoanStage = defineSearchAttributeKey('LoanStage', SearchAttributeType.KEYWORD);
export const ProductCode = defineSearchAttributeKey('ProductCode', SearchAttributeType.KEYWORD);
export const DecisionOutcome = defineSearchAttributeKey(
  'DecisionOutcome',
  SearchAttributeType.KEYWORD,
);
/** True while the loan cannot go on without a person of ours. */
export const NeedsHuman = defineSearchAttributeKey('NeedsHuman', SearchAttributeType.BOOL);
/** When the person who is waited for is late. */
export const SlaDueAt = defineSearchAttributeKey('SlaDueAt', SearchAttributeType.DATETIME);

/** What a server must know before the first loan starts. */
export const SEARCH_ATTRIBUTES = [
  { name: 'LoanStage', type: 'Keyword' },
  { name: 'ProductCode', type: 'Keyword' },
  { name: 'DecisionOutcome', type: 'Keyword' },
  { name: 'NeedsHuman', type: 'Bool' },
  { name: 'SlaDueAt', type: 'Datetime' },
] as const;
