/** Rules about circumstances: device, behaviour on the form, network and time. All are soft: alone they refuse nobody. */
import type { SignalEvidence, SignalRule } from './fraud-signal.ts';

/** The evidence, when the condition holds. */
const when = (holds: boolean, evidence: SignalEvidence): SignalEvidence | null =>
  holds ? evidence : null;

/** One of these is enough; of the others, which older telephones show too, two. */
const TELLING = ['COLLECTOR_SAYS', 'WEBDRIVER', 'AUTOMATED_AGENT', 'SOFTWARE_RENDERER'];

const isEmulator = (signs: readonly string[]): boolean =>
  signs.length >= 2 || signs.some((sign) => TELLING.includes(sign));

export const CIRCUMSTANCE_RULES: readonly SignalRule[] = [
  {
    code: 'EMULATOR',
    kind: 'SOFT',
    weight: 40,
    zh: '疑似模拟器或自动化程序',
    en: 'Looks like an emulator or a program',
    sees: ({ features: { emulatorSigns: signs } }) => when(isEmulator(signs), { signs }),
  },
  {
    code: 'DEVICE_CONTRADICTS',
    kind: 'SOFT',
    weight: 15,
    zh: '设备信息自相矛盾',
    en: 'What the device says contradicts itself',
    sees: ({ features: { emulatorSigns: signs } }) =>
      when(signs.length > 0 && !isEmulator(signs), { signs }),
  },
  {
    code: 'PROXY',
    kind: 'SOFT',
    weight: 15,
    zh: '疑似代理或机房网络',
    en: 'Looks like a proxy or a data centre',
    sees: ({ features: { hiddenNetworks: networks } }) => when(networks.length > 0, { networks }),
  },
  {
    code: 'FOREIGN_TIME_ZONE',
    kind: 'SOFT',
    weight: 10,
    zh: '设备时区异常',
    en: 'Device in another time zone',
    sees: ({ features: { foreignTimeZone: zone } }) => (zone === null ? null : { zone }),
  },
  {
    code: 'IMPOSSIBLE_TRAVEL',
    kind: 'SOFT',
    weight: 25,
    zh: '短时间内出现在相距过远的两地',
    en: 'Seen in two places too far apart',
    sees: ({ features: { impossible } }) => (impossible === null ? null : { ...impossible }),
  },
  {
    code: 'TOO_FAST',
    kind: 'SOFT',
    weight: 25,
    zh: '填写速度异常',
    en: 'The form was filled too fast',
    sees: ({ features: { shortestPageMs: ms } }) =>
      when(ms !== null && ms < 3_000, { ms: ms ?? 0 }),
  },
  {
    code: 'TOO_SLOW',
    kind: 'SOFT',
    weight: 3,
    zh: '填写时间过长',
    en: 'A page was open for hours',
    sees: ({ features: { longestPageMs: ms } }) => when((ms ?? 0) > 14_400_000, { ms: ms ?? 0 }),
  },
  {
    code: 'PASTED',
    kind: 'SOFT',
    weight: 15,
    zh: '大量粘贴',
    en: 'Much was pasted',
    sees: ({ features: { pastes } }) => when(pastes >= 6, { pastes }),
  },
  {
    code: 'PASTED_IDENTITY',
    kind: 'SOFT',
    weight: 10,
    zh: '粘贴身份信息',
    en: 'Identity was pasted, not typed',
    sees: ({ features: { pastedIdentity: fields } }) => when(fields.length >= 2, { fields }),
  },
  {
    code: 'EVEN_TYPING',
    kind: 'SOFT',
    weight: 20,
    zh: '击键节奏过于均匀',
    en: 'Typed as evenly as a machine types',
    sees: ({ features: { evenFields: fields } }) => when(fields.length > 0, { fields }),
  },
  {
    code: 'NAME_CORRECTED',
    kind: 'SOFT',
    weight: 5,
    zh: '多次修改本人姓名',
    en: 'Own name corrected again and again',
    sees: ({ features: { nameCorrections: corrections } }) =>
      when(corrections >= 5, { corrections }),
  },
  {
    code: 'NO_KEYS',
    kind: 'SOFT',
    weight: 15,
    zh: '无键盘输入',
    en: 'No key was pressed',
    sees: ({ features: { keys } }) => when(keys === 0, { keys: 0 }),
  },
  {
    code: 'NIGHT',
    kind: 'SOFT',
    weight: 3,
    zh: '凌晨申请',
    en: 'Submitted in the small hours',
    sees: ({ features: { hour } }) =>
      when(hour !== null && hour >= 1 && hour < 5, { hour: hour ?? 0 }),
  },
  {
    code: 'NO_DEVICE_TRAIL',
    kind: 'SOFT',
    weight: 5,
    zh: '无设备信息',
    en: 'No device trail',
    sees: ({ device, trailRefused }) => when(device === null && !trailRefused, {}),
  },
  {
    code: 'VIRTUAL_MOBILE',
    kind: 'SOFT',
    weight: 10,
    zh: '虚拟运营商号段',
    en: 'Mobile of a virtual operator',
    sees: ({ virtualMobile }) => when(virtualMobile, {}),
  },
  {
    code: 'BUREAU_FRAUD_SCORE',
    kind: 'SOFT',
    weight: 35,
    zh: '第三方反欺诈分偏高',
    en: 'High anti-fraud score',
    sees: ({ antiFraudScore: score }) => when((score ?? 0) >= 80, { score: score ?? 0 }),
  },
];
