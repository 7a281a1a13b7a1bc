/** The form: every fault is named with its path, and a clean form has none. */
import { describe, expect, it } from 'vitest';
import type { PersonApplication } from '../../domain/apply.ts';
import { checkComplete, mayProceed } from '../../domain/form-rules.ts';
import { fen } from '../../domain/money.ts';
import { PERSONAL_CREDIT, productOn, PRODUCTS, validateRequest } from '../../domain/products.ts';
import { application, AS_OF, NAME, syntheticId } from './samples.ts';

const check = (form: PersonApplication) =>
  checkComplete(form, PERSONAL_CREDIT, { asOf: AS_OF, minAgeYears: 18 });

describe('the application form', () => {
  it('a clean form has no fault', () => {
    expect(check(application())).toEqual([]);
  });

  const contact = { name: '测试李', relation: 'FRIEND', mobile: '13900000002' } as const;
  it.each([
    [
      '/identity/idNumber',
      'CHECK_DIGIT',
      application({ identity: { idNumber: '110105194912310021' } }),
    ],
    [
      '/identity/idNumber',
      'UNDER_AGE',
      application({ identity: { idNumber: syntheticId('2008-11-25') } }),
    ],
    [
      '/identity/idNumber',
      'FUTURE_DATE',
      application({ identity: { idNumber: syntheticId('2027-01-01') } }),
    ],
    [
      '/identity/idValidUntil',
      'ID_EXPIRED',
      application({ identity: { idValidUntil: '2026-11-23' } }),
    ],
    [
      '/identity/idValidFrom',
      'VALID_FROM',
      application({ identity: { idValidFrom: '2027-01-01', idValidUntil: 'LONG_TERM' } }),
    ],
    ['/identity/name', 'NAME', application({ identity: { name: 'Zhang' } })],
    ['/identity/mobile', 'MOBILE', application({ identity: { mobile: '12345678901' } })],
    ['/identity/address', 'ADDRESS', application({ identity: { address: '杭州' } })],
    ['/work/employerName', 'EMPLOYER', application({ work: { employerName: null } })],
    ['/work/employedSince', 'EMPLOYED_SINCE', application({ work: { employedSince: '2027-01' } })],
    ['/work/monthlyIncomeFen', 'INCOME', application({ work: { monthlyIncomeFen: fen(0) } })],
    [
      '/work/monthlyIncomeFen',
      'INCOME_INCONSISTENT',
      application({ work: { employment: 'UNEMPLOYED' } }),
    ],
    ['/loan/amountFen', 'AMOUNT_BELOW', application({ loan: { amountFen: fen(999_99) } })],
    ['/loan/amountFen', 'AMOUNT_ABOVE', application({ loan: { amountFen: fen(200_100_00) } })],
    ['/loan/amountFen', 'AMOUNT_STEP', application({ loan: { amountFen: fen(50_050_00) } })],
    ['/loan/termMonths', 'TERM', application({ loan: { termMonths: 13 } })],
    ['/loan/purpose', 'PURPOSE', application({ loan: { purpose: 'BUSINESS' } })],
    ['/loan/bankCardNumber', 'CARD', application({ loan: { bankCardNumber: '622202' } })],
    ['/loan/contacts', 'CONTACT_COUNT', application({ loan: { contacts: [] } })],
    [
      '/loan/contacts/0/mobile',
      'CONTACT_OWN_MOBILE',
      application({ loan: { contacts: [{ ...contact, mobile: '13800000001' }] } }),
    ],
    [
      '/loan/contacts/0/name',
      'CONTACT_SELF',
      application({ loan: { contacts: [{ ...contact, name: NAME }] } }),
    ],
    [
      '/loan/contacts/1/mobile',
      'CONTACT_TWICE',
      application({ loan: { contacts: [contact, contact] } }),
    ],
  ] as const)('%s %s', (path, code, form) => {
    const errors = check(form);
    const found = errors.find((e) => e.path === path && e.code === code);
    expect(found).toMatchObject({ severity: 'error' });
    expect(found?.zh).toMatch(/\p{Script=Han}/u);
    expect(found?.en).toMatch(/^[A-Z]/);
    expect(mayProceed(errors)).toBe(false);
  });

  it('turns eighteen today: the form is accepted', () => {
    expect(check(application({ identity: { idNumber: syntheticId('2008-11-24') } }))).toEqual([]);
  });

  it('a card that fails Luhn is a warning and lets the form pass', () => {
    const errors = check(application({ loan: { bankCardNumber: '6222021234567890127' } }));
    expect(errors).toMatchObject([{ code: 'CARD_LUHN', severity: 'warning' }]);
    expect(mayProceed(errors)).toBe(true);
  });

  it('rare and minority names are names', () => {
    for (const name of ['𠮷田', '阿卜杜拉·买买提']) {
      expect(check(application({ identity: { name } }))).toEqual([]);
    }
  });

  it('a product off sale is refused', () => {
    expect(productOn(PRODUCTS, 'PERSONAL_CREDIT', '2025-12-31')).toBeNull();
    expect(productOn(PRODUCTS, 'PERSONAL_CREDIT', AS_OF)?.version).toBe(1);
    expect(checkComplete(application(), null, { asOf: AS_OF, minAgeYears: 18 })).toMatchObject([
      { code: 'PRODUCT' },
    ]);
    expect(validateRequest(PERSONAL_CREDIT, fen(1_000_00), 3)).toEqual({ ok: true });
  });
});
