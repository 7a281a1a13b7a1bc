/** The permissions that people read are those that hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MATRIX, ROUTE_DATA } from '../../../api/matrix.ts';
import { incompatibleRoles, ROLES } from '../../../domain/authority.ts';
import {
  PERMISSIONS_DOCUMENT,
  permissionsDocument,
} from '../../../tools/permissions-table/table.ts';
import { ROOT } from '../../house/sources.ts';

it('docs/permissions.md is up to date', () => {
  const text = readFileSync(join(ROOT, PERMISSIONS_DOCUMENT), 'utf8');
  expect(text, 'run `npm run permissions-table` and look at what changed').toBe(
    permissionsDocument(),
  );
});

it('no role may call a route of whose answer it sees nothing', () => {
  const blind = MATRIX.filter(
    ({ route, data }) => ROUTE_DATA[route].length > 0 && data.length === 0,
  );
  expect(blind).toEqual([]);
});

it('no two roles of different areas go together for one person of the lender', () => {
  const staff = ROLES.filter((role) => role !== 'applicant' && role !== 'integrator');
  const together = staff.flatMap((one, index) =>
    staff
      .slice(index + 1)
      .filter((other) => incompatibleRoles([one, other]) === null)
      .map((other) => `${one} + ${other}`),
  );
  expect(together).toEqual([
    'reviewer + senior-reviewer',
    'reviewer + risk-officer',
    'reviewer + risk-approver',
    'senior-reviewer + risk-officer',
    'senior-reviewer + risk-approver',
  ]);
});

it('makers and checkers, deciders and payers, watchers and doers are named as they are refused', () => {
  expect(incompatibleRoles(['finance-maker', 'finance-checker'])).toEqual([
    'finance-maker',
    'finance-checker',
  ]);
  expect(incompatibleRoles(['operations', 'reviewer'])).toEqual(['reviewer', 'operations']);
  expect(incompatibleRoles(['auditor', 'finance-maker'])).toEqual(['auditor', 'finance-maker']);
  expect(incompatibleRoles(['security-admin', 'auditor'])).toEqual(['security-admin', 'auditor']);
  expect(incompatibleRoles(['applicant', 'reviewer'])).toBeNull();
});
