/**
 * Every persona's stated outcome is what the shipped rules make of what the services answer: the stories and the
 * rules cannot drift apart unseen. Two outcomes that only history can bring about (the device ring) are given it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonApplication } from '../../domain/apply.ts';
import { deriveBureauVariables, parseBaihangReport, parsePbocReport } from '../../domain/bureau.ts';
import {
  compileStrategy,
  type Decision,
  highestRate,
  monthlyPaymentFen,
} from '../../domain/decide.ts';
import { checkComplete, mayProceed } from '../../domain/form-rules.ts';
import { assessFraud, NO_VELOCITY, NOTHING_KNOWN } from '../../domain/fraud.ts';
import { fen } from '../../domain/money.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import type { GapCode } from '../../domain/reasons.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { buildVariables } from '../../domain/variables.ts';
import {
  type CheckKind,
  type CheckResult,
  concludeVerification,
  faceThresholds,
} from '../../domain/verify.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import type { FormApplication } from '../../sandbox/people/form.ts';
import { PERSONAS } from '../../sandbox/people/people.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { call, type Said, startSandbox } from './caller.ts';

const asOf = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const policy = policyOf(POLICY_ROWS, asOf, PERSONAL_CREDIT.lenderType);
const decide = compileStrategy({
  strategy: STRATEGY_V2,
  scorecard: SCORECARD_V1,
  product: PERSONAL_CREDIT,
  policy,
});

let sandbox: Sandbox;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ sandbox, stop } = await startSandbox());
});
afterAll(() => stop());

interface Conclusion {
  readonly word: string;
  readonly why: readonly string[];
  /** Absent when the story ended before it. */
  readonly decision?: Decision;
}

/** What the platform would conclude, short of people and money. */
function concluded(key: string): Promise<Conclusion> {
  const known = conclusions.get(key) ?? conclude(key);
  conclusions.set(key, known);
  return known;
}
const conclusions = new Map<string, Promise<Conclusion>>();

async function conclude(key: string): Promise<Conclusion> {
  const persona = sandbox.people.personas(new Date()).find((candidate) => candidate.key === key);
  if (persona === undefined) throw new Error(`no persona ${key}`);
  const application = asApplication(persona.application);
  const faults = checkComplete(application, PERSONAL_CREDIT, {
    asOf,
    minAgeYears: policy('applicant.minAgeYears'),
  });
  if (!mayProceed(faults))
    return { word: 'REFUSED_AT_FORM', why: faults.map((fault) => `${fault.path} ${fault.code}`) };
  const checks = await verify(key, application);
  const verified = concludeVerification(checks, faceThresholds(policy));
  if (verified.outcome === 'FAIL') return { word: 'DECLINED', why: verified.reasons };
  const decision = await decided(
    key,
    application,
    checks,
    verified.outcome === 'REFER' ? verified.gaps : [],
  );
  const word = { APPROVE: 'APPROVED', DECLINE: 'DECLINED', REFER: 'REFERRED' }[decision.outcome];
  return {
    decision,
    word,
    why: [
      ...decision.reasons,
      `total ${decision.total} ${decision.grade}`,
      `${decision.approvedAmountFen}`,
    ],
  };
}

/** The pages come from outside as plain numbers; here they become the domain's. */
function asApplication(form: FormApplication): PersonApplication {
  const { work, loan } = form;
  return {
    ...form,
    work: {
      ...work,
      monthlyIncomeFen: fen(work.monthlyIncomeFen),
      otherMonthlyIncomeFen: fen(work.otherMonthlyIncomeFen),
      monthlyDebtServiceFen: fen(work.monthlyDebtServiceFen),
      monthlyHousingCostFen: fen(work.monthlyHousingCostFen),
    },
    loan: { ...loan, amountFen: fen(loan.amountFen) },
  };
}

async function verify(
  key: string,
  { identity, loan }: PersonApplication,
): Promise<readonly CheckResult[]> {
  const who = { name: identity.name, idNumber: identity.idNumber };
  const ask = (operation: string, more: object) =>
    call(sandbox, 'identity', operation, { requestNo: `${key}-${operation}`, ...who, ...more });
  const image = Buffer.from(`face of ${key}`);
  const results: CheckResult[] = [];
  const add = (kind: Exclude<CheckKind, 'FACE'>, said: Said) =>
    results.push({
      kind,
      outcome:
        said.data?.result === 'MATCH' ? 'MATCH' : said.code === '1001' ? 'NO_DATA' : 'MISMATCH',
    });
  add('TWO_FACTOR', await ask('two-factor', {}));
  add('MOBILE', await ask('mobile', { mobile: identity.mobile }));
  add(
    'BANK_CARD',
    await ask('bankcard', { bankCard: loan.bankCardNumber, mobile: loan.bankReservedMobile }),
  );
  const face = await ask('face', { imageSm3: sm3Hex(image), image: image.toString('base64') });
  results.push({
    kind: 'FACE',
    outcome: face.data.result === 'MATCH' ? 'MATCH' : 'MISMATCH',
    score: Number(face.data.score),
    liveness: face.data.liveness === 'LIVE' ? 'PASS' : 'FAIL',
  });
  return results;
}

async function bureau(
  service: 'pboc' | 'baihang',
  key: string,
  who: { name: string; idNumber: string },
): Promise<unknown> {
  const authorisation = { id: 'auth', sm3: sm3Hex('text'), purpose: '02' };
  const ask = () =>
    call(sandbox, service, 'report', { requestNo: `${key}-report`, ...who, authorisation });
  for (;;) {
    const said = await ask();
    if (said.code === '0000') return said.data;
    if (said.code === '1001') return null;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function decided(
  key: string,
  application: PersonApplication,
  checks: readonly CheckResult[],
  gaps: readonly GapCode[],
): Promise<Decision> {
  const who = { name: application.identity.name, idNumber: application.identity.idNumber };
  const pbocData = await bureau('pboc', key, who);
  const baihangData = await bureau('baihang', key, who);
  const pboc = pbocData === null ? null : parsePbocReport(pbocData, who);
  const baihang = baihangData === null ? null : parseBaihangReport(baihangData, who);
  if (pboc?.ok === false || baihang?.ok === false)
    throw new Error(`a report of ${key} does not parse: ${JSON.stringify([pboc, baihang])}`);
  const sanctions = await call(sandbox, 'registry', 'sanctions', {
    requestNo: `${key}-sanctions`,
    ...who,
  });
  const court = await call(sandbox, 'registry', 'court', { requestNo: `${key}-court`, ...who });
  const cases = (court.data?.cases ?? []) as { closed: boolean }[];
  const ring = key.startsWith('device-ring') && key !== 'device-ring-1';
  const shared = ring ? { day1: 3, day7: 3, day30: 3 } : NO_VELOCITY.device;
  const fraud = assessFraud({
    ...NOTHING_KNOWN,
    device: application.device,
    velocity: { ...NO_VELOCITY, device: shared },
    antiFraudScore: baihang?.report.antiFraudScore ?? null,
  });
  const face = checks.find((check) => check.kind === 'FACE');
  const rate = highestRate(PERSONAL_CREDIT);
  if (rate === null) throw new Error('the product has no price');
  const variables = buildVariables({
    application,
    asOf,
    bureau: deriveBureauVariables(pboc?.report ?? null, baihang?.report ?? null, asOf),
    fraud,
    faceScore: face?.kind === 'FACE' ? face.score : null,
    registry: {
      sanctionsHit: (sanctions.data.hits as unknown[]).length > 0,
      courtOpenCases: cases.filter((entry) => !entry.closed).length,
    },
    requestPaymentFen: monthlyPaymentFen(
      application.loan.amountFen,
      rate,
      application.loan.termMonths,
    ),
  });
  return decide({
    variables,
    gaps,
    request: {
      amountFen: application.loan.amountFen,
      termMonths: application.loan.termMonths,
      wantsPerson: false,
    },
  });
}

/** Stories that turn at the bank are approved first. */
const AT_DECISION: Readonly<Record<string, string>> = {
  PAYOUT_FAILS: 'APPROVED',
  PAYOUT_LATE: 'APPROVED',
  PAYOUT_RETURNED: 'APPROVED',
  REPAYMENT_FAILS: 'APPROVED',
};

describe('a persona ends as its document says', () => {
  it('and an approved one gets what was asked for', async () => {
    for (const { key, outcome } of PERSONAS) {
      if (outcome !== 'APPROVED') continue;
      const persona = sandbox.people.personas(new Date()).find((one) => one.key === key);
      const { decision } = await concluded(key);
      expect(decision?.approvedAmountFen, key).toBe(persona?.application.loan.amountFen);
    }
  });

  it('and a referral needs as many people as its name says', async () => {
    expect((await concluded('refer-two-people')).decision?.approvals).toHaveLength(2);
    const one = await concluded('refer-one');
    expect(one.decision?.approvals).toHaveLength(1);
  });

  it.each(PERSONAS.map((spec) => [spec.key, spec.outcome] as const))(
    '%s: %s',
    async (key, outcome) => {
      const { word, why } = await concluded(key);
      expect(word, why.join(', ')).toBe(AT_DECISION[outcome] ?? outcome);
    },
  );
});
