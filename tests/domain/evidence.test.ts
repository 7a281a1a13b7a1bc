/** Evidence: verification, authorisation, bureau reports and fraud. What is missing or of another person never counts as good. */
import { describe, expect, it } from 'vitest';
import {
  authorisationText,
  type CreditAuthorisation,
  mayQuery,
} from '../../domain/authorisation.ts';
import {
  deriveBureauVariables,
  NOT_APPLICABLE,
  parseBaihangReport,
  parsePbocReport,
} from '../../domain/bureau.ts';
import { assessFraud, FRAUD_RULES } from '../../domain/fraud.ts';
import { type CheckResult, concludeVerification, faceThresholds } from '../../domain/verify.ts';
import {
  assertAllowedFeature,
  BannedFeatureError,
  VARIABLE_CATALOGUE,
} from '../../domain/variables.ts';
import {
  account,
  application,
  AS_OF,
  baihang,
  card,
  CLEAN_FRAUD,
  ID_NUMBER,
  NAME,
  pboc,
  policy,
} from './samples.ts';

describe('verification', () => {
  const face = (over: Partial<CheckResult & { kind: 'FACE' }> = {}): CheckResult => ({
    kind: 'FACE',
    outcome: 'MATCH',
    score: 92,
    liveness: 'PASS',
    ...over,
  });
  const all = (over: readonly CheckResult[] = []): readonly CheckResult[] => {
    const base: readonly CheckResult[] = [
      { kind: 'TWO_FACTOR', outcome: 'MATCH' },
      { kind: 'MOBILE', outcome: 'MATCH' },
      { kind: 'BANK_CARD', outcome: 'MATCH' },
      face(),
    ];
    return [...base.filter((b) => !over.some((o) => o.kind === b.kind)), ...over];
  };
  const conclude = (results: readonly CheckResult[]) =>
    concludeVerification(results, faceThresholds(policy));

  it('passes only with four matches', () => {
    expect(conclude(all())).toEqual({ outcome: 'PASS' });
    expect(conclude([])).toEqual({
      outcome: 'REFER',
      gaps: ['GAP_IDENTITY', 'GAP_MOBILE', 'GAP_CARD', 'GAP_FACE'],
    });
    const whole = all();
    for (const missing of whole)
      expect(conclude(whole.filter((r) => r !== missing)).outcome).toBe('REFER');
  });
  it.each(['NO_DATA', 'UNAVAILABLE'] as const)('%s of any check refers', (outcome) => {
    for (const kind of ['TWO_FACTOR', 'MOBILE', 'BANK_CARD'] as const)
      expect(conclude(all([{ kind, outcome }])).outcome).toBe('REFER');
    expect(conclude(all([face({ outcome, score: null })]))).toEqual({
      outcome: 'REFER',
      gaps: ['GAP_FACE'],
    });
  });
  it('a false identity or a replayed face fails, whatever else matches', () => {
    expect(conclude(all([{ kind: 'TWO_FACTOR', outcome: 'MISMATCH' }]))).toEqual({
      outcome: 'FAIL',
      reasons: ['VERIFY_IDENTITY_MISMATCH'],
    });
    expect(conclude(all([face({ liveness: 'FAIL' })]))).toEqual({
      outcome: 'FAIL',
      reasons: ['VERIFY_LIVENESS_FAILED'],
    });
  });
  it('a mobile, card or face that does not agree goes to a person', () => {
    expect(conclude(all([{ kind: 'MOBILE', outcome: 'MISMATCH' }]))).toEqual({
      outcome: 'REFER',
      gaps: ['GAP_MOBILE_MISMATCH'],
    });
    expect(conclude(all([{ kind: 'BANK_CARD', outcome: 'MISMATCH' }]))).toEqual({
      outcome: 'REFER',
      gaps: ['GAP_CARD_MISMATCH'],
    });
    expect(conclude(all([face({ score: 59 })]))).toEqual({
      outcome: 'REFER',
      gaps: ['GAP_FACE_MISMATCH'],
    });
    expect(conclude(all([face({ score: 79.9 })]))).toEqual({
      outcome: 'REFER',
      gaps: ['GAP_FACE'],
    });
    expect(conclude(all([face({ score: 80 })]))).toEqual({ outcome: 'PASS' });
    expect(conclude(all([face({ liveness: 'UNKNOWN' })])).outcome).toBe('REFER');
  });
  it('of two results of one check the worse counts', () => {
    expect(conclude([...all(), { kind: 'TWO_FACTOR', outcome: 'MISMATCH' }]).outcome).toBe('FAIL');
  });
});

describe('credit authorisation', () => {
  const granted: CreditAuthorisation = {
    authorisationId: 'A-1',
    templateVersion: 1,
    textHash: 'ab',
    subjectId: 'S-1',
    grantee: { name: '示例银行', uscc: '91350100M000100Y43' },
    bureaus: ['PBOC'],
    purposes: ['02'],
    acts: ['QUERY', 'REPORT'],
    grantedAt: '2026-11-24T02:00:00.000Z',
    validUntil: '2026-12-24T02:00:00.000Z',
    withdrawnAt: null,
  };
  const request = {
    now: '2026-11-24T03:00:00.000Z',
    purpose: '02',
    subjectId: 'S-1',
    bureau: 'PBOC',
  } as const;

  it('allows exactly what was granted', () => {
    expect(mayQuery(granted, request)).toEqual({ ok: true });
  });
  it.each([
    ['OTHER_SUBJECT', granted, { ...request, subjectId: 'S-2' }],
    ['PURPOSE_NOT_GRANTED', granted, { ...request, purpose: '08' as const }],
    ['BUREAU_NOT_GRANTED', granted, { ...request, bureau: 'BAIHANG' as const }],
    ['QUERY_NOT_GRANTED', { ...granted, acts: [] }, request],
    ['WITHDRAWN', { ...granted, withdrawnAt: '2026-11-24T02:30:00.000Z' }, request],
    ['NOT_YET_VALID', granted, { ...request, now: '2026-11-24T01:59:59.999Z' }],
    ['EXPIRED', granted, { ...request, now: '2026-12-24T02:00:00.000Z' }],
    ['NOT_YET_VALID', granted, { ...request, now: 'not an instant' }],
    ['NO_LOAN', granted, { ...request, purpose: '01' as const }],
  ] as const)('refuses: %s', (reason, authorisation, asked) => {
    expect(mayQuery(authorisation, asked)).toEqual({ ok: false, reason });
  });
  it('post-loan management of a running loan outlives withdrawal', () => {
    const withdrawn = { ...granted, withdrawnAt: '2026-11-24T02:30:00.000Z' };
    expect(mayQuery(withdrawn, { ...request, purpose: '01', hasRunningLoan: true })).toEqual({
      ok: true,
    });
  });
  it('every word a person agrees to is part of the hashed text', () => {
    const input = {
      authorisationId: 'A-1',
      templateVersion: 1,
      grantor: { name: NAME, idNumber: ID_NUMBER, mobile: '13800000001' },
      grantee: granted.grantee,
      bureaus: ['PBOC', 'BAIHANG'],
      purposes: ['02'],
      date: AS_OF,
      validityDays: 30,
    } as const;
    const letter = authorisationText(input);
    expect(letter.textHashInput).toContain('不良信息');
    expect(letter.textHashInput).toContain('百行征信有限公司');
    expect(letter.textHashInput).toContain('2026-12-24');
    expect(letter.textHashInput).not.toMatch(/等合作机构|undefined/);
    expect(letter.paragraphs.filter((p) => p.emphasised).length).toBeGreaterThanOrEqual(4);
    for (const other of [
      { ...input, date: '2026-11-25' },
      { ...input, bureaus: ['PBOC'] as const },
      { ...input, grantor: { ...input.grantor, name: '他人' } },
    ]) {
      expect(authorisationText(other).textHashInput).not.toBe(letter.textHashInput);
    }
  });
});

describe('bureau reports', () => {
  const subject = { name: NAME, idNumber: ID_NUMBER };
  it('reads a report about the right person', () => {
    expect(parsePbocReport(pboc(), subject)).toMatchObject({ ok: true });
    expect(
      parseBaihangReport(baihang(), { ...subject, idNumber: ID_NUMBER.toLowerCase() }),
    ).toMatchObject({ ok: true });
  });
  it('refuses a report about somebody else', () => {
    expect(parsePbocReport(pboc(), { ...subject, name: '别人' })).toEqual({
      ok: false,
      reason: 'WRONG_PERSON',
    });
    expect(parseBaihangReport(baihang(), { ...subject, idNumber: '11010519491231002X' })).toEqual({
      ok: false,
      reason: 'WRONG_PERSON',
    });
  });
  it.each([
    ['/PDA/0/PD01DD01', { ...pboc(), PDA: [account({ PD01DD01: 'N'.repeat(23) })] }],
    ['/PDA/0/PD01DD01', { ...pboc(), PDA: [account({ PD01DD01: `${'N'.repeat(23)}x` })] }],
    ['/PDA/0/PD01CJ06', { ...pboc(), PDA: [{ ...account(), PD01CJ06: '0' }] }],
    ['/POQ', { ...pboc(), POQ: undefined }],
    ['/PRH', { PDA: [] }],
    ['', null],
    ['', 'garbage'],
  ])('a report malformed at %s is refused with the path, not the value', (path, value) => {
    expect(parsePbocReport(value, subject)).toEqual({ ok: false, reason: 'MALFORMED', path });
  });
  it('an absent report leaves every one of its variables null, never zero', () => {
    expect(Object.values(deriveBureauVariables(null, null, AS_OF)).every((v) => v === null)).toBe(
      true,
    );
    const half = deriveBureauVariables(pboc(), null, AS_OF);
    expect(half.baihangInstitutions3m).toBeNull();
    expect(half.maxOverdue24m).toBe(0);
  });
  it('derives what lenders read', () => {
    const report = pboc({
      PDA: [
        account({ PD01DD01: `${'N'.repeat(12)}${'1N'.repeat(5)}12` }),
        account({
          PD01AI01: 'A2',
          PD01AD02: '24',
          PD01AI02: 'CFC-1',
          PD01CJ04: 800,
          PD01AR01: '2025-05-01',
        }),
        card(),
      ],
      POQ: [
        { PH010R01: '2026-11-20', PH010D01: '11', PH010Q02: 'B1', PH010Q03: '02' },
        { PH010R01: '2026-11-21', PH010D01: '11', PH010Q02: 'B1', PH010Q03: '03' },
        { PH010R01: '2026-09-21', PH010D01: '11', PH010Q02: 'B2', PH010Q03: '02' },
        { PH010R01: '2026-11-21', PH010D01: '11', PH010Q02: 'B9', PH010Q03: '01' },
        { PH010R01: '2026-05-24', PH010D01: '11', PH010Q02: 'B3', PH010Q03: '02' },
      ],
    });
    const variables = deriveBureauVariables(report, baihang(), AS_OF);
    expect(variables).toMatchObject({
      maxOverdue3m: 2,
      maxOverdue24m: 2,
      consecutiveThree: false,
      cumulativeSix: true,
      queryInstitutions1m: 1,
      queryInstitutions3m: 2,
      queryInstitutions6m: 2,
      cardUtilisation: 15,
      // 1,200 + 800 for the loans, and 10 % of the 8,000 average for the card, which is more than the 600 due.
      monthlyDebtServiceFen: 2_800_00,
      nonBankLenders: 1,
      openLoans: 2,
      fileAgeMonths: 116,
      watchLevel: 'NONE',
    });
  });
  it('what does not apply is told apart from what is missing', () => {
    const empty = deriveBureauVariables(pboc({ PDA: [], PSM: null, PHF: null }), null, AS_OF);
    expect(empty).toMatchObject({
      cardUtilisation: NOT_APPLICABLE,
      fileAgeMonths: NOT_APPLICABLE,
      pbocScore: NOT_APPLICABLE,
      housingFundMonths: NOT_APPLICABLE,
    });
  });
  it('the worst of several watch-list hits counts', () => {
    const hit = (level: 'M1' | 'FRAUD') => ({ level, listedOn: '2026-01-01', source: 'X' });
    expect(
      deriveBureauVariables(null, baihang({ watchList: [hit('FRAUD'), hit('M1')] }), AS_OF)
        .watchLevel,
    ).toBe('FRAUD');
  });
});

describe('fraud', () => {
  it('a clean application is low, and a missing device trail alone stays low', () => {
    expect(assessFraud(CLEAN_FRAUD)).toMatchObject({
      level: 'LOW',
      points: 5,
      signals: [{ code: 'NO_DEVICE_TRAIL' }],
    });
  });
  it('a shared device refers, a list hit refuses', () => {
    const shared = {
      ...CLEAN_FRAUD,
      velocity: { ...CLEAN_FRAUD.velocity, device: { day1: 1, day7: 4, day30: 4 } },
    };
    expect(assessFraud(shared).level).toBe('MEDIUM');
    expect(
      assessFraud({ ...CLEAN_FRAUD, lists: { ...CLEAN_FRAUD.lists, idNumber: true } }).level,
    ).toBe('HIGH');
  });
  it('circumstances alone never refuse anybody', () => {
    const device = {
      fingerprint: 'f',
      emulator: true,
      proxy: true,
      timeZone: 'America/New_York',
      pages: [
        {
          page: 1 as const,
          dwellMs: 100,
          pasteCount: 9,
          correctionCount: 0,
          keyCount: 0,
          scrollPx: 0,
        },
      ],
    };
    const assessment = assessFraud({
      ...CLEAN_FRAUD,
      device: application({ device }).device,
      virtualMobile: true,
    });
    expect(assessment.points).toBeGreaterThan(70);
    expect(assessment.level).toBe('MEDIUM');
  });
  it('every signal has its own code and both texts', () => {
    expect(new Set(FRAUD_RULES.map((r) => r.code)).size).toBe(FRAUD_RULES.length);
    expect(FRAUD_RULES.every((r) => r.zh !== '' && r.en !== '')).toBe(true);
  });
});

describe('banned features', () => {
  it.each([
    'ethnicity',
    'religion',
    'geneticRisk',
    'bloodType',
    'healthScore',
    'tradeUnion',
    'politicalView',
    'sex',
    'applicantGender',
    '民族',
  ])('%s is refused', (name) => {
    expect(() => assertAllowedFeature(name)).toThrow(BannedFeatureError);
  });
  it('the catalogue holds none', () => {
    for (const [name, definition] of Object.entries(VARIABLE_CATALOGUE)) {
      expect(() =>
        [name, definition.zh, definition.en].forEach(assertAllowedFeature),
      ).not.toThrow();
    }
  });
});
