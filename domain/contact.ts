/** Whether a borrower may be contacted now: the limits on collection of regulation.md §8.4, each refusal with its rule. */
import type { ContactOutcome } from './desk-kinds.ts';

export const CONTACT_CHANNELS = ['CALL', 'MESSAGE', 'VISIT'] as const;
export type ContactChannel = (typeof CONTACT_CHANNELS)[number];

/** DEBTOR: whoever owes. RELATED: somebody whom the borrower named. UNRELATED: anybody else. */
export const CONTACT_TARGETS = ['DEBTOR', 'RELATED', 'UNRELATED'] as const;
export type ContactTarget = (typeof CONTACT_TARGETS)[number];

/** Which number or address of the form it is; the number itself is not needed to count. */
export const CONTACT_LINES = ['MOBILE', 'CONTACT_1', 'CONTACT_2', 'WORKPLACE', 'HOME'] as const;
export type ContactLine = (typeof CONTACT_LINES)[number];

export const STOP_CAUSES = ['DISPUTED', 'COMPLAINT', 'DECEASED'] as const;
export type StopCause = (typeof STOP_CAUSES)[number];

/** An earlier attempt. An outcome that nobody has told yet is null, and counts as one that was not answered. */
export interface PastContact {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly channel: ContactChannel;
  readonly target: ContactTarget;
  readonly line: ContactLine;
  readonly outcome: ContactOutcome | null;
}

export interface ContactPolicy {
  /** Hours of the day in Shanghai: from the first, and before the second. */
  readonly hours: readonly [number, number];
  readonly unansweredCallsPerDay: number;
  /** Failed contacts with the debtor, one after the other, before somebody else may be asked. */
  readonly failuresBeforeThirdParty: number;
  readonly visitPeople: number;
}

export interface ContactAsk {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly channel: ContactChannel;
  readonly target: ContactTarget;
  readonly line: ContactLine;
  /** RELAY: nothing is said but that the borrower may call back. */
  readonly purpose: 'COLLECT' | 'RELAY';
  /** How many of us go or speak. */
  readonly people: number;
  /** The call is recorded; of no meaning for the other channels. */
  readonly recorded: boolean;
  /** The borrower agreed to be contacted at night. */
  readonly nightConsent: boolean;
}

const GUIDE = {
  en: 'CBA guideline 2026-01, regulation.md §8.4 [C2]',
  zh: '《催收工作指引》（2026-01）',
};

/** Every refusal with the rule behind it. */
export const CONTACT_RULES = {
  CLOCK_UNREADABLE: {
    en: 'no moment, no permission: house rule',
    zh: '时间无法识别，不得联系（内部规定）',
  },
  NIGHT_HOURS: {
    en: 'CBA guideline 2026-01; GB/T 45251-2025: no collection from 22:00 to 08:00 [C2]',
    zh: `${GUIDE.zh}、GB/T 45251-2025：22:00 至次日 8:00 不得催收`,
  },
  TOO_MANY_UNANSWERED: {
    en: `${GUIDE.en}: at most 6 unanswered calls to a number a day`,
    zh: `${GUIDE.zh}：同一号码每日未接通的呼叫不得超过 6 次`,
  },
  UNRELATED_THIRD_PARTY: {
    en: `${GUIDE.en}: no collection from unrelated third parties`,
    zh: `${GUIDE.zh}：不得向与债务无关的第三人催收`,
  },
  LINE_NOT_OF_TARGET: {
    en: 'a number of another person is no number of the debtor: house rule',
    zh: '该号码不属于联系对象（内部规定）',
  },
  THIRD_PARTY_TOO_EARLY: {
    en: `${GUIDE.en}: somebody else only after 3 failed contacts in a row`,
    zh: `${GUIDE.zh}：连续 3 次无法联系债务人后，方可联系其他联系人`,
  },
  THIRD_PARTY_ONLY_RELAY: {
    en: `${GUIDE.en}: somebody else only relays`,
    zh: `${GUIDE.zh}：对其他联系人只能请其转告`,
  },
  DISPUTED: {
    en: 'collection stops while the debt is disputed, regulation.md §8.4',
    zh: '债务存在争议期间停止催收',
  },
  COMPLAINT: {
    en: 'collection stops while a complaint is open, regulation.md §8.4',
    zh: '投诉处理期间停止催收',
  },
  DECEASED: {
    en: 'nobody is collected from who has died; PIPL art. 49 [C]',
    zh: '债务人已去世，停止催收（《个人信息保护法》第四十九条）',
  },
  VISIT_NEEDS_TWO: {
    en: `${GUIDE.en}: visits by at least two people`,
    zh: `${GUIDE.zh}：外访须至少两人`,
  },
  CALL_NOT_RECORDED: { en: `${GUIDE.en}: calls are recorded`, zh: `${GUIDE.zh}：通话须全程录音` },
  FORBIDDEN_PHRASE: {
    en: `${GUIDE.en}: no threats, insults, impersonation, false consequences or pressing to borrow`,
    zh: `${GUIDE.zh}：不得威胁、辱骂、冒充、虚构后果或诱导借新还旧`,
  },
} as const satisfies Readonly<Record<string, { readonly en: string; readonly zh: string }>>;
export type ContactRefusal = keyof typeof CONTACT_RULES;

const HOUR_MS = 3_600_000;
/** Shanghai keeps no summer time: eight hours ahead all year. */
const SHANGHAI_MS = 8 * HOUR_MS;
const hourOf = (at: number): number => new Date(at + SHANGHAI_MS).getUTCHours();
const dayOf = (at: number): number => Math.floor((at + SHANGHAI_MS) / (24 * HOUR_MS));

const unanswered = ({ outcome }: PastContact): boolean =>
  outcome === null || outcome === 'NOT_REACHED';
const failed = (past: PastContact): boolean => unanswered(past) || past.outcome === 'WRONG_NUMBER';

/** Whether the debtor cannot be reached: the number is wrong, or the last attempts all failed. */
function unreachable(history: readonly PastContact[], failures: number): boolean {
  const own = history.filter(({ target }) => target === 'DEBTOR').sort((a, b) => b.at - a.at);
  // An attempt that is still open has not failed yet: it does not open the way to somebody else.
  if (own.some(({ outcome }) => outcome === null)) return false;
  const [last] = own;
  if (last?.outcome === 'WRONG_NUMBER') return true;
  return own.length >= failures && own.slice(0, failures).every(failed);
}

function targetRefusals(
  ask: ContactAsk,
  history: readonly PastContact[],
  policy: ContactPolicy,
): readonly ContactRefusal[] {
  const { target, line, purpose } = ask;
  const isThirdLine = line === 'CONTACT_1' || line === 'CONTACT_2';
  if (target === 'UNRELATED') return ['UNRELATED_THIRD_PARTY'];
  if (target === 'DEBTOR') return isThirdLine ? ['LINE_NOT_OF_TARGET'] : [];
  return [
    ...(line === 'MOBILE' ? (['LINE_NOT_OF_TARGET'] as const) : []),
    ...(unreachable(history, policy.failuresBeforeThirdParty)
      ? []
      : (['THIRD_PARTY_TOO_EARLY'] as const)),
    ...(purpose === 'RELAY' ? [] : (['THIRD_PARTY_ONLY_RELAY'] as const)),
  ];
}

function wayRefusals(
  ask: ContactAsk,
  history: readonly PastContact[],
  policy: ContactPolicy,
): readonly ContactRefusal[] {
  const { now, channel, line } = ask;
  if (channel === 'VISIT') return ask.people >= policy.visitPeople ? [] : ['VISIT_NEEDS_TWO'];
  if (channel !== 'CALL') return [];
  const today = history.filter(
    (past) =>
      past.channel === 'CALL' &&
      past.line === line &&
      unanswered(past) &&
      dayOf(past.at) === dayOf(now),
  );
  return [
    ...(ask.recorded ? [] : (['CALL_NOT_RECORDED'] as const)),
    ...(today.length < policy.unansweredCallsPerDay ? [] : (['TOO_MANY_UNANSWERED'] as const)),
  ];
}

/**
 * Everything that forbids a contact at this moment; empty when it is allowed. `history` holds the attempts with this
 * borrower over all their loans, in any order. Whatever cannot be read forbids.
 */
export function contactRefusals(
  ask: ContactAsk,
  history: readonly PastContact[],
  stops: readonly StopCause[],
  policy: ContactPolicy,
): readonly ContactRefusal[] {
  if (!Number.isFinite(ask.now)) return ['CLOCK_UNREADABLE'];
  const [from, before] = policy.hours;
  const hour = hourOf(ask.now);
  const night = !(hour >= from && hour < before) && !ask.nightConsent;
  return [
    ...stops.filter((cause, at) => stops.indexOf(cause) === at),
    ...(night ? (['NIGHT_HOURS'] as const) : []),
    ...targetRefusals(ask, history, policy),
    ...wayRefusals(ask, history, policy),
  ];
}

/** What a script may not say, by kind; compared without spaces, in either script of the letters' case. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  THREAT: ['上门堵', '打断', '后果自负', '不客气', '让你全家', 'wewillhurt', 'oryouwillregret'],
  INSULT: ['老赖', '不要脸', '骗子', '无耻', 'scum', 'deadbeat'],
  IMPERSONATION: [
    '我是法院',
    '我是公安',
    '我是检察院',
    '这里是法院',
    '这里是派出所',
    '公安机关通知',
    'thisisthecourt',
    'thisisthepolice',
  ],
  FALSE_CONSEQUENCE: [
    '坐牢',
    '刑事拘留',
    '马上逮捕',
    '影响子女上学',
    '列入失信名单',
    'youwillbearrested',
    'gotojail',
  ],
  PUBLIC_SHAME: ['通知你的亲友', '告诉你单位', '爆通讯录', '公开曝光', 'telleveryoneyouknow'],
  PRESSING_TO_BORROW: ['先借来还', '以贷养贷', '再借一笔', 'borrowelsewhere', 'takeanotherloan'],
  EXTRA_FEE: ['催收费', '上门费', 'collectionfee'],
};

/** A kind of forbidden phrase that a text holds, with the place of its first letter in the text without spaces. */
export interface LintFinding {
  readonly kind: string;
  readonly at: number;
}

/** Looks for phrases that no script of collection may hold. Spaces, marks and the case of letters hide nothing. */
export function lintScript(text: string): readonly LintFinding[] {
  const bare = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return Object.entries(FORBIDDEN).flatMap(([kind, phrases]) =>
    phrases.flatMap((phrase) => {
      const at = bare.indexOf(phrase);
      return at < 0 ? [] : [{ kind, at }];
    }),
  );
}
