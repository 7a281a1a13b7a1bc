/** Rules about lists, about what several people share, and about the graph that comes of it. */
import type { SignalEvidence, SignalRule, VelocityWindow } from './fraud-signal.ts';

/** The evidence, when the condition holds. */
const when = (holds: boolean, evidence: SignalEvidence): SignalEvidence | null =>
  holds ? evidence : null;

/** How many people, when they are at least as many. */
const reaches = (
  window: VelocityWindow,
  days: keyof VelocityWindow,
  least: number,
): SignalEvidence | null => when(window[days] >= least, { people: window[days], window: days });

/** People who are connected, and by how many kinds of things, from which chance is no explanation any more. */
const RING_PERSONS = 4;
const RING_KINDS = 2;

export const SHARING_RULES: readonly SignalRule[] = [
  {
    code: 'LIST_DEVICE',
    kind: 'HARD',
    weight: 70,
    zh: '设备命中内部名单',
    en: 'Device on an internal list',
    sees: ({ lists }) => when(lists.device, { list: 'BLACK' }),
  },
  {
    code: 'LIST_MOBILE',
    kind: 'HARD',
    weight: 70,
    zh: '手机号命中内部名单',
    en: 'Mobile on an internal list',
    sees: ({ lists }) => when(lists.mobile, { list: 'BLACK' }),
  },
  {
    code: 'LIST_ID',
    kind: 'HARD',
    weight: 100,
    zh: '证件号命中内部名单',
    en: 'Identity number on an internal list',
    sees: ({ lists }) => when(lists.idNumber, { list: 'BLACK' }),
  },
  {
    code: 'LIST_CARD',
    kind: 'HARD',
    weight: 70,
    zh: '银行卡命中内部名单',
    en: 'Card on an internal list',
    sees: ({ lists }) => when(lists.card, { list: 'BLACK' }),
  },
  {
    code: 'LIST_GREY',
    kind: 'HARD',
    weight: 30,
    zh: '命中灰名单',
    en: 'On the grey list',
    sees: ({ grey }) => when(grey.length > 0, { subjects: grey }),
  },
  {
    code: 'SANCTIONS_NAME',
    kind: 'PEOPLE',
    weight: 0,
    zh: '姓名与制裁名单相近',
    en: 'Name close to one on a sanctions list',
    sees: ({ sanctionsNames }) => when(sanctionsNames > 0, { hits: sanctionsNames }),
  },
  {
    code: 'DEVICE_SHARED',
    kind: 'HARD',
    weight: 40,
    zh: '同一设备近期多人申请',
    en: 'Several people applied from one device',
    sees: ({ velocity }) => reaches(velocity.device, 'day30', 2),
  },
  {
    code: 'DEVICE_RING',
    kind: 'HARD',
    weight: 20,
    zh: '同一设备短期集中申请',
    en: 'A burst of people on one device',
    sees: ({ velocity }) => reaches(velocity.device, 'day7', 3),
  },
  {
    code: 'MOBILE_SHARED',
    kind: 'HARD',
    weight: 35,
    zh: '同一手机号多人使用',
    en: 'Several people use one mobile',
    sees: ({ velocity }) => reaches(velocity.mobile, 'day30', 1),
  },
  {
    code: 'CARD_SHARED',
    kind: 'HARD',
    weight: 45,
    zh: '同一收款卡多人使用',
    en: 'Several people use one card',
    sees: ({ velocity }) => reaches(velocity.card, 'day30', 1),
  },
  {
    code: 'GRAPH_RING',
    kind: 'HARD',
    weight: 30,
    zh: '多人多要素相互关联',
    en: 'People connected by several things at once',
    sees: ({ graph: { close, density } }) =>
      when(close.persons >= RING_PERSONS && close.kinds.length >= RING_KINDS, {
        persons: close.persons,
        kinds: close.kinds,
        density,
      }),
  },
  {
    code: 'GRAPH_DEFAULT',
    kind: 'HARD',
    weight: 25,
    zh: '关联网络中有人逾期',
    en: 'Somebody in the same network is in default',
    sees: ({ graph: { close } }) =>
      when(close.defaults > 0, { defaults: close.defaults, kinds: close.kinds }),
  },
  {
    code: 'ADDRESS_BURST',
    kind: 'SOFT',
    weight: 15,
    zh: '同一地址集中申请',
    en: 'A burst of applications from one address',
    sees: ({ velocity }) => reaches(velocity.address, 'day7', 4),
  },
  {
    code: 'CONTACT_SHARED',
    kind: 'SOFT',
    weight: 15,
    zh: '同一联系人出现在多份申请中',
    en: 'One contact on many applications',
    sees: ({ velocity }) => reaches(velocity.contact, 'day30', 3),
  },
  {
    code: 'EMPLOYER_PHONE_BURST',
    kind: 'SOFT',
    weight: 10,
    zh: '同一单位电话集中申请',
    en: 'A burst of applications with one employer’s telephone',
    sees: ({ velocity }) => reaches(velocity.employerPhone, 'day7', 20),
  },
  {
    code: 'IP_BURST',
    kind: 'SOFT',
    weight: 10,
    zh: '同一网络地址集中申请',
    en: 'A burst of applications from one network address',
    sees: ({ velocity }) => reaches(velocity.ip, 'day1', 10),
  },
  {
    code: 'CONTACT_IN_DEFAULT',
    kind: 'SOFT',
    weight: 20,
    zh: '联系人存在逾期借款',
    en: 'A contact is in default',
    sees: ({ contactInDefault }) => when(contactInDefault, {}),
  },
];
