/** Refusals of acts on rules: drafts, versions, the kill switch and decisions looked at again. */
import type { ProblemText } from './problem-text.ts';

export const RULE_PROBLEMS = {
  RULE_DOCUMENT_INVALID: {
    status: 422,
    zh: '规则文档有错误，请按提示逐处修改。',
    en: 'The document of rules has faults; see errors for each place.',
  },
  RULE_CHECK_FAILED: {
    status: 422,
    zh: '规则检查未通过：内置用例须全部通过，并须完成回测。',
    en: 'The check failed: every case inside must pass, and a backtest must be done.',
  },
  RULE_STATE_DOES_NOT_FIT: {
    status: 409,
    zh: '规则草稿当前状态不允许此操作。',
    en: 'The draft of rules does not stand at a state that allows this.',
  },
  RULE_DOCUMENT_CHANGED: {
    status: 409,
    zh: '规则文档已被修改，请重新读取后再操作。',
    en: 'The document of rules has changed since; read it again before you act.',
  },
  RULE_EFFECTIVE_IN_PAST: {
    status: 422,
    zh: '生效时间不能早于现在。',
    en: 'A version cannot take effect in the past.',
  },
  RULE_NEVER_IN_FORCE: {
    status: 409,
    zh: '此版本从未生效，不能回滚到该版本。',
    en: 'This version was never in force; only one that was can be gone back to.',
  },
  RULE_ALREADY_IN_FORCE: {
    status: 409,
    zh: '此版本正在生效。',
    en: 'This version is in force already.',
  },
  RULE_NOT_SCHEDULED: {
    status: 409,
    zh: '没有此待生效的版本。',
    en: 'There is no such version that is to take effect.',
  },
  KILL_SWITCH_DOES_NOT_FIT: {
    status: 409,
    zh: '总开关当前状态不允许此操作。',
    en: 'The kill switch does not stand at a state that allows this.',
  },
  BACKTEST_SCORECARD_MISSING: {
    status: 422,
    zh: '找不到此策略引用的评分卡。',
    en: 'There is no such scorecard: neither published nor a draft.',
  },
  BACKTEST_RANGE_EMPTY: {
    status: 422,
    zh: '结束日期不能早于开始日期。',
    en: 'The last day lies before the first.',
  },
  OWN_RULES: {
    status: 403,
    zh: '不能复核由自己编写、提出或批准的策略作出的决定。',
    en: 'Nobody reviews a decision of a strategy they wrote, proposed or approved.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;
