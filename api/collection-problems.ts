/** Refusals of collection, class and metrics. */
import type { ProblemText } from './problem-text.ts';

export const COLLECTION_PROBLEMS = {
  CONTACT_REFUSED: {
    status: 409,
    zh: '按催收规则，现在不得进行此次联系，详见 errors。',
    en: 'The rules of collection forbid this contact now; see errors for each of them.',
  },
  CONTACT_NOT_ASKED: {
    status: 409,
    zh: '联系前须先经 POST /v1/loans/{id}/contacts 核准；此处须填写其返回的编号。',
    en: 'A contact is asked for before it is made, by POST /v1/loans/{id}/contacts; name the id that it answered.',
  },
  CONTACT_STOPPED: {
    status: 409,
    zh: '该原因的停催已经登记。',
    en: 'Collection is stopped for this cause already.',
  },
  LOAN_ACT_OPEN: {
    status: 409,
    zh: '该贷款已有同类事项待处理。',
    en: 'An act of this kind is open for this loan already.',
  },
  METRICS_DISAGREE: {
    status: 409,
    zh: '指标与总账不一致，核对一致前不予展示。',
    en: 'The figures do not agree with the ledger; they are not shown until they do.',
  },
  SPAN_INVALID: {
    status: 422,
    zh: '时间区间无效或过长。',
    en: 'The span of time is not valid, or too long.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;
