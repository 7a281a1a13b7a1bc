/** Refusals of the review desk: each with its status and texts. */
import type { ProblemText } from './problem-text.ts';

export const DESK_PROBLEMS = {
  CONFLICT_OF_INTEREST: {
    status: 403,
    zh: '您或授权人与申请人存在利害关系，不能办理此申请。',
    en: 'You, or the person whose authority you use, are tied to the applicant.',
  },
  DELEGATION_NOT_IN_FORCE: {
    status: 403,
    zh: '此项转授权不存在或不在有效期内。',
    en: 'No such lent authority is in force.',
  },
  NOBODY_MAY_APPROVE: {
    status: 403,
    zh: '没有人有权批准此申请，只能拒绝或退回。',
    en: 'Nobody has the authority to approve this; it can be declined or sent back.',
  },
  NOBODY_HOLDS_IT: {
    status: 409,
    zh: '此任务尚无人领取，请直接领取。',
    en: 'Nobody holds this task; claim it.',
  },
  OWN_TASK: { status: 409, zh: '此任务已在您名下。', en: 'The task is yours already.' },
  COMMENT_MISSING: {
    status: 422,
    zh: '每项决定都须填写意见。',
    en: 'Every decision needs a comment.',
  },
  TERMS_DIFFER: {
    status: 409,
    zh: '须与已批准的条件一致或金额更低；如需其他条件，请退回重审。',
    en: 'Agree to the terms already approved, or to a smaller amount; other terms need a new round.',
  },
  TERMS_OUT_OF_POLICY: {
    status: 422,
    zh: '金额、期限或利率超出产品、政策或策略允许的范围。',
    en: 'The amount, term or rate is outside the product, the policy or the strategy.',
  },
  CONDITION_UNKNOWN: {
    status: 422,
    zh: '没有此类放款前提条件或环节。',
    en: 'There is no such condition or gate.',
  },
  NO_SUCH_CONDITION: { status: 409, zh: '没有此前提条件。', en: 'There is no such condition.' },
  CONDITION_CLOSED: {
    status: 409,
    zh: '此前提条件已满足或已豁免。',
    en: 'The condition is cleared or waived already.',
  },
  CONDITION_NOT_ANSWERED: {
    status: 409,
    zh: '申请人尚未回复此前提条件。',
    en: 'The applicant has not answered this condition yet.',
  },
  CONDITION_OPEN: {
    status: 409,
    zh: '仍有未满足的前提条件。',
    en: 'A condition is still open.',
  },
  NOTHING_TO_DECIDE: {
    status: 409,
    zh: '没有待您审批的提议：已有决定，或您是提议人或当事人。',
    en: 'Nothing waits for you under this id: it was decided, or you proposed it or it is about you.',
  },
  TOO_LATE_TO_UNDO: {
    status: 409,
    zh: '已进入放款，不能再撤销审批。',
    en: 'A payout has been released; the approval cannot be taken back.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;
