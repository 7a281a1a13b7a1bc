/** Decisions: every knockout hit and missed, and evidence that is missing never approves. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileOnScore, compileStrategy } from '../../domain/decide.ts';
import { fen } from '../../domain/money.ts';
import { type GapCode, GAP_CODES, reasonsForApplicant } from '../../domain/reasons.ts';
import { scoreApplication } from '../../domain/score.ts';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { STRATEGY_V2 } from '../../domain/strategy-v2.ts';
import { VARIABLE_CATALOGUE, type Variables } from '../../domain/variables.ts';
import {
  account,
  application,
  baihang,
  BOOK,
  card,
  decisionInput,
  pboc,
  variablesOf,
  type World,
} from './samples.ts';

const decide = compileStrategy(BOOK);
const decideOn = (world: World) => decide(decisionInput(world));
const decideOnScore = compileOnScore(BOOK);

describe('straight approval', () => {
  it('a clean applicant is approved for the whole request at the price of the grade', () => {
    const decision = decideOn({});
    expect(decision).toMatchObject({
      outcome: 'APPROVE',
      reasons: [],
      approvals: [],
      strategy: 'PERSONAL_STANDARD@2',
    });
    expect(decision.approvedAmountFen).toBe(50_000_00);
    expect(['7.20', '10.80']).toContain(decision.annualRate);
    expect(decision.rulesTrace.every((t) => t.outcome === 'MISS')).toBe(true);
  });

  it('the amount is cut to what the income carries, in steps of the product', () => {
    const form = application({
      work: { monthlyIncomeFen: fen(6_000_00), monthlyDebtServiceFen: fen(0) },
    });
    const world = { application: form, pboc: pboc({ PDA: [card()] }) };
    const input = decisionInput(world);
    const variables: Variables = { ...input.variables, debtRatioAfterPercent: 40 };
    const score = scoreApplication(SCORECARD_V1, variables);
    const decision = decideOnScore({ ...input, variables }, { ...score, grade: 'B', total: 710 });
    expect(decision.outcome).toBe('APPROVE');
    expect(decision.approvedAmountFen).toBeLessThan(50_000_00);
    expect((decision.approvedAmountFen ?? 1) % 100_00).toBe(0);
  });
});

describe('knockouts: each hits on its own and misses on a clean file', () => {
  const overdue = (statuses: string) =>
    pboc({ PDA: [account({ PD01DD01: statuses.padStart(24, 'N') }), card()] });
  const born = (date: string) => {
    const variables = variablesOf();
    return { ...variables, ...(date === 'minor' ? { ageYears: 17 } : { ageAtMaturityYears: 71 }) };
  };
  const hits: readonly (readonly [string, Variables])[] = [
    ['K01', variablesOf({ registry: { sanctionsHit: true, courtOpenCases: 0 } })],
    ['K02', born('minor')],
    ['K03', born('old')],
    [
      'K04',
      variablesOf({
        fraud: { lists: { device: false, mobile: false, idNumber: true, card: false } },
      }),
    ],
    [
      'K05',
      variablesOf({ pboc: pboc({ PDA: [account({ PD01CS02: 1, PD01CJ06: 1200 }), card()] }) }),
    ],
    ['K06', variablesOf({ pboc: overdue('123NNN') })],
    ['K07', variablesOf({ pboc: overdue('1N1N1N1N1N1N') })],
    ['K08', variablesOf({ pboc: overdue('BNN') })],
    ['K09', variablesOf({ pboc: pboc({ PDA: [account({ PD01CD02: '3' }), card()] }) })],
    ['K10', variablesOf({ registry: { sanctionsHit: false, courtOpenCases: 1 } })],
    [
      'K11',
      variablesOf({
        baihang: baihang({
          watchList: [{ level: 'M3_PLUS', listedOn: '2026-01-01', source: 'X' }],
        }),
      }),
    ],
    [
      'K12',
      variablesOf({
        pboc: pboc({
          POQ: Array.from({ length: 10 }, (_, i) => ({
            PH010R01: '2026-11-01',
            PH010D01: '11',
            PH010Q02: `B${i}`,
            PH010Q03: '02',
          })),
        }),
      }),
    ],
    [
      'K13',
      variablesOf({
        pboc: pboc({
          PDA: [
            card(),
            ...Array.from({ length: 6 }, (_, i) =>
              account({ PD01AD02: '51', PD01AI02: `M${i}`, PD01CJ04: 10 }),
            ),
          ],
        }),
      }),
    ],
    [
      'K14',
      variablesOf({
        application: application({ work: { employment: 'UNEMPLOYED', employedSince: null } }),
      }),
    ],
    [
      'K15',
      variablesOf({
        application: application({ work: { employment: 'STUDENT', employedSince: null } }),
      }),
    ],
    ['K16', variablesOf({ pboc: pboc({ PDA: [account({ PD01CJ04: 11_000 }), card()] }) })],
    ['K17', variablesOf({ pboc: pboc({ PDA: [account(), card({ PD01CJ02: 41_000 })] }) })],
    ['K18', variablesOf({ baihang: baihang({ mobile: { monthsInUse: 3, status: 'CLOSED' } }) })],
  ];

  it('covers every knockout of the strategy', () => {
    expect(hits.map(([id]) => id)).toEqual(STRATEGY_V2.knockouts.map((k) => k.id));
  });

  it.each(hits)('%s declines and is traced with its values', (id, variables) => {
    const decision = decide(decisionInput({}, { variables }));
    const trace = decision.rulesTrace.find((t) => t.ruleId === id);
    expect(trace?.outcome).toBe('HIT');
    expect(Object.values(trace?.values ?? {})).not.toHaveLength(0);
    expect(decision.outcome).toBe('DECLINE');
    expect(decision.reasons.length).toBeLessThanOrEqual(4);
    expect(decision.approvedAmountFen).toBeNull();
    const clean = decideOn({}).rulesTrace.find((t) => t.ruleId === id);
    expect(clean?.outcome).toBe('MISS');
  });

  it('a single forgotten overdue of a few yuan is no knockout, two accounts are', () => {
    const small = pboc({ PDA: [account(), card({ PD01CS02: 1, PD01CJ06: 50 })] });
    expect(decideOn({ pboc: small }).rulesTrace.find((t) => t.ruleId === 'K05')?.outcome).toBe(
      'MISS',
    );
    const two = pboc({
      PDA: [account({ PD01CS02: 1, PD01CJ06: 50 }), card({ PD01CS02: 1, PD01CJ06: 50 })],
    });
    expect(decideOn({ pboc: two }).rulesTrace.find((t) => t.ruleId === 'K05')?.outcome).toBe('HIT');
  });

  it('a sanctions hit tells the applicant nothing of the list', () => {
    const decision = decideOn({ registry: { sanctionsHit: true, courtOpenCases: 0 } });
    expect(reasonsForApplicant(decision.reasons, 'zh').join('')).not.toMatch(/制裁|名单/);
  });
});

describe('evidence that is missing never approves', () => {
  it('a failed bureau never reads as a clean one', () => {
    for (const world of [{ pboc: null }, { baihang: null }, { pboc: null, baihang: null }]) {
      expect(decideOn(world).outcome).toBe('REFER');
    }
  });

  it('a silent registry refers', () => {
    const decision = decideOn({ registry: { sanctionsHit: null, courtOpenCases: null } });
    expect(decision).toMatchObject({ outcome: 'REFER', reasons: ['GAP_RULE_UNKNOWN'] });
  });

  it.each(GAP_CODES)('%s refers with the gap as its first reason', (gap: GapCode) => {
    const decision = decide(decisionInput({}, { gaps: [gap] }));
    expect(decision.outcome).toBe('REFER');
    expect(decision.reasons[0]).toBe(gap);
    expect(decision.approvals.length).toBeGreaterThan(0);
  });

  it('whatever variables are missing, an approval never follows from a required one', () => {
    const required = SCORECARD_V1.dimensions.filter((d) => d.required).map((d) => d.variable);
    const clean = variablesOf();
    fc.assert(
      fc.property(fc.subarray(Object.keys(VARIABLE_CATALOGUE)), (names) => {
        const variables: Variables = {
          ...clean,
          ...Object.fromEntries(names.map((n) => [n, null])),
        };
        const decision = decide(decisionInput({}, { variables }));
        if (names.some((n) => required.some((r) => r === n)))
          expect(decision.outcome).not.toBe('APPROVE');
      }),
      { numRuns: 200 },
    );
  });
});

describe('referral', () => {
  const byAmount = (yuan: number) =>
    decideOn({
      application: application({
        loan: { amountFen: fen(yuan * 100), termMonths: 36 },
        work: { monthlyIncomeFen: fen(40_000_00) },
      }),
    });

  it('above the policy amount two people must approve, below it a machine may', () => {
    expect(byAmount(100_000)).toMatchObject({ outcome: 'APPROVE' });
    const referred = byAmount(100_100);
    expect(referred).toMatchObject({ outcome: 'REFER', reasons: ['REFER_AMOUNT'] });
    expect(referred.approvals.map((a) => a.level)).toEqual([1, 2]);
  });

  it.each([
    [
      'REFER_REQUESTED',
      () =>
        decide(
          decisionInput(
            {},
            { request: { amountFen: fen(50_000_00), termMonths: 12, wantsPerson: true } },
          ),
        ),
    ],
    ['REFER_FRAUD', () => decideOn({ fraud: { virtualMobile: true, contactInDefault: true } })],
    [
      'REFER_AGE',
      () => decide(decisionInput({}, { variables: { ...variablesOf(), ageAtMaturityYears: 66 } })),
    ],
    [
      'REFER_NEW_MOBILE',
      () => decideOn({ baihang: baihang({ mobile: { monthsInUse: 1, status: 'ACTIVE' } }) }),
    ],
    [
      'REFER_RESTRUCTURED',
      () =>
        decideOn({
          pboc: pboc({
            PDA: [account({ PD01F: [{ PD01FD01: '1', PD01FR01: '2026-01-01' }] }), card()],
          }),
        }),
    ],
    [
      'REFER_GUARANTEE',
      () =>
        decideOn({
          pboc: pboc({
            PCR: [
              {
                PD03AD01: '11',
                PD03AJ01: 200_000,
                PD03AJ02: 150_000,
                PD03AD05: '1',
                PD03AS01: 0,
                PD03Z: [],
              },
            ],
          }),
        }),
    ],
    ['REFER_THIN_FILE', () => decideOn({ pboc: pboc({ PDA: [], PSM: null }) })],
    [
      'REFER_DISPUTED',
      () =>
        decideOn({ pboc: pboc({ POS: [{ ZD01: '2', ZQ01: '本人声明', ZR01: '2026-10-01' }] }) }),
    ],
    [
      'REFER_WATCH',
      () =>
        decideOn({
          baihang: baihang({ watchList: [{ level: 'M1', listedOn: '2026-01-01', source: 'X' }] }),
        }),
    ],
    [
      'REFER_OVERDUE_HISTORY',
      () =>
        decideOn({ pboc: pboc({ PDA: [account({ PD01DD01: `12${'N'.repeat(22)}` }), card()] }) }),
    ],
    [
      'REFER_COURT',
      () =>
        decideOn({
          pboc: pboc({
            PAP: [{ PF04AQ01: 'X', PF04AR01: '2025-01-01', PF04AJ01: null, PF04Z: [] }],
          }),
        }),
    ],
  ] as const)('%s', (reason, run) => {
    const decision = run();
    expect(decision.outcome).toBe('REFER');
    expect(decision.reasons).toContain(reason);
  });

  it('a low score with complete evidence declines with the dimensions that cost most', () => {
    const input = decisionInput({});
    const score = scoreApplication(SCORECARD_V1, input.variables);
    const decision = decideOnScore(input, { ...score, total: 599, grade: 'E' });
    expect(decision.outcome).toBe('DECLINE');
    expect(decision.reasons[0]).toBe('DECLINE_SCORE');
  });

  it('a low score with a gap goes to a person: the gap may be why it is low', () => {
    const input = decisionInput({}, { gaps: ['GAP_PBOC_REPORT'] });
    const score = scoreApplication(SCORECARD_V1, input.variables);
    const low = { ...score, total: 500, grade: 'E', complete: false } as const;
    const decision = decideOnScore(input, low);
    expect(decision.outcome).toBe('REFER');
  });
});
