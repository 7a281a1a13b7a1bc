/** Samples for the domain tests: a clean application, its reports and its variables. All identities are synthetic. */
import type { PersonApplication } from '../../domain/apply.ts';
import { deriveBureauVariables } from '../../domain/bureau.ts';
import type { BaihangReport, PbocAccount, PbocReport } from '../../domain/bureau-report.ts';
import type { DecisionInput } from '../../domain/decide.ts';
import { highestRate, monthlyPaymentFen } from '../../domain/decide.ts';
import { assessFraud, type FraudInput, NOTHING_KNOWN } from '../../domain/fraud.ts';
import { idCheckDigit } from '../../domain/identifiers.ts';
import { fen } from '../../domain/money.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import { scoreApplication } from '../../domain/score.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { buildVariables, type Variables } from '../../domain/variables.ts';

export const AS_OF = '2026-11-24';
export const policy = policyOf(POLICY_ROWS, AS_OF, 'BANK');

/** A number of the unassigned region 999999 for a birth date. */
export function syntheticId(birthDate: string, sequence = '001'): string {
  const first17 = `999999${birthDate.replaceAll('-', '')}${sequence}`;
  return first17 + idCheckDigit(first17);
}

export const ID_NUMBER = syntheticId('1990-06-15');
export const NAME = '测试张';

export function application(
  over: {
    identity?: Partial<PersonApplication['identity']>;
    work?: Partial<PersonApplication['work']>;
    loan?: Partial<PersonApplication['loan']>;
    device?: PersonApplication['device'];
  } = {},
): PersonApplication {
  return {
    kind: 'PERSON',
    identity: {
      name: NAME,
      idNumber: ID_NUMBER,
      idValidFrom: '2020-01-01',
      idValidUntil: '2040-01-01',
      address: '浙江省杭州市西湖区文三路1号',
      mobile: '13800000001',
      maritalStatus: 'MARRIED',
      education: 'BACHELOR',
      ...over.identity,
    },
    work: {
      employment: 'EMPLOYED',
      employerName: '杭州样例科技有限公司',
      employerPhone: null,
      employedSince: '2020-03',
      monthlyIncomeFen: fen(15_000_00),
      otherMonthlyIncomeFen: fen(0),
      monthlyDebtServiceFen: fen(2_000_00),
      housing: 'MORTGAGED',
      monthlyHousingCostFen: fen(2_500_00),
      dependants: 1,
      ...over.work,
    },
    loan: {
      productCode: 'PERSONAL_CREDIT',
      amountFen: fen(50_000_00),
      termMonths: 12,
      purpose: 'RENOVATION',
      bankCardNumber: '6222021234567890128',
      bankReservedMobile: '13800000001',
      contacts: [{ name: '测试李', relation: 'SPOUSE', mobile: '13900000002' }],
      ...over.loan,
    },
    device: over.device ?? null,
  };
}

export function account(over: Partial<PbocAccount> = {}): PbocAccount {
  return {
    PD01AI01: 'A1',
    PD01AD01: 'D1',
    PD01AD02: '11',
    PD01AI02: 'BANK-1',
    PD01AD03: '91',
    PD01AR01: '2019-05-01',
    PD01AJ01: 60_000,
    PD01AJ02: null,
    PD01AR02: '2028-05-01',
    PD01AD06: '03',
    PD01AS01: 60,
    PD01CD01: '1',
    PD01CJ01: 30_000,
    PD01CJ02: null,
    PD01CD02: '1',
    PD01CS01: 30,
    PD01CJ04: 1_200,
    PD01CJ05: 1_200,
    PD01CS02: 0,
    PD01CJ06: 0,
    PD01CJ12: null,
    PD01DR02: '2026-10',
    PD01DD01: 'N'.repeat(24),
    PD01E: [],
    PD01F: [],
    ...over,
  };
}

export function card(over: Partial<PbocAccount> = {}): PbocAccount {
  return account({
    PD01AI01: 'C1',
    PD01AD01: 'R2',
    PD01AI02: 'BANK-2',
    PD01AD03: '81',
    PD01AR01: '2017-03-01',
    PD01AJ01: null,
    PD01AJ02: 40_000,
    PD01AR02: null,
    PD01AS01: null,
    PD01CJ01: 6_000,
    PD01CJ02: 6_000,
    PD01CS01: null,
    PD01CJ04: 600,
    PD01CJ12: 8_000,
    ...over,
  });
}

const NO_LOANS = { S01: 0, S02: 0, J01: 0, J02: 0, J03: 0 };
const NO_CARDS = { S01: 0, S02: 0, J01: 0, J04: 0, J05: 0 };

export function pboc(over: Partial<PbocReport> = {}): PbocReport {
  return {
    PRH: {
      PA01AI01: 'R0001',
      PA01AR01: '2026-11-24T10:00:00',
      PA01BQ01: NAME,
      PA01BD01: '10',
      PA01BI01: ID_NUMBER,
      PA01BI02: 'XINDAI',
      PA01BD02: '02',
      PA01DQ01: null,
      PA01ES01: 0,
    },
    PIM: {
      PB01AD01: '1',
      PB01AR01: '1990-06-15',
      PB01AD02: '20',
      PB01AD04: '11',
      PB01AQ02: '浙江省杭州市',
      PB01BH: [{ PB01BQ01: '13800000001', PB01BR01: '2024-01-01' }],
    },
    PMM: { PB020D01: '20' },
    PSM: { PC010Q01: 720, PC010Q02: 60 },
    PCO: {
      PC02B: { PC02BS01: 0, PC02BJ01: 0 },
      PC02C: { PC02CS01: 0, PC02CJ01: 0 },
      PC02D: [],
      PC02E: NO_LOANS,
      PC02F: NO_LOANS,
      PC02G: NO_LOANS,
      PC02H: NO_CARDS,
      PC02I: NO_CARDS,
      PC02K: { PC02KS01: 0, PC02KJ01: 0 },
    },
    PDA: [account(), card()],
    PCA: [],
    PCR: [],
    POT: [],
    PCJ: [],
    PCE: [],
    PAP: [],
    PHF: { PF05AR01: '2020-04', PF05AJ01: 1_800, PF05AD01: '1' },
    POQ: [{ PH010R01: '2026-10-20', PH010D01: '11', PH010Q02: 'BANK-3', PH010Q03: '02' }],
    POS: [],
    ...over,
  };
}

const NOTHING = { institutions: 0, applications: 0 };

export function baihang(over: Partial<BaihangReport> = {}): BaihangReport {
  return {
    reportNo: 'B0001',
    reportTime: '2026-11-24T10:00:00',
    subject: { name: NAME, idNumber: ID_NUMBER },
    loans: {
      institutions: 0,
      openAccounts: 0,
      balanceYuan: 0,
      overdueAccounts: 0,
      overdueYuan: 0,
      maxOverdueDays12m: 0,
    },
    applications: { months1: NOTHING, months3: NOTHING, months6: NOTHING, months12: NOTHING },
    watchList: [],
    mobile: { monthsInUse: 80, status: 'ACTIVE' },
    antiFraudScore: 10,
    creditScore: 690,
    courtCases: 0,
    ...over,
  };
}

export const CLEAN_FRAUD: FraudInput = { ...NOTHING_KNOWN, antiFraudScore: 10 };

export interface World {
  readonly application?: PersonApplication;
  readonly pboc?: PbocReport | null;
  readonly baihang?: BaihangReport | null;
  readonly fraud?: Partial<FraudInput>;
  readonly registry?: { sanctionsHit: boolean | null; courtOpenCases: number | null };
}

/** The variables of a world: everything clean unless said otherwise. */
export function variablesOf(world: World = {}): Variables {
  const form = world.application ?? application();
  const rate = highestRate(PERSONAL_CREDIT);
  if (rate === null) throw new Error('The sample product has a price.');
  return buildVariables({
    application: form,
    asOf: AS_OF,
    bureau: deriveBureauVariables(
      world.pboc === undefined ? pboc() : world.pboc,
      world.baihang === undefined ? baihang() : world.baihang,
      AS_OF,
    ),
    fraud: assessFraud({ ...CLEAN_FRAUD, ...world.fraud }),
    faceScore: 92,
    registry: world.registry ?? { sanctionsHit: false, courtOpenCases: 0 },
    requestPaymentFen: monthlyPaymentFen(form.loan.amountFen, rate, form.loan.termMonths),
  });
}

/** What `decide` is given for a world. */
export function decisionInput(world: World = {}, over: Partial<DecisionInput> = {}): DecisionInput {
  const form = world.application ?? application();
  const variables = over.variables ?? variablesOf(world);
  return {
    variables,
    score: scoreApplication(SCORECARD_V1, variables),
    scorecard: SCORECARD_V1,
    gaps: [],
    product: PERSONAL_CREDIT,
    request: {
      amountFen: form.loan.amountFen,
      termMonths: form.loan.termMonths,
      wantsPerson: false,
    },
    policy,
    ...over,
  };
}
