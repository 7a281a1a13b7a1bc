/** Every problem the API can answer with: its code, status and text in both languages. */

import { COLLECTION_PROBLEMS } from './collection-problems.ts';
import { DESK_PROBLEMS } from './desk-problems.ts';
import { EXPERIMENT_PROBLEMS } from './experiment-problems.ts';
import { REFUSALS } from './refusals.ts';
import { LEDGER_PROBLEMS } from './ledger-problems.ts';
import { RULE_PROBLEMS } from './rule-problems.ts';
import { SIGN_IN_PROBLEMS } from './sign-in-problems.ts';
import type { ProblemText } from './problem-text.ts';

/** Texts are public: they never hold personal data, and they say what the caller can do. */
export const PROBLEMS = {
  ...REFUSALS,
  ...COLLECTION_PROBLEMS,
  ...DESK_PROBLEMS,
  ...EXPERIMENT_PROBLEMS,
  ...LEDGER_PROBLEMS,
  ...RULE_PROBLEMS,
  ...SIGN_IN_PROBLEMS,
  MALFORMED_JSON: { status: 400, zh: '请求体不是有效的 JSON。', en: 'The body is not valid JSON.' },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    zh: '此操作需要 Idempotency-Key 请求头。',
    en: 'This act needs an Idempotency-Key header.',
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    zh: 'Idempotency-Key 须为 8 至 128 个可见 ASCII 字符。',
    en: 'An Idempotency-Key has 8 to 128 visible ASCII characters.',
  },
  CURSOR_INVALID: {
    status: 400,
    zh: '分页游标无效，请从第一页重新开始。',
    en: 'The page cursor is not valid; begin again at the first page.',
  },
  CHUNK_DIGEST_DIFFERS: {
    status: 400,
    zh: '收到的数据与 X-Chunk-SM3 不符，请重新上传。',
    en: 'The bytes received do not match X-Chunk-SM3; send them again.',
  },
  TOKEN_MISSING: { status: 401, zh: '需要登录令牌。', en: 'A bearer token is needed.' },
  TOKEN_INVALID: {
    status: 401,
    zh: '登录令牌无效或不是发给本系统的。',
    en: 'The bearer token is not valid here.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    zh: '登录令牌已过期，请重新登录。',
    en: 'The bearer token has expired.',
  },
  SIGNATURE_REFUSED: {
    status: 401,
    zh: '报文签名未通过验证。',
    en: 'The signed envelope was not accepted.',
  },
  REPLAYED: { status: 409, zh: '报文已经收到过。', en: 'This message was received before.' },
  ROLE_MISSING: {
    status: 403,
    zh: '您的角色不允许此操作。',
    en: 'Your roles do not allow this act.',
  },
  TASK_NOT_IN_HAND: {
    status: 403,
    zh: '请先领取该申请的审批任务。',
    en: 'Claim the review task of this application first.',
  },
  NOT_FOUND: { status: 404, zh: '没有找到此记录。', en: 'There is no such record.' },
  PERSONAL_DATA_ERASED: {
    status: 410,
    zh: '此记录中的个人信息已被删除。',
    en: 'The personal data of this record were erased.',
  },
  NO_SUCH_ROUTE: { status: 404, zh: '没有此接口。', en: 'There is no such route.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    zh: '此接口不支持该请求方法。',
    en: 'This route does not have that method.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    zh: '请求体超过此接口的大小限制。',
    en: 'The body is larger than this route accepts.',
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    zh: '不支持此内容类型。',
    en: 'This route does not accept that content type.',
  },
  ORIGIN_REFUSED: {
    status: 403,
    zh: '不接受来自此网页的请求。',
    en: 'Requests from this page are not accepted.',
  },
  PAYLOAD_UNREADABLE: {
    status: 422,
    zh: '数据已被改动或没有对应密钥，无法解密。',
    en: 'A payload was altered or its key is not at hand.',
  },
  VALIDATION_FAILED: {
    status: 422,
    zh: '部分内容不符合要求，请按提示修改。',
    en: 'Some fields are not as they must be; see errors.',
  },
  IMAGE_INVALID: {
    status: 422,
    zh: '图片内容与其类型不符。',
    en: 'The image bytes are not of the stated type.',
  },
  PAPER_UNREADABLE: {
    status: 422,
    zh: '照片无法识别，请重新拍摄或手动填写。',
    en: 'The picture could not be read; take another one or type it in.',
  },
  PREFILL_UNAVAILABLE: {
    status: 503,
    zh: '暂无法识别证件照片，请手动填写。',
    en: 'Papers are not read here at the moment; type it in.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    zh: '请求过于频繁，请稍后再试。',
    en: 'Too many requests; try again later.',
  },
  HEADERS_TOO_MANY: {
    status: 431,
    zh: '请求头过多。',
    en: 'The request has too many headers.',
  },
  PARTNER_SIGNATURE_REFUSED: {
    status: 401,
    zh: '该接入方的请求须签名，签名未通过验证。',
    en: 'Requests of this client must be signed, and this signature was not accepted.',
  },
  OBJECTION_ITEM_UNKNOWN: {
    status: 422,
    zh: '该征信机构没有此类可异议的内容。',
    en: 'This bureau reports nothing of that kind.',
  },
  OBJECTION_NOT_VERIFYING: {
    status: 409,
    zh: '该异议尚未进入核查，请稍后再答复。',
    en: 'This objection is not being verified yet; answer it shortly.',
  },
  INTERNAL: {
    status: 500,
    zh: '系统内部错误，请凭请求编号联系我们。',
    en: 'An internal failure; tell us the request id.',
  },
  UNAVAILABLE: {
    status: 503,
    zh: '系统繁忙，请稍后用同一 Idempotency-Key 重试。',
    en: 'Not available at the moment; try again with the same Idempotency-Key.',
  },

  // Idempotency.
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    zh: '此 Idempotency-Key 已用于另一个请求。',
    en: 'This Idempotency-Key was used for another request.',
  },
  IDEMPOTENCY_KEY_RUNNING: {
    status: 409,
    zh: '同一请求正在处理中，请稍后查询结果。',
    en: 'The same request is still running; ask again shortly.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;

export type ProblemCode = keyof typeof PROBLEMS;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
