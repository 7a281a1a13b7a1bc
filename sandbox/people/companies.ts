/** Companies of the sandbox's register. Their shares form a graph, with a cycle in it, as real ones do. */
import { residentNumber, unifiedSocialCreditCode } from '../identifiers.ts';

export interface Shareholder {
  readonly kind: 'PERSON' | 'COMPANY';
  readonly name: string;
  /** Resident number or unified social credit code. */
  readonly id: string;
  /** Share of the capital in percent, as a decimal string. */
  readonly percent: string;
}

export interface Company {
  readonly kind: 'ENTERPRISE';
  readonly key: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly outcome: 'APPROVED' | 'DECLINED';
  readonly story: string;
  readonly uscc: string;
  readonly name: string;
  /** 存续, 注销 or 吊销. */
  readonly status: 'ACTIVE' | 'DEREGISTERED' | 'REVOKED';
  readonly legalRepresentative: { readonly name: string; readonly idNumber: string };
  readonly registeredCapitalYuan: number;
  readonly establishedOn: string;
  readonly address: string;
  readonly scope: string;
  readonly shareholders: readonly Shareholder[];
  readonly abnormalOperations: readonly {
    readonly listedOn: string;
    readonly reason: string;
    readonly removedOn: string | null;
  }[];
  readonly seriousDishonesty: boolean;
}

const CLEAN_USCC = unifiedSocialCreditCode('999999', 'MA000001');
const HOLDING_USCC = unifiedSocialCreditCode('999999', 'MA000002');
const ABNORMAL_USCC = unifiedSocialCreditCode('999999', 'MA000003');
const OWNER = { name: '林企业', idNumber: residentNumber('99999919750310901') };
const PARTNER = { name: '周企业', idNumber: residentNumber('99999919780822902') };

export const COMPANIES: readonly Company[] = [
  {
    kind: 'ENTERPRISE',
    key: 'company-clean',
    titleZh: '正常存续企业',
    titleEn: 'A company in good standing',
    outcome: 'APPROVED',
    story:
      'Active, no entry on the abnormal list; its shares run through a holding that owns a little of it back.',
    uscc: CLEAN_USCC,
    name: '示范清和智能制造有限公司',
    status: 'ACTIVE',
    legalRepresentative: OWNER,
    registeredCapitalYuan: 20_000_000,
    establishedOn: '2013-05-20',
    address: '示范省示范市高新区创新路1号',
    scope: '智能装备的研发、制造与销售',
    shareholders: [
      { kind: 'PERSON', name: OWNER.name, id: OWNER.idNumber, percent: '35' },
      { kind: 'COMPANY', name: '示范清和控股有限公司', id: HOLDING_USCC, percent: '65' },
    ],
    abnormalOperations: [],
    seriousDishonesty: false,
  },
  {
    kind: 'ENTERPRISE',
    key: 'company-holding',
    titleZh: '交叉持股的控股公司',
    titleEn: 'The holding in a cycle of shares',
    outcome: 'APPROVED',
    story:
      'Owns 65 percent of the clean company, which owns 10 percent of it: a cycle a share calculation must survive.',
    uscc: HOLDING_USCC,
    name: '示范清和控股有限公司',
    status: 'ACTIVE',
    legalRepresentative: PARTNER,
    registeredCapitalYuan: 50_000_000,
    establishedOn: '2010-01-12',
    address: '示范省示范市云山区金融街8号',
    scope: '企业管理与投资',
    shareholders: [
      { kind: 'PERSON', name: PARTNER.name, id: PARTNER.idNumber, percent: '90' },
      { kind: 'COMPANY', name: '示范清和智能制造有限公司', id: CLEAN_USCC, percent: '10' },
    ],
    abnormalOperations: [],
    seriousDishonesty: false,
  },
  {
    kind: 'ENTERPRISE',
    key: 'company-abnormal',
    titleZh: '经营异常企业',
    titleEn: 'A company on the abnormal list',
    outcome: 'DECLINED',
    story:
      'Cannot be reached at its registered address: listed as abnormal and never removed; seriously dishonest.',
    uscc: ABNORMAL_USCC,
    name: '示范远山贸易有限公司',
    status: 'ACTIVE',
    legalRepresentative: PARTNER,
    registeredCapitalYuan: 1_000_000,
    establishedOn: '2021-11-02',
    address: '示范省示范市云山区旧街99号',
    scope: '日用百货批发',
    shareholders: [{ kind: 'PERSON', name: PARTNER.name, id: PARTNER.idNumber, percent: '100' }],
    abnormalOperations: [
      { listedOn: '2025-07-08', reason: '通过登记的住所或者经营场所无法联系', removedOn: null },
    ],
    seriousDishonesty: true,
  },
];
