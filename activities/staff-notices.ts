/** The notices the lender's own people get about what waits for them: by topic, to which roles and in which words. */
import { z } from 'zod';

export interface StaffNotice {
  readonly roles: readonly string[];
  readonly text: string;
}

const OPERATIONS = ['operations'];
const COMPLIANCE = ['compliance'];
const FINANCE = ['finance-maker', 'finance-checker'];
const REVIEW = ['reviewer', 'senior-reviewer', 'risk-officer'];

/** What a story waits for when it reminds people, by the name the story gives it. */
const WAITING: Readonly<Record<string, StaffNotice>> = {
  OPERATOR: { roles: OPERATIONS, text: '有贷款停在异常待处理，请两人处理后恢复。' },
  PAYOUT_RELEASE: { roles: ['finance-maker'], text: '有已签约贷款等待放款，请尽快办理。' },
  PAYOUT_CONFIRMATION: {
    roles: ['finance-checker'],
    text: '有放款已由经办提交，等待另一人复核。',
  },
  PAYOUT_RETRY: { roles: FINANCE, text: '有放款被银行退回，等待两人决定重付或取消。' },
};

const RISK = ['risk-officer', 'risk-approver'];

const BY_TOPIC: Readonly<Record<string, StaffNotice>> = {
  'tranche.ready': { roles: FINANCE, text: '有分次放款的后续一笔到期，等待两人放款。' },
  'payout.returned': { roles: FINANCE, text: '有已放款项被退回，等待两人决定重付或取消。' },
  'operator.case': { roles: OPERATIONS, text: '有步骤失败，贷款已停在异常待处理。' },
  'review.reminder': { roles: REVIEW, text: '审批任务即将超过时限，请尽快处理。' },
  'review.escalated': { roles: REVIEW, text: '审批任务已超过时限并已释放，请重新领取。' },
  'recording.review': { roles: REVIEW, text: '有双录等待质检，请尽快查看。' },
  'objection.remind': { roles: COMPLIANCE, text: '征信异议即将到期，请尽快书面答复。' },
  'objection.overdue': { roles: COMPLIANCE, text: '征信异议已超过二十日答复期限，请立即答复。' },
  'decision-review.remind': { roles: REVIEW, text: '人工复核申请即将到期，请尽快处理。' },
  'decision-review.overdue': { roles: REVIEW, text: '人工复核申请已超过期限，请立即处理。' },
  'bureau.weekly-report': { roles: COMPLIANCE, text: '征信查询周报有待说明的查询，请查看。' },
  'risk.alert': { roles: RISK, text: '风险监测越过阈值或实验分组已自动停止，请查看监测。' },
  'ledger.difference': {
    roles: [...FINANCE, ...OPERATIONS],
    text: '总账与贷款台账或付款记录不一致，请财务立即查看总账差异。',
  },
  'rights.reminder': { roles: COMPLIANCE, text: '个人信息权利请求即将到期，请尽快答复。' },
  'rights.held': {
    roles: COMPLIANCE,
    text: '已批准的删除请求因法定保存义务未执行，请告知当事人。',
  },
  'rights.overdue': { roles: COMPLIANCE, text: '个人信息权利请求已超过答复期限，请立即答复。' },
};

/** A review task names the roles that may take it. */
const namedRoles = z.object({ roles: z.array(z.string()).min(1) });

/** Whom of the staff an outbox item is for and what it says, or null when it concerns none of them. */
export function staffNoticeOf(
  topic: string,
  payload: Readonly<Record<string, unknown>>,
): StaffNotice | null {
  if (topic === 'people.reminder') return WAITING[String(payload['what'])] ?? null;
  const notice = BY_TOPIC[topic] ?? null;
  const named = namedRoles.safeParse(payload);
  return notice === null || !named.success ? notice : { ...notice, roles: named.data.roles };
}
