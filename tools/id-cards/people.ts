/** Invented people and companies for synthetic papers: numbers of the region 999999, which is assigned to nobody. */
import { idCheckDigit } from '../../domain/identifiers.ts';
import type { Random } from '../scorecard-fit/random.ts';

/** What is printed on a resident identity card, as a person would type it. Dates are ISO; `until` null is 长期. */
export interface CardTruth {
  readonly name: string;
  readonly sex: '男' | '女';
  readonly nation: string;
  readonly birthDate: string;
  readonly address: string;
  readonly number: string;
  readonly issuer: string;
  readonly from: string;
  readonly until: string | null;
}

/** What is printed on a business licence. */
export interface LicenceTruth {
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly representative: string;
  readonly capital: string;
  readonly foundedOn: string;
  readonly address: string;
}

const SURNAMES = Array.from(
  '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文',
);
const COMPOUND = ['欧阳', '上官', '司马', '诸葛', '夏侯'];
const GIVEN = Array.from(
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建国文玉兰红梅志海波宇浩婷雪丹鹏琳晶凯欣怡佳俊峰博雅子涵梓轩诗雨思睿晨曦嘉淑珍凤琴春燕晓东新民永福振德光辉云龙瑞祥立群世荣正忠义信仁彬斌森岩泽源清润',
);
const NATIONS = [
  '汉',
  '汉',
  '汉',
  '汉',
  '汉',
  '汉',
  '满',
  '回',
  '壮',
  '苗',
  '维吾尔',
  '土家',
  '彝',
  '蒙古',
  '藏',
  '布依',
  '侗',
  '瑶',
  '朝鲜',
  '白',
  '哈尼',
  '哈萨克',
  '黎',
  '傣',
];
const PLACES = [
  ['北京市', '朝阳区'],
  ['上海市', '浦东新区'],
  ['广东省广州市', '天河区'],
  ['江苏省南京市', '鼓楼区'],
  ['浙江省杭州市', '余杭区'],
  ['四川省成都市', '武侯区'],
  ['湖北省武汉市', '洪山区'],
  ['河南省郑州市', '金水区'],
  ['山东省青岛市', '市南区'],
  ['陕西省西安市', '雁塔区'],
  ['湖南省长沙市', '岳麓区'],
  ['辽宁省大连市', '甘井子区'],
  ['福建省厦门市', '思明区'],
  ['安徽省合肥市', '蜀山区'],
  ['云南省昆明市', '五华区'],
  ['江西省南昌市', '东湖区'],
] as const;
const STREETS = [
  '建设路',
  '人民北路',
  '解放大街',
  '文昌路',
  '长江中路',
  '和平里东街',
  '新华南路',
  '青年大街',
  '学府路',
  '滨江大道',
  '中山西路',
  '胜利街',
];
const TRADES = ['科技', '商贸', '餐饮管理', '物流', '机械设备', '文化传媒', '建筑工程', '农产品'];
const WORDS = ['启明', '恒信', '金诚', '安和', '瑞丰', '同创', '华盛', '宏远', '德润', '天合'];

export const pick = <T>(random: Random, list: readonly T[]): T => {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new RangeError('Nothing to pick from.');
  return item;
};

/** A whole number in [low, high]. */
export const whole = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

const iso = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

function inventName(random: Random): string {
  const surname = random() < 0.03 ? pick(random, COMPOUND) : pick(random, SURNAMES);
  const given = pick(random, GIVEN);
  return random() < 0.25 ? surname + given : surname + given + pick(random, GIVEN);
}

function inventAddress(random: Random, [city, district]: readonly [string, string]): string {
  const street = `${city}${district}${pick(random, STREETS)}${whole(random, 1, 998)}号`;
  const kind = random();
  if (kind < 0.3) return street;
  if (kind < 0.65)
    return `${street}${whole(random, 1, 30)}号楼${whole(random, 1, 6)}单元${whole(random, 101, 2804)}号`;
  return `${street}${whole(random, 1, 40)}栋${whole(random, 101, 3305)}室`;
}

/** A card valid on 2026-11-24, with the span of validity that the law gives the holder's age at issue. */
export function inventCard(random: Random): CardTruth {
  const place = pick(random, PLACES);
  const birthYear = whole(random, 1955, 2004);
  const birthDate = iso(birthYear, whole(random, 1, 12), whole(random, 1, 28));
  const first17 = `999999${birthDate.replaceAll('-', '')}${String(whole(random, 1, 999)).padStart(3, '0')}`;
  const issueYear = whole(random, Math.max(2017, birthYear + 17), 2025);
  const age = issueYear - birthYear - 1;
  const span = age < 26 ? 10 : age < 46 ? 20 : null;
  const [month, day] = [whole(random, 1, 12), whole(random, 1, 28)];
  return {
    name: inventName(random),
    sex: Number(first17[16]) % 2 === 1 ? '男' : '女',
    nation: pick(random, NATIONS),
    birthDate,
    address: inventAddress(random, place),
    number: first17 + idCheckDigit(first17),
    issuer: `${place[0].replace(/^.*省/, '')}公安局${place[1].endsWith('新区') ? place[1].replace('新区', '') : place[1].slice(0, -1)}分局`,
    from: iso(issueYear, month, day),
    until: span === null ? null : iso(issueYear + span, month, day),
  };
}

const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const ORGANISATION = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const weighted = (text: string, alphabet: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * alphabet.indexOf(text.charAt(at)), 0);

/** A unified social credit code with both check characters (GB 32100-2015), of the region 999999. */
export function inventUscc(random: Random): string {
  const body = `MA${Array.from({ length: 6 }, () => pick(random, Array.from(USCC))).join('')}`;
  const check = '0X987654321'.charAt(weighted(body, ORGANISATION, [3, 7, 9, 10, 5, 8, 4, 2]) % 11);
  // The letter X is no check character that is assigned together with a body of MA.
  if (check === 'X') return inventUscc(random);
  const first = `91999999${body}${check}`;
  const sum = weighted(
    first,
    USCC,
    [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28],
  );
  return first + USCC.charAt((31 - (sum % 31)) % 31);
}

export function inventLicence(random: Random): LicenceTruth {
  const place = pick(random, PLACES);
  const city = place[0].replace(/^.*省/, '').replace('市', '');
  return {
    code: inventUscc(random),
    name: `${city}${pick(random, WORDS)}${pick(random, TRADES)}有限公司`,
    type: '有限责任公司(自然人独资)',
    representative: inventName(random),
    capital: `${pick(random, ['壹佰', '伍佰', '贰佰', '壹仟'])}万元整`,
    foundedOn: iso(whole(random, 2005, 2024), whole(random, 1, 12), whole(random, 1, 28)),
    address: inventAddress(random, place),
  };
}
