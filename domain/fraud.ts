/** Fraud signals from the device, the behaviour on the form, velocity across applications and lists. */
import type { DeviceTrail } from './apply.ts';

/** How many other people's applications share an attribute with this one, within the last days. */
export interface VelocityWindow {
  readonly day1: number;
  readonly day7: number;
  readonly day30: number;
}

export const VELOCITY_KEYS = ['device', 'mobile', 'card', 'address', 'contact'] as const;
export type VelocityKey = (typeof VELOCITY_KEYS)[number];
export type VelocityCounters = Readonly<Record<VelocityKey, VelocityWindow>>;

export const NO_VELOCITY: VelocityCounters = {
  device: { day1: 0, day7: 0, day30: 0 },
  mobile: { day1: 0, day7: 0, day30: 0 },
  card: { day1: 0, day7: 0, day30: 0 },
  address: { day1: 0, day7: 0, day30: 0 },
  contact: { day1: 0, day7: 0, day30: 0 },
};

export interface FraudInput {
  readonly device: DeviceTrail | null;
  readonly velocity: VelocityCounters;
  /** Hits on the lender's own lists; an entry names the list, never the person. */
  readonly lists: {
    readonly device: boolean;
    readonly mobile: boolean;
    readonly idNumber: boolean;
    readonly card: boolean;
  };
  /** Baihang anti-fraud score, 0–100, high is risky; null when unknown. */
  readonly antiFraudScore: number | null;
  readonly virtualMobile: boolean;
  /** A mobile of a contact equals the mobile of another applicant in default. */
  readonly contactInDefault: boolean;
}

export type FraudLevel = 'LOW' | 'MEDIUM' | 'HIGH';

export interface FraudSignal {
  readonly code: string;
  /** Points; the sum decides the level. */
  readonly weight: number;
  readonly zh: string;
  readonly en: string;
}

export interface FraudAssessment {
  readonly level: FraudLevel;
  readonly points: number;
  readonly signals: readonly FraudSignal[];
}

/** Points from which a person looks, and from which the application is refused (house defaults). */
export const FRAUD_LEVELS = { medium: 30, high: 70 } as const;

interface SignalRule extends FraudSignal {
  /** Hard signals are facts about lists and sharing; soft ones are circumstances that alone never refuse anybody. */
  readonly hard?: true;
  readonly hits: (input: FraudInput) => boolean;
}

const dwell = (input: FraudInput) => (input.device?.pages ?? []).map((p) => p.dwellMs);

/** Rules as data. Weights are house defaults; absence of a device trail is a mild signal, not a suspicion. */
export const FRAUD_RULES: readonly SignalRule[] = [
  {
    code: 'LIST_DEVICE',
    hard: true,
    weight: 70,
    zh: '设备命中内部名单',
    en: 'Device on an internal list',
    hits: (x) => x.lists.device,
  },
  {
    code: 'LIST_MOBILE',
    hard: true,
    weight: 70,
    zh: '手机号命中内部名单',
    en: 'Mobile on an internal list',
    hits: (x) => x.lists.mobile,
  },
  {
    code: 'LIST_ID',
    hard: true,
    weight: 100,
    zh: '证件号命中内部名单',
    en: 'Identity number on an internal list',
    hits: (x) => x.lists.idNumber,
  },
  {
    code: 'LIST_CARD',
    hard: true,
    weight: 70,
    zh: '银行卡命中内部名单',
    en: 'Card on an internal list',
    hits: (x) => x.lists.card,
  },
  {
    code: 'DEVICE_SHARED',
    hard: true,
    weight: 40,
    zh: '同一设备近期多人申请',
    en: 'Several people applied from one device',
    hits: (x) => x.velocity.device.day30 >= 2,
  },
  {
    code: 'DEVICE_RING',
    hard: true,
    weight: 20,
    zh: '同一设备短期集中申请',
    en: 'A burst of people on one device',
    hits: (x) => x.velocity.device.day7 >= 3,
  },
  {
    code: 'MOBILE_SHARED',
    hard: true,
    weight: 35,
    zh: '同一手机号多人使用',
    en: 'Several people use one mobile',
    hits: (x) => x.velocity.mobile.day30 >= 1,
  },
  {
    code: 'CARD_SHARED',
    hard: true,
    weight: 45,
    zh: '同一收款卡多人使用',
    en: 'Several people use one card',
    hits: (x) => x.velocity.card.day30 >= 1,
  },
  {
    code: 'ADDRESS_BURST',
    weight: 15,
    zh: '同一地址集中申请',
    en: 'A burst of applications from one address',
    hits: (x) => x.velocity.address.day7 >= 4,
  },
  {
    code: 'CONTACT_SHARED',
    weight: 15,
    zh: '同一联系人出现在多份申请中',
    en: 'One contact on many applications',
    hits: (x) => x.velocity.contact.day30 >= 3,
  },
  {
    code: 'CONTACT_IN_DEFAULT',
    weight: 20,
    zh: '联系人存在逾期借款',
    en: 'A contact is in default',
    hits: (x) => x.contactInDefault,
  },
  {
    code: 'EMULATOR',
    weight: 40,
    zh: '疑似模拟器',
    en: 'Looks like an emulator',
    hits: (x) => x.device?.emulator === true,
  },
  {
    code: 'PROXY',
    weight: 15,
    zh: '疑似代理网络',
    en: 'Looks like a proxy',
    hits: (x) => x.device?.proxy === true,
  },
  {
    code: 'FOREIGN_TIME_ZONE',
    weight: 10,
    zh: '设备时区异常',
    en: 'Device in another time zone',
    hits: (x) =>
      x.device?.timeZone !== undefined &&
      !/^Asia\/(Shanghai|Urumqi|Chongqing|Harbin|Hong_Kong|Macau)$/.test(x.device.timeZone),
  },
  {
    code: 'TOO_FAST',
    weight: 25,
    zh: '填写速度异常',
    en: 'The form was filled too fast',
    hits: (x) => dwell(x).some((ms) => ms < 3_000),
  },
  {
    code: 'PASTED',
    weight: 15,
    zh: '大量粘贴',
    en: 'Much was pasted',
    hits: (x) => (x.device?.pages ?? []).reduce((n, p) => n + p.pasteCount, 0) >= 6,
  },
  {
    code: 'NO_KEYS',
    weight: 15,
    zh: '无键盘输入',
    en: 'No key was pressed',
    hits: (x) => dwell(x).length > 0 && (x.device?.pages ?? []).every((p) => p.keyCount === 0),
  },
  {
    code: 'NO_DEVICE_TRAIL',
    weight: 5,
    zh: '无设备信息',
    en: 'No device trail',
    hits: (x) => x.device === null,
  },
  {
    code: 'VIRTUAL_MOBILE',
    weight: 10,
    zh: '虚拟运营商号段',
    en: 'Mobile of a virtual operator',
    hits: (x) => x.virtualMobile,
  },
  {
    code: 'BUREAU_FRAUD_SCORE',
    weight: 35,
    zh: '第三方反欺诈分偏高',
    en: 'High anti-fraud score',
    hits: (x) => (x.antiFraudScore ?? 0) >= 80,
  },
];

/** Adds up the signals that hit and names the level; without a hard signal it is never HIGH. */
export function assessFraud(input: FraudInput): FraudAssessment {
  const hits = FRAUD_RULES.filter((rule) => rule.hits(input));
  const signals = hits.map(({ code, weight, zh, en }): FraudSignal => ({ code, weight, zh, en }));
  const points = signals.reduce((sum, signal) => sum + signal.weight, 0);
  const hard = hits.some((rule) => rule.hard === true);
  const medium = points >= FRAUD_LEVELS.medium ? 'MEDIUM' : 'LOW';
  return { level: hard && points >= FRAUD_LEVELS.high ? 'HIGH' : medium, points, signals };
}
