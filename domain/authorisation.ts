/** The credit authorisation (征信授权): a structured consent, its letter, and the rule that guards every bureau query. */
import { addDays } from './calendar.ts';
import type { TemplateValues } from './template.ts';

export const BUREAUS = ['PBOC', 'BAIHANG'] as const;
export type Bureau = (typeof BUREAUS)[number];

/** Query reason codes a lender may choose (regulation.md §2.5). */
export const QUERY_PURPOSES = ['01', '02', '08', '22', '26'] as const;
export type QueryPurpose = (typeof QUERY_PURPOSES)[number];

export const PURPOSE_NAMES_ZH: Readonly<Record<QueryPurpose, string>> = {
  '01': '贷后管理',
  '02': '贷款审批',
  '08': '担保资格审查',
  '22': '法人代表、负责人、高管等资信审查',
  '26': '额度审批',
};

const BUREAU_NAMES_ZH: Readonly<Record<Bureau, string>> = {
  PBOC: '中国人民银行金融信用信息基础数据库',
  BAIHANG: '百行征信有限公司',
};

/** What the grantor allows, each ticked by itself and never ticked beforehand. */
export const CONSENT_ACTS = ['QUERY', 'REPORT', 'NEGATIVE_NOTICE', 'SENSITIVE'] as const;
export type ConsentAct = (typeof CONSENT_ACTS)[number];

/** The consent as stored: composition of regulation.md §2.3, from 征信业管理条例 art. 15, 18, 19, 20 and PIPL. */
export interface CreditAuthorisation {
  readonly authorisationId: string;
  readonly templateVersion: number;
  /** SM3 of the text that was shown, hex. */
  readonly textHash: string;
  /** Opaque id of the person who grants; equal to the id of the person whose report is asked for. */
  readonly subjectId: string;
  /** The lender, with its unified social credit code. */
  readonly grantee: { readonly name: string; readonly uscc: string };
  readonly bureaus: readonly Bureau[];
  readonly purposes: readonly QueryPurpose[];
  readonly acts: readonly ConsentAct[];
  /** Instants, ISO 8601 in UTC. */
  readonly grantedAt: string;
  readonly validUntil: string;
  /** Null while it stands. */
  readonly withdrawnAt: string | null;
}

export interface AuthorisationLetterInput {
  readonly authorisationId: string;
  readonly templateVersion: number;
  readonly grantor: { readonly name: string; readonly idNumber: string; readonly mobile: string };
  readonly grantee: { readonly name: string; readonly uscc: string };
  readonly bureaus: readonly Bureau[];
  readonly purposes: readonly QueryPurpose[];
  readonly date: string;
  /** Policy `authorisation.validityDays`. */
  readonly validityDays: number;
}

export interface LetterParagraph {
  readonly text: string;
  /** Shown so that it draws attention (征信业管理条例 art. 19). */
  readonly emphasised: boolean;
}

const plain = (text: string): LetterParagraph => ({ text, emphasised: false });
const marked = (text: string): LetterParagraph => ({ text, emphasised: true });

function scopeParagraphs(input: AuthorisationLetterInput): readonly LetterParagraph[] {
  const bureaus = input.bureaus.map((b) => BUREAU_NAMES_ZH[b]).join('、');
  const purposes = input.purposes.map((p) => `${PURPOSE_NAMES_ZH[p]}（${p}）`).join('、');
  const until = addDays(input.date, input.validityDays);
  return [
    marked(
      `一、查询授权：本人授权贵机构在办理以下业务时，向${bureaus}查询本人的个人信用信息，并获取本人的信用报告。查询用途仅限：${purposes}。`,
    ),
    marked(
      `二、报送授权：本人授权贵机构将本人的身份信息、信贷交易信息（包括还款、逾期等正面和负面信息）报送至${bureaus}。`,
    ),
    marked(
      '三、不良信息告知：如本人未按约定履行还款义务，贵机构将依法向上述机构报送本人的不良信息，该信息自不良行为或事件终止之日起保存五年。贵机构在报送前将另行告知本人。',
    ),
    plain(
      '四、信息范围：姓名、证件类型及号码、联系方式、居住及职业信息、信贷账户及还款记录、公共信息和查询记录。',
    ),
    marked(
      `五、授权期限：自本人签署之日（${input.date}）起生效。用于本次申请的新增查询截至${until}；申请未获批准或本人撤回申请的，查询授权立即终止；申请获批的，授权持续至本人在贵机构的贷款全部结清且账户关闭之日止。`,
    ),
    marked(
      '六、敏感个人信息单独同意：本人单独同意贵机构为身份核验及信用评估之目的，处理本人的身份证件号码、人脸信息、银行账户及信用信息。贵机构已告知处理的必要性及对本人权益的影响。',
    ),
  ];
}

/**
 * Renders the letter in Chinese. `textHashInput` is the exact text whose SM3 digest the grantor agrees to: paragraphs
 * joined by a line feed, without trailing space. Every word the person agrees to is part of it.
 */
export function authorisationText(input: AuthorisationLetterInput): {
  readonly paragraphs: readonly LetterParagraph[];
  readonly textHashInput: string;
} {
  const { grantor, grantee } = input;
  const paragraphs: readonly LetterParagraph[] = [
    plain('个人征信授权书'),
    plain(`授权书编号：${input.authorisationId}　版本：${input.templateVersion}`),
    marked(
      '重要提示：请您仔细阅读本授权书，尤其是加粗条款。签署后即表示您已充分理解并同意其全部内容。如有疑问，请在签署前向我们咨询。',
    ),
    plain(
      `授权人：${grantor.name}　证件类型：居民身份证　证件号码：${grantor.idNumber}　手机号码：${grantor.mobile}`,
    ),
    plain(`被授权人：${grantee.name}（统一社会信用代码：${grantee.uscc}）`),
    ...scopeParagraphs(input),
    plain(
      '七、拒绝授权的后果：您有权拒绝签署。拒绝后我们无法评估本次贷款申请，但不影响您使用其他不需要征信查询的服务。',
    ),
    plain(
      '八、撤回方式：您可以在申请页面或通过客服撤回授权。撤回后我们停止新的查询；撤回不影响撤回前已进行的查询，也不影响存续贷款依法应当履行的贷后管理和信息报送义务。',
    ),
    plain(
      '九、被授权人承诺：仅在上述范围和用途内使用查询结果，依法保密，不向本授权书未列明的第三方提供。',
    ),
    plain(`签署日期：${input.date}`),
  ];
  return { paragraphs, textHashInput: paragraphs.map((p) => p.text).join('\n') };
}

/** Who grants, as the letter's own line names them. */
const GRANTOR = /^授权人：(.+)　证件类型：居民身份证　证件号码：(\S+)　手机号码：(\S+)$/mu;

export interface ShownLetter {
  readonly grantor: AuthorisationLetterInput['grantor'];
  readonly paragraphs: readonly LetterParagraph[];
}

/**
 * A letter that is kept as text, with its paragraphs and whom it names; null unless the wording of its version gives this very
 * text. The person's form is no source for it: page 1 may have been corrected since.
 */
export function letterAsShown(
  text: string,
  terms: Omit<AuthorisationLetterInput, 'grantor'>,
): ShownLetter | null {
  const [, name, idNumber, mobile] = GRANTOR.exec(text) ?? [];
  if (name === undefined || idNumber === undefined || mobile === undefined) return null;
  const grantor = { name, idNumber, mobile };
  const { paragraphs, textHashInput } = authorisationText({ ...terms, grantor });
  return textHashInput === text ? { grantor, paragraphs } : null;
}

export interface LetterPaperFacts extends ShownLetter {
  readonly authorisationId: string;
  readonly terms: Pick<AuthorisationLetterInput, 'grantee' | 'date'>;
  /** The acts that the person gave; the box of any other stays empty. */
  readonly acts: readonly ConsentAct[];
  /** As it is printed, with its time zone. */
  readonly agreedAt: string;
  /** Digest of the text that was agreed to, hex. */
  readonly textSm3: string;
}

/** The values of the template AUTHORISATION_PERSONAL: the letter word for word, and a box for each act. */
export function letterValues(facts: LetterPaperFacts): TemplateValues {
  const { grantee, date } = facts.terms;
  return {
    number: facts.authorisationId,
    lenderName: grantee.name,
    lenderUscc: grantee.uscc,
    issuedOn: date,
    grantorName: facts.grantor.name,
    grantorIdentifier: facts.grantor.idNumber,
    agreedActs: facts.acts.map((text) => ({ text, prominent: false })),
    agreedAt: facts.agreedAt,
    letter: facts.paragraphs.map(({ text, emphasised }) => ({ text, prominent: emphasised })),
    textSm3: facts.textSm3,
  };
}

export type QueryRefusal =
  | 'WITHDRAWN'
  | 'NOT_YET_VALID'
  | 'EXPIRED'
  | 'OTHER_SUBJECT'
  | 'PURPOSE_NOT_GRANTED'
  | 'BUREAU_NOT_GRANTED'
  | 'QUERY_NOT_GRANTED'
  | 'NO_LOAN';

export interface QueryRequest {
  /** Instant of the query, ISO 8601 in UTC. */
  readonly now: string;
  readonly purpose: QueryPurpose;
  readonly subjectId: string;
  readonly bureau: Bureau;
  /** True when the person has a running loan with this lender; post-loan management (01) requires it. */
  readonly hasRunningLoan?: boolean;
}

/**
 * Says whether a report may be queried under an authorisation (regulation.md §2.3). Post-loan management of a running
 * loan outlives withdrawal and the validity of new queries (央行令〔2005〕3号 art. 12–13 [K]); everything else does not.
 */
export function mayQuery(
  authorisation: CreditAuthorisation,
  request: QueryRequest,
): { readonly ok: true } | { readonly ok: false; readonly reason: QueryRefusal } {
  const refuse = (reason: QueryRefusal) => ({ ok: false, reason }) as const;
  const now = Date.parse(request.now);
  if (request.subjectId !== authorisation.subjectId) return refuse('OTHER_SUBJECT');
  if (!authorisation.acts.includes('QUERY')) return refuse('QUERY_NOT_GRANTED');
  if (!authorisation.bureaus.includes(request.bureau)) return refuse('BUREAU_NOT_GRANTED');
  // An instant that cannot be read compares as false: both checks are written so that it is refused.
  if (!(now >= Date.parse(authorisation.grantedAt))) return refuse('NOT_YET_VALID');
  if (request.purpose === '01')
    return request.hasRunningLoan === true ? { ok: true } : refuse('NO_LOAN');
  if (!authorisation.purposes.includes(request.purpose)) return refuse('PURPOSE_NOT_GRANTED');
  if (authorisation.withdrawnAt !== null) return refuse('WITHDRAWN');
  if (!(now < Date.parse(authorisation.validUntil))) return refuse('EXPIRED');
  return { ok: true };
}
