/** Refusals of acts that do not fit the record as it stands, or the person: each with its status and texts. */
import type { ProblemText } from './problem-text.ts';

export const REFUSALS = {
  // What does not fit the record as it stands.
  ACT_NOT_SEALED: {
    status: 403,
    zh: '此操作不是经由本系统接口提交的，未被接受。',
    en: 'The act did not come through this API, or came too late, and was not taken.',
  },
  EXTERNAL_ID_TAKEN: {
    status: 409,
    zh: '此外部编号已用于您的另一笔申请。',
    en: 'Another application of yours has this external id.',
  },
  STAGE_DOES_NOT_FIT: {
    status: 409,
    zh: '申请当前所处阶段不允许此操作。',
    en: 'The application does not stand at a stage that allows this.',
  },
  AFTER_ENDING: {
    status: 409,
    zh: '此申请已经结束，不能再变更。',
    en: 'The application has ended and does not change any more.',
  },
  STALE_EVIDENCE: {
    status: 409,
    zh: '申请资料已更新，请刷新后再操作。',
    en: 'The evidence has changed since; read it again before you act.',
  },
  FORM_INCOMPLETE: {
    status: 422,
    zh: '申请表尚未填写完整。',
    en: 'The application form is not complete.',
  },
  FACE_MISSING: {
    status: 422,
    zh: '尚未上传人脸照片。',
    en: 'The face photograph is missing.',
  },
  AUTHORISATION_MISSING: {
    status: 422,
    zh: '尚未签署有效的征信授权书。',
    en: 'There is no valid credit authorisation.',
  },
  AUTHORISATION_CHANGED: {
    status: 409,
    zh: '此征信授权书已不可签署，请重新获取。',
    en: 'This authorisation can no longer be agreed; ask for a new one.',
  },
  CONSENT_INCOMPLETE: {
    status: 422,
    zh: '每一项授权都须逐项明示同意。',
    en: 'Every act must be agreed to, one by one.',
  },
  APPLICANT_KIND_UNSUPPORTED: {
    status: 422,
    zh: '目前仅受理自然人申请。',
    en: 'Only natural persons can apply at present.',
  },
  DIGEST_DIFFERS: {
    status: 409,
    zh: '文本摘要与我们出示的文本不一致。',
    en: 'The digest is not that of the text we showed.',
  },
  EVIDENCE_NOT_READY: {
    status: 409,
    zh: '证据包正在生成，请稍后下载。',
    en: 'The evidence bundle is being built; fetch it shortly.',
  },
  COST_NOT_DISCLOSED: {
    status: 409,
    zh: '综合融资成本明示表未列明全部收费，暂不能签署。',
    en: 'Something is charged that the cost disclosure does not list; the contract cannot be signed.',
  },
  DISCLOSURE_UNCONFIRMED: {
    status: 409,
    zh: '签约前须阅读并确认综合融资成本明示表。',
    en: 'The cost disclosure must be read and confirmed before signing.',
  },
  DISCLOSURE_UNREAD: {
    status: 409,
    zh: '综合融资成本明示表须阅读满规定时间并阅读至末尾后方可确认。',
    en: 'The cost disclosure is confirmed after its reading time, read to its end.',
  },
  DISCLOSURE_MISSING: {
    status: 409,
    zh: '此合同没有综合融资成本明示表，不能签署。',
    en: 'This contract has no cost disclosure and cannot be signed.',
  },
  PAPER_NOT_DUE: {
    status: 409,
    zh: '目前不能出具此文书。',
    en: 'This paper cannot be issued as things stand.',
  },
  PAPER_NOT_READY: {
    status: 409,
    zh: '文书正在生成或尚未申请，请稍后下载。',
    en: 'The paper is being drawn or was not asked for; fetch it shortly.',
  },
  SIGNING_CODE_REFUSED: {
    status: 409,
    zh: '签署验证码不正确、已过期、已使用或尝试次数过多，请重新获取。',
    en: 'The code for signing is wrong, over, used or was tried too often; ask for a new one.',
  },
  SIGNING_CODE_MISSING: {
    status: 409,
    zh: '签署前须以验证码确认签署意愿。',
    en: 'The wish to sign must be proved by a code first.',
  },
  SIGNING_OVER: {
    status: 409,
    zh: '此合同的签署已结束。',
    en: 'The signing of this contract is over.',
  },
  PARTY_ANSWERED: {
    status: 409,
    zh: '您已就此合同作出答复。',
    en: 'You have answered for this contract already.',
  },
  NOT_YOUR_TURN: {
    status: 409,
    zh: '前序签署人尚未签署，请等待通知。',
    en: 'Somebody before you has not signed yet; you will be asked.',
  },
  CO_SIGNER_UNPROVED: {
    status: 409,
    zh: '请先核对本人姓名和身份证号码并同意核验。',
    en: 'Prove who you are and consent to the check first.',
  },
  CO_SIGNER_IDENTITY_REFUSED: {
    status: 409,
    zh: '姓名或身份证号码与合同签署人不符，或尝试次数过多。',
    en: 'Name or number differ from whom the contract names, or there were too many tries.',
  },
  CO_SIGNER_UNFIT: {
    status: 422,
    zh: '共同签署人须为借款人以外的成年人，身份证号码和手机号码有效且互不相同，最多四人。',
    en: 'Co-signers are adults other than the borrower, with valid numbers of identity card and mobile of their own, four at most.',
  },
  CO_SIGNERS_FIXED: {
    status: 409,
    zh: '已接受报价，共同签署人不能再变更。',
    en: 'The offer is accepted: who signs beside the borrower stands.',
  },
  PAGES_UNREAD: {
    status: 409,
    zh: '请逐页阅读合同全文后再签署。',
    en: 'Every page of the contract must have been read before it is signed.',
  },
  RECORDING_MISSING: {
    status: 409,
    zh: '签约前须完成双录。',
    en: 'The dual recording must be complete before signing.',
  },
  RECORDING_UNREVIEWED: {
    status: 409,
    zh: '双录须经质检通过后方可签约。',
    en: 'People must have passed the dual recording before signing.',
  },
  RECORDING_CONSENT_MISSING: {
    status: 422,
    zh: '双录前须取得本人同意录音录像。',
    en: 'The borrower must agree to be recorded first.',
  },
  RECORDING_SCRIPT_MISSING: {
    status: 409,
    zh: '没有可用的双录话术，暂不能开始双录。',
    en: 'No usable script of dual recordings is in force.',
  },
  RECORDING_UNATTENDED: {
    status: 409,
    zh: '此双录须有工作人员在场。',
    en: 'Nobody of the staff sat in this session.',
  },
  RECORDING_NOT_READY: {
    status: 409,
    zh: '此双录尚未完成机器质检和封存，不能质检。',
    en: 'The recording is not complete, inspected and sealed yet.',
  },
  RECORDING_OWN_SESSION: {
    status: 403,
    zh: '不能质检自己参与的双录。',
    en: 'Nobody looks at a recording that they took part in.',
  },
  RECORDING_TOO_LARGE: {
    status: 413,
    zh: '此双录已超过大小或段数上限。',
    en: 'The recording is larger, or in more segments, than is accepted.',
  },
  SEGMENT_TOO_LATE: {
    status: 409,
    zh: '新段必须在其首个片段上传前登记。',
    en: 'A segment is begun before its first chunk is sent.',
  },
  CHUNK_TIMES_INVALID: {
    status: 422,
    zh: '片段的起止时间无效。',
    en: 'The times of the chunk are not valid.',
  },
  RECORDING_CLOSED: {
    status: 409,
    zh: '此双录会话已经结束。',
    en: 'This recording session is closed.',
  },
  RECORDING_INCOMPLETE: {
    status: 409,
    zh: '双录片段不齐全，请补传后再完成。',
    en: 'Some chunks of the recording are missing.',
  },
  CHUNK_DIFFERS: {
    status: 409,
    zh: '此序号的片段已经收到且内容不同。',
    en: 'Another chunk was received under this number.',
  },
  OFFER_EXPIRED: { status: 409, zh: '报价已过有效期。', en: 'The offer has expired.' },
  TOO_LATE_TO_WITHDRAW: {
    status: 409,
    zh: '款项已放出，不能再撤回申请。',
    en: 'The money has gone out; it is too late to withdraw.',
  },
  LEGAL_HOLD: {
    status: 409,
    zh: '法律规定的保存期限未满，不能删除。',
    en: 'The law keeps these data for longer; they cannot be erased yet.',
  },
  ALREADY_DECIDED: { status: 409, zh: '此任务已有决定。', en: 'This was decided already.' },
  ALREADY_CLAIMED: {
    status: 409,
    zh: '此任务已由他人领取。',
    en: 'Somebody else has claimed this task.',
  },
  NO_SUCH_TASK: { status: 409, zh: '没有此待办任务。', en: 'There is no such open task.' },

  // Who may not do it.
  NOT_YOUR_TASK: {
    status: 403,
    zh: '此任务不在您名下，请先领取。',
    en: 'The task is not yours; claim it first.',
  },
  SELF_APPROVAL: {
    status: 403,
    zh: '不能审批自己提交的申请。',
    en: 'Nobody decides on an application of their own.',
  },
  SAME_PERSON_TWICE: {
    status: 403,
    zh: '须由另一位同事完成此步骤。',
    en: 'This step needs another person.',
  },
  FOUR_EYES: {
    status: 403,
    zh: '此操作须由两人完成：一人提出，另一人批准。',
    en: 'Two people are needed: one proposes, another approves.',
  },
  ABOVE_AUTHORITY: {
    status: 403,
    zh: '金额超出您的审批权限。',
    en: 'The amount is above your authority.',
  },
  STALE_VERSION: {
    status: 409,
    zh: '申请状态已变化，请刷新后再操作。',
    en: 'The application has moved on since; read it again before you act.',
  },
  HUMAN_ONLY: { status: 403, zh: '此步骤只能由人完成。', en: 'Only a person can take this step.' },
  FORM_INVALID: {
    status: 422,
    zh: '申请表有内容不符合要求。',
    en: 'Something in the application form is not as it must be.',
  },
  PRODUCT_UNKNOWN: {
    status: 422,
    zh: '所选产品目前不可申请。',
    en: 'The product is not on offer at present.',
  },
  ABOVE_DECIDED_AMOUNT: {
    status: 422,
    zh: '批准金额不能高于系统核定金额。',
    en: 'The amount approved cannot be above the amount decided on.',
  },
  ROLE_DOES_NOT_FIT: {
    status: 403,
    zh: '您的角色不能处理此任务。',
    en: 'Your role does not fit this task.',
  },
  REASON_MISSING: {
    status: 422,
    zh: '须注明理由。',
    en: 'A reason is needed.',
  },
  NO_OPEN_REQUEST: {
    status: 409,
    zh: '目前没有待补充的资料。',
    en: 'No information is asked for at present.',
  },
  INFORMATION_PENDING: {
    status: 409,
    zh: '申请人尚未补充资料，暂不能决定。',
    en: 'The applicant has not supplied the information asked for yet.',
  },
  NO_SUCH_OFFER: { status: 409, zh: '没有此有效报价。', en: 'There is no such open offer.' },
  NO_SUCH_CONTRACT: {
    status: 409,
    zh: '没有此待签合同。',
    en: 'There is no such contract to sign.',
  },
  NOTHING_UNDRAWN: { status: 409, zh: '没有可放弃的部分。', en: 'No part is left to give up.' },
  NOTHING_OWED: { status: 409, zh: '该贷款已无欠款。', en: 'Nothing is owed on this loan.' },
  AMOUNT_TOO_SMALL: {
    status: 409,
    zh: '金额不足以支付截至当日的利息和费用。',
    en: 'The amount does not cover the interest and fee of the day.',
  },
  AMOUNT_PAYS_ALL: {
    status: 409,
    zh: '该金额可结清贷款，请申请提前结清。',
    en: 'The amount would pay the whole loan: ask for a full settlement.',
  },
  NO_COOLING_OFF: {
    status: 409,
    zh: '该贷款没有冷静期。',
    en: 'This loan has no cooling-off time.',
  },
  COOLING_OFF_OVER: {
    status: 409,
    zh: '冷静期已过。',
    en: 'The cooling-off time is over.',
  },
  RESCHEDULE_BEYOND_POLICY: {
    status: 409,
    zh: '展期超出政策允许的最长期限。',
    en: 'The last due date would lie beyond what the policy allows.',
  },
  NO_SCHEDULE: {
    status: 409,
    zh: '按此条件无法生成还款计划。',
    en: 'No schedule can be made of these terms.',
  },
  NO_SUCH_RESCHEDULE: {
    status: 409,
    zh: '没有此展期方案。',
    en: 'There is no such reschedule.',
  },
  NO_SUCH_REFUND: { status: 409, zh: '没有此退款。', en: 'There is no such refund.' },
  NOT_HELD: {
    status: 409,
    zh: '待核销余额不足。',
    en: 'Less than this amount is held for the borrower.',
  },
  DATE_PASSED: {
    status: 409,
    zh: '该日期已过，无法试算。',
    en: 'The account has passed this day; ask for a later one.',
  },
  LOAN_SETTLED: { status: 409, zh: '该贷款已结清。', en: 'The loan is settled.' },
  PAYEE_DIFFERS: {
    status: 409,
    zh: '与登记的收款人、账户或凭证不一致。',
    en: 'Name, account or evidence is not what was registered.',
  },
  NO_SUCH_PAYOUT: { status: 409, zh: '没有此放款。', en: 'There is no such payout.' },
  PAYOUT_STATE_DOES_NOT_FIT: {
    status: 409,
    zh: '放款当前状态不允许此操作。',
    en: 'The payout does not stand at a state that allows this.',
  },
  NO_PROPOSAL: {
    status: 409,
    zh: '尚无人提出此操作。',
    en: 'Nobody has proposed this yet.',
  },
  ACTION_DIFFERS: {
    status: 409,
    zh: '批准的操作与提出的操作不同。',
    en: 'The action approved is not the action proposed.',
  },
  ALREADY_PROPOSED: { status: 409, zh: '已有人提出。', en: 'This was proposed already.' },
  NAME_ON_SANCTIONS: {
    status: 422,
    zh: '仅制裁名单可登记姓名，其他名单须登记号码或设备。',
    en: 'Names belong on sanctions lists alone; other lists hold numbers and devices.',
  },
  LIST_HIT_STANDS: {
    status: 409,
    zh: '名单命中尚未核定为他人，不能批准。',
    en: 'A hit on a list is not yet found to be somebody else; it cannot be approved.',
  },
  NO_SUCH_CASE: { status: 409, zh: '没有此待处理事项。', en: 'There is no such open case.' },
  ACTION_NOT_ALLOWED: {
    status: 422,
    zh: '此事项不允许该操作。',
    en: 'That action is not possible for this case.',
  },
  ALREADY_WITHDRAWING: {
    status: 409,
    zh: '申请正在撤回中。',
    en: 'The application is being withdrawn.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;
