/** The notices an applicant gets, in Chinese and without anything personal in them. */

const BY_STAGE: Readonly<Record<string, string>> = {
  OFFER: '您的借款申请已通过审批，请登录查看额度、年化利率和还款计划，并在有效期内确认。',
  SIGN: '您的借款合同已生成，请登录阅读综合融资成本明示表和合同并签署。',
  SERVICE: '您的借款已放款，请登录查看还款计划，按时还款。',
  DECLINED: '很抱歉，您的借款申请未通过。您可登录查看主要原因，并可申请人工复核。',
  EXPIRED: '您的借款申请因超过有效期已结束，如仍有需要请重新申请。',
  LAPSED: '您的借款申请因长时间未提交已失效。',
  WITHDRAWN: '您的借款申请已撤回，征信查询授权同时终止。',
  CANCELLED: '您的借款未能放款，申请已取消，您无需支付任何费用。',
  SETTLED: '您的借款已结清，感谢您按约还款。',
};

const REVIEWED = '您申请的人工复核已有结果，请登录查看。';

const OBJECTION_REPLIED = '您提出的征信异议已有书面答复，请登录查看。';
const RECORDING: Readonly<Record<string, string>> = {
  'recording.reminder': '您的双录尚未完成，请登录继续。逾期未完成需要重新录制。',
  'recording.passed': '您的双录已通过质检，请登录签署借款合同。',
  'recording.rerecord': '您的双录未通过质检，请登录重新录制。',
};
const PART: Readonly<Record<string, string>> = {
  'tranche.paid': '您的借款后续一笔已放款，请登录查看该笔借据和还款计划，按时还款。',
  'tranches.given-up': '您的借款尚未发放的部分已终止，该部分您无需支付任何费用。',
};
const CORRECTED = '应核对结果，您的借款申请资料已作更正，请登录查看；如有疑问请联系我们。';
const REMINDER = '您的借款申请尚未填写完成，可登录继续填写。';

/** The text owed for an outbox item, or null when it concerns nobody outside. */
export function noticeText(
  topic: string,
  payload: Readonly<Record<string, unknown>>,
): string | null {
  if (topic === 'draft.reminder') return REMINDER;
  if (topic in RECORDING) return RECORDING[topic] ?? null;
  if (topic in PART) return PART[topic] ?? null;
  if (topic === 'application.corrected') return CORRECTED;
  if (topic === 'decision.reviewed') return REVIEWED;
  if (topic === 'objection.replied') return OBJECTION_REPLIED;
  if (topic !== 'journey') return null;
  const { to, reason } = payload;
  if (reason === 'CO_SIGNER_DECLINED') return CO_SIGNER_DECLINED;
  return typeof to === 'string' ? (BY_STAGE[to] ?? null) : null;
}

const CO_SIGNER_DECLINED =
  '您的借款合同因配偶或保证人拒绝签署已终止，您无需支付任何费用；如仍有需要请重新申请。';

/** The message that asks a co-signer to sign; it names nobody. */
export const invitationText = (contract: string, reminds: boolean): string =>
  `${reminds ? '提醒：' : ''}您被列为合同${contract}的签署人，请以本手机号登录，核对身份并阅读合同全文后决定是否签署；您也可以拒绝。`;

/** The message that carries a code for signing: it says what the code does, so that nobody gives it away for another thing. */
export const signingCodeText = (code: string, contract: string): string =>
  `您正在签署合同${contract}，签署验证码为${code}，5分钟内有效。请确认已阅读合同全文，勿告知他人。`;

/** The message that carries a one-time code; the code is the only thing of the person's in it. */
export const codeText = (code: string): string =>
  `您的登录验证码为${code}，5分钟内有效。请勿告知他人，我们的员工不会向您索取。`;
