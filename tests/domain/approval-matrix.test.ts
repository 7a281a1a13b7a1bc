/** The approval matrix: the first row that fits decides, every case has approvers, and bad documents are refused with the place. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ApprovalMatrix,
  MATRIX_V1,
  type MatrixCase,
  needsSecondPerson,
  requiredStages,
} from '../../domain/approval-matrix.ts';
import { parseMatrix } from '../../domain/approval-matrix-parse.ts';
import { GRADES } from '../../domain/loan-terms.ts';

const CASE: MatrixCase = {
  productCode: 'PERSONAL_STANDARD',
  amountFen: 30_000_00,
  grade: 'B',
  exposureFen: 30_000_00,
  exceptions: 1,
};

function faultsOf(change: (matrix: Record<string, unknown>) => unknown): readonly string[] {
  const copy = structuredClone(MATRIX_V1) as unknown as Record<string, unknown>;
  const changed = change(copy) ?? copy;
  const parsed = parseMatrix(changed);
  return parsed.ok ? [] : parsed.faults.map((fault) => `${fault.path} ${fault.code}`);
}

const rowsOf = (matrix: Record<string, unknown>) => matrix['rows'] as Record<string, unknown>[];

describe('who must approve', () => {
  test('a small good case needs one person whose authority covers it', () => {
    const required = requiredStages(MATRIX_V1, CASE);
    expect(required?.row).toBe('M5');
    expect(required?.stages).toEqual([
      {
        name: 'only',
        roles: ['reviewer', 'senior-reviewer', 'risk-officer'],
        seats: 1,
        quorum: 1,
      },
    ]);
    expect(needsSecondPerson(required?.stages ?? [])).toBe(false);
  });

  test('the final stage leaves out roles whose authority ends below the amount', () => {
    const required = requiredStages(MATRIX_V1, { ...CASE, amountFen: 50_000_01 });
    expect(required?.stages.at(-1)?.roles).toEqual(['senior-reviewer', 'risk-officer']);
  });

  test.each([
    ['exactly at a bound', { amountFen: 100_000_00 }, 'M5'],
    ['one fen above it', { amountFen: 100_000_01 }, 'M3'],
    ['grade D at any amount', { grade: 'D' as const, amountFen: 1_000_00 }, 'M2'],
    ['two exceptions', { exceptions: 2 }, 'M5'],
    ['three exceptions', { exceptions: 3 }, 'M4'],
    [
      'a large exposure before everything else',
      { exposureFen: 500_000_01, grade: 'D' as const },
      'M1',
    ],
  ])('%s meets its own row', (_, change, row) => {
    expect(requiredStages(MATRIX_V1, { ...CASE, ...change })?.row).toBe(row);
  });

  test('the answer says of every earlier row which condition kept the case out', () => {
    expect(requiredStages(MATRIX_V1, { ...CASE, amountFen: 150_000_00 })?.why).toEqual([
      { row: 'M1', misfit: 'exposureFen' },
      { row: 'M2', misfit: 'grades' },
      { row: 'M3', misfit: null },
    ]);
  });

  test('an amount above everybody has no approver instead of a wrong one', () => {
    expect(requiredStages(MATRIX_V1, { ...CASE, amountFen: 1_000_000_01 })).toBeNull();
  });

  test('a committee asks for a second person', () => {
    const required = requiredStages(MATRIX_V1, { ...CASE, exposureFen: 600_000_00 });
    expect(needsSecondPerson(required?.stages ?? [])).toBe(true);
    expect(required?.stages.at(-1)).toMatchObject({ seats: 3, quorum: 2 });
  });

  test('every case within the highest authority has approvers, each able to approve the amount', () => {
    const cases = fc.record({
      productCode: fc.constantFrom('PERSONAL_STANDARD', 'OTHER'),
      amountFen: fc.integer({ min: 1, max: 1_000_000_00 }),
      grade: fc.constantFrom(...GRADES),
      exposureFen: fc.integer({ min: 0, max: 5_000_000_00 }),
      exceptions: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(cases, (it) => {
        const last = requiredStages(MATRIX_V1, it)?.stages.at(-1);
        expect(last?.roles.length).toBeGreaterThan(0);
        for (const role of last?.roles ?? [])
          expect(MATRIX_V1.authority[role]).toBeGreaterThanOrEqual(it.amountFen);
      }),
    );
  });
});

describe('reading a matrix', () => {
  test('the shipped matrix is sound', () => {
    expect(parseMatrix(structuredClone(MATRIX_V1))).toEqual({ ok: true, matrix: MATRIX_V1 });
  });

  test.each<[string, (matrix: Record<string, unknown>) => unknown, string]>([
    ['no object', () => 'matrix', '$ NOT_A_MATRIX'],
    ['another format', (m) => ({ ...m, format: 2 }), '$.format FORMAT'],
    ['a field nobody knows', (m) => ({ ...m, colour: 1 }), '$.colour UNKNOWN_FIELD'],
    ['no rows', (m) => ({ ...m, rows: [] }), '$.rows ROWS_INVALID'],
    [
      'ten thousand rows',
      (m) => ({ ...m, rows: Array.from({ length: 10_000 }, () => rowsOf(m)[0]) }),
      '$.rows ROWS_INVALID',
    ],
    [
      'an authority that is no amount',
      (m) => ({ ...m, authority: { ...(m['authority'] as object), reviewer: -1 } }),
      '$.authority.reviewer AUTHORITY_INVALID',
    ],
    [
      'a last row with a condition',
      (m) => ({ ...m, rows: rowsOf(m).slice(0, 4) }),
      '$.rows[3].when NOT_TOTAL',
    ],
    [
      'a row that an earlier one covers',
      (m) => {
        rowsOf(m)[2] = { ...rowsOf(m)[2], when: { grades: ['D'], amountFen: { above: 1 } } };
      },
      '$.rows[2].when UNREACHABLE',
    ],
    [
      'the same id twice',
      (m) => {
        rowsOf(m)[1] = { ...rowsOf(m)[1], id: 'M1' };
      },
      '$.rows[1].id ID_TWICE',
    ],
    [
      'more votes than seats',
      (m) => {
        const [first] = rowsOf(m);
        if (first !== undefined)
          first['stages'] = [{ name: 'x', roles: ['risk-officer'], seats: 1, quorum: 2 }];
      },
      '$.rows[0].stages[0].quorum QUORUM_INVALID',
    ],
    [
      'a role that decides nothing',
      (m) => {
        const [first] = rowsOf(m);
        if (first !== undefined)
          first['stages'] = [{ name: 'x', roles: ['auditor'], seats: 1, quorum: 1 }];
      },
      '$.rows[0].stages[0].roles LIST_INVALID',
    ],
    [
      'a final stage that cannot approve the amounts of its row',
      (m) => {
        rowsOf(m)[0] = {
          id: 'M1',
          zh: '一',
          en: 'one',
          when: { amountFen: { above: 0, upTo: 60_000_00 } },
          stages: [{ name: 'x', roles: ['reviewer'], seats: 1, quorum: 1 }],
        };
      },
      '$.rows[0].stages[0].roles NOBODY_ABLE',
    ],
    [
      'an empty span',
      (m) => {
        const [first] = rowsOf(m);
        if (first !== undefined) first['when'] = { exceptions: { above: 3, upTo: 3 } };
      },
      '$.rows[0].when.exceptions SPAN_EMPTY',
    ],
  ])('%s is refused with its place', (_, change, fault) => {
    expect(faultsOf(change)).toContain(fault);
  });

  test('no value whatever makes reading throw', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 5 }), (value) => {
        expect(parseMatrix(value).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.anything({ maxDepth: 3 }), (rows) => {
        const odd: unknown = { ...(MATRIX_V1 satisfies ApprovalMatrix), rows: [rows] };
        expect(parseMatrix(odd).ok).toBe(false);
      }),
    );
  });
});
