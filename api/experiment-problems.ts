/** Refusals of acts on experiments and on the thresholds of monitoring. */
import type { ProblemText } from './problem-text.ts';

export const EXPERIMENT_PROBLEMS = {
  EXPERIMENT_INVALID: {
    status: 422,
    zh: '试验方案有错误，请按提示逐处修改。',
    en: 'The experiment has faults; see errors for each place.',
  },
  EXPERIMENT_CODE_TAKEN: {
    status: 409,
    zh: '此试验编号已被使用。',
    en: 'Another experiment has this code.',
  },
  EXPERIMENT_STATE_DOES_NOT_FIT: {
    status: 409,
    zh: '试验当前状态不允许此操作。',
    en: 'The experiment does not stand at a state that allows this.',
  },
  EXPERIMENT_RUNS_ALREADY: {
    status: 409,
    zh: '该策略已有试验在运行。',
    en: 'An experiment on this strategy is running already.',
  },
  EXPERIMENT_OVER: {
    status: 409,
    zh: '试验的结束时间已过。',
    en: 'The time of the experiment is over.',
  },
  ARM_VERSION_NOT_PUBLISHED: {
    status: 422,
    zh: '有试验组的策略版本或其评分卡尚未发布。',
    en: 'The strategy version of an arm, or its scorecard, is not published.',
  },
  NO_SUCH_ARM: {
    status: 422,
    zh: '没有此挑战组。',
    en: 'The experiment has no such challenger.',
  },
  THRESHOLDS_CHANGED: {
    status: 409,
    zh: '阈值已被修改，请重新读取后再操作。',
    en: 'The thresholds have changed since; read them again before you act.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;
