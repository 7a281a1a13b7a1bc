/** Refusals of sign-in, by a browser, a one-time code or a client's key: each with its status and texts. */
import type { ProblemText } from './problem-text.ts';

export const SIGN_IN_PROBLEMS = {
  SIGN_IN_LOST: {
    status: 400,
    zh: '此次登录已失效，或不是从本浏览器发起的，请重新登录。',
    en: 'This sign-in is over or was not begun in this browser; begin again.',
  },
  SIGN_IN_REFUSED: {
    status: 401,
    zh: '身份提供方的答复未通过验证，请重新登录。',
    en: "The identity provider's answer was not accepted; sign in again.",
  },
  SECOND_FACTOR_MISSING: {
    status: 403,
    zh: '员工登录须使用双因素认证。',
    en: 'Staff must sign in with a second factor.',
  },
  ROLES_INCOMPATIBLE: {
    status: 403,
    zh: '您的账号同时拥有不相容的角色，请联系安全管理员。',
    en: 'Your account holds roles that exclude each other; ask the security administrator.',
  },
  SESSION_ENDED: {
    status: 401,
    zh: '登录已失效，请重新登录。',
    en: 'The session has ended; sign in again.',
  },
  CSRF_REFUSED: {
    status: 403,
    zh: '请求不是从本系统页面发出的。',
    en: 'The request did not come from a page of this system.',
  },
  CODE_REFUSED: {
    status: 401,
    zh: '手机号或验证码不正确，或验证码已过期。',
    en: 'The number or the code is not right, or the code has expired.',
  },
  CLIENT_REFUSED: {
    status: 401,
    zh: '客户端身份未通过验证。',
    en: 'The client could not be authenticated.',
  },
  SCOPE_MISSING: {
    status: 403,
    zh: '此客户端未被授予所需的权限范围。',
    en: 'The client was not granted the scope this needs.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>;
