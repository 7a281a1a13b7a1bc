/** Identifiers of regulation.md §6 and the masks of §5.2. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  idCheckDigit,
  luhnValid,
  maskAddress,
  maskCard,
  maskIdNumber,
  maskMobile,
  maskName,
  parseMobile,
  parseResidentId,
  parseUscc,
} from '../../domain/identifiers.ts';
import { syntheticId } from './samples.ts';

describe('resident identity number', () => {
  it.each(['11010519491231002X', '53010219200508011X', '440524188001010014'])(
    '%s is valid',
    (number) => {
      expect(parseResidentId(number)).toMatchObject({ ok: true, number });
    },
  );
  it('reads birth date, sex and region', () => {
    expect(parseResidentId('11010519491231002X')).toEqual({
      ok: true,
      number: '11010519491231002X',
      birthDate: '1949-12-31',
      sex: 'FEMALE',
      region: { code: '110105', province: '北京市' },
    });
    expect(parseResidentId('440524188001010014')).toMatchObject({ sex: 'MALE' });
  });
  it('accepts a lower-case x, full-width digits and spaces', () => {
    expect(parseResidentId('１１０１０５１９４９１２３１００２ｘ')).toMatchObject({
      ok: true,
      number: '11010519491231002X',
    });
    expect(parseResidentId(' 110105 19491231 002x ')).toMatchObject({ ok: true });
  });
  it.each([
    ['110105194912310021', 'CHECK_DIGIT'],
    ['11010519491231002', 'LENGTH'],
    ['110105491231002', 'LEGACY_15'],
    ['1101051949123100A1', 'CHARACTERS'],
    ['11010519490231002X', 'DATE'],
    ['110105190002290014', 'DATE'],
  ])('%s is refused: %s', (number, reason) => {
    expect(parseResidentId(number)).toEqual({ ok: false, reason });
  });
  it('a birth date after the given day is refused', () => {
    const number = syntheticId('2030-01-01');
    expect(parseResidentId(number, '2026-11-24')).toEqual({ ok: false, reason: 'FUTURE_DATE' });
    expect(parseResidentId(number).ok).toBe(true);
  });
  it('any single changed digit is noticed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999 }),
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 9 }),
        (sequence, at, shift) => {
          const number = syntheticId('1985-05-05', String(sequence).padStart(3, '0'));
          const changed = String((Number(number[at]) + shift) % 10);
          expect(parseResidentId(number.slice(0, at) + changed + number.slice(at + 1)).ok).toBe(
            false,
          );
        },
      ),
    );
    expect(() => idCheckDigit('123')).toThrow(RangeError);
  });
});

describe('unified social credit code', () => {
  it.each([
    '91350100M000100Y43',
    '91440300708461136T',
    '91110000802100433B',
    '91110108551385082Q',
    '9111000071093123XX',
  ])('%s is valid', (code) => {
    expect(parseUscc(code)).toMatchObject({ ok: true, code });
  });
  it.each([
    ['91350100M000100Y44', 'CHECK_DIGIT'],
    ['91350100M000100Y53', 'ORGANISATION_CHECK'],
    ['9135010IM000100Y43', 'CHARACTERS'],
    ['91350100M000100Y4', 'LENGTH'],
  ])('%s is refused: %s', (code, reason) => {
    expect(parseUscc(code)).toEqual({ ok: false, reason });
  });
});

describe('mobile and card', () => {
  it('reads mainland mobiles and tags virtual operators', () => {
    expect(parseMobile('+86 138-0000-0001')).toEqual({
      ok: true,
      number: '13800000001',
      virtualOperator: false,
    });
    expect(parseMobile('17012345678')).toMatchObject({ virtualOperator: true });
    for (const bad of ['12800000001', '1380000000', '138000000011', 'abc'])
      expect(parseMobile(bad).ok).toBe(false);
  });
  it.each(['4111111111111111', '79927398713', '6222021234567890128'])('Luhn accepts %s', (card) => {
    expect(luhnValid(card)).toBe(true);
    expect(luhnValid(`${card.slice(0, -1)}${(Number(card.at(-1)) + 1) % 10}`)).toBe(false);
  });
});

describe('masks', () => {
  it('show what §5.2 shows and no more', () => {
    expect(maskName('张伟')).toBe('张*');
    expect(maskName('欧阳娜娜')).toBe('欧阳**');
    expect(maskName('𠮷野家')).toBe('𠮷**');
    expect(maskName('张')).toBe('*');
    expect(maskIdNumber('11010519491231002X')).toBe('110***********002X');
    expect(maskMobile('13812345678')).toBe('138****5678');
    expect(maskCard('6222021234567890128')).toBe('622202*********0128');
    expect(maskAddress('浙江省杭州市西湖区文三路1号2单元301室')).toBe('浙江省杭州市西湖区****');
    expect(maskAddress('北京市朝阳区建国路1号')).toBe('北京市朝阳区****');
    expect(maskMobile('123')).toBe('***');
  });
});
