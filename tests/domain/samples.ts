/** Samples for the domain tests: a clean application, its reports and its variables. All identities are synthetic. */
import type { PersonApplication } from '../../domain/apply.ts';
import { deriveBureauVariables } from '../../domain/bureau.ts';
import type { BaihangReport } from '../../domain/baihang-report.ts';
import type { PbocReport } from '../../domain/bureau-report.ts';
import type { DecisionInput, Rulebook } from '../../domain/decide.ts';
import { highestRate, monthlyPaymentFen } from '../../domain/decide.ts';
import { assessFraud, type FraudInput, NOTHING_KNOWN } from '../../domain/fraud.ts';
import { fen } from '../../domain/money.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { buildVariables, type Variables } from '../../domain/variables.ts';
import { baihang, ID_NUMBER, NAME, pboc } from './bureau-samples.ts';

export { account, baihang, card, ID_NUMBER, NAME, pboc, syntheticId } from './bureau-samples.ts';

export const AS_OF = '2026-11-24';
export const policy = policyOf(POLICY_ROWS, AS_OF, 'BANK');

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

/** What a decider is given for a world. */
export function decisionInput(world: World = {}, over: Partial<DecisionInput> = {}): DecisionInput {
  const form = world.application ?? application();
  return {
    variables: variablesOf(world),
    gaps: [],
    request: {
      amountFen: form.loan.amountFen,
      termMonths: form.loan.termMonths,
      wantsPerson: false,
    },
    ...over,
  };
}

/** The shipped rules on the sample's day. */
export const BOOK: Rulebook = {
  strategy: STRATEGY_V2,
  scorecard: SCORECARD_V1,
  product: PERSONAL_CREDIT,
  policy,
};
