/** Names on lists: what people must look at is found however it is written, and other people's names are not. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareSecondFactors,
  isNameHit,
  nameKeys,
  nameSimilarity,
  normaliseName,
  readName,
} from '../../domain/names.ts';

const alike = (one: string, other: string) => nameSimilarity(readName(one), readName(other));
const sharesKey = (one: string, other: string) => {
  const keys = new Set(nameKeys(readName(one)));
  return nameKeys(readName(other)).some((key) => keys.has(key));
};

/** The same person on an application and on a list. */
const SAME: readonly (readonly [string, string])[] = [
  ['张伟', '张伟'],
  ['张伟', 'ZHANG Wei'],
  ['张伟', 'Wei Zhang'],
  ['张 伟', '张伟'],
  ['ＺＨＡＮＧ ＷＥＩ', '张伟'],
  ['單小明', '单小明'],
  ['单小明', 'SHAN, Xiaoming'],
  ['单小明', 'Xiao-Ming Shan'],
  ['曾国藩', 'Zeng Guofan'],
  ['仇英', 'QIU YING'],
  ['查良镛', 'Zha Liangyong'],
  ['解珍', 'Xie Zhen'],
  ['尉迟恭', 'Yuchi Gong'],
  ['欧阳修', 'OUYANG Xiu'],
  ['欧阳修', 'Ou Yang Xiu'],
  ['吕布', 'LYU BU'],
  ['吕布', 'Lv Bu'],
  ['吕布', 'Lü Bu'],
  ['吕布', 'LU BU'],
  ['聂荣', 'Nie Rong'],
  ['張偉', '张伟'],
  ['劉國華', '刘国华'],
  ['张晓明', '张小明'],
  ['诸葛亮', '诸葛良'],
  ['林志强', 'Lin Zhiqian'],
  ['陈静怡', 'Chen Jinyi'],
  ['阿卜杜拉·买买提', '阿卜杜拉买买提'],
  ['阿卜杜拉•买买提', '阿卜杜拉·买买提'],
  ['KIM Jong-Un', 'Kim Jong Un'],
  ['Mohammed Alqahtani', 'Mohamad Al Qahtani'],
  ['王建国', "Wang Jian'guo"],
  ['任我行', 'Ren Woxing'],
];

/** Other people. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['张伟', '李伟'],
  ['王伟', '汪伟'],
  ['张伟', '张强'],
  ['张伟', 'Zhang Wen'],
  ['单小明', 'Dan Xiaohong'],
  ['王建国', '王国建'],
  ['王建国', '王建军'],
  ['欧阳修', '欧阳锋'],
  ['张三丰', '张三'],
  ['李娜', 'Li Nan'],
  ['吕布', 'Liu Bu'],
  ['陈静怡', '程静仪'],
  ['刘国华', 'Liu Guoqiang'],
  ['KIM Jong-Un', 'Kim Jong Il'],
  ['Mohammed Alqahtani', 'Mahmoud Alzahrani'],
  ['诸葛亮', '诸葛瑾'],
];

describe('names', () => {
  it.each(SAME)('%s and %s are looked at, and the search finds them', (one, other) => {
    expect(isNameHit(alike(one, other), 'UNKNOWN'), String(alike(one, other))).toBe(true);
    expect(sharesKey(one, other)).toBe(true);
  });

  it.each(OTHERS)('%s and %s are two names', (one, other) => {
    expect(isNameHit(alike(one, other), 'UNKNOWN'), String(alike(one, other))).toBe(false);
  });

  it('an agreeing birth date lets a weaker likeness through, a contradicting one asks for nearly the same name', () => {
    expect(isNameHit(alike('王伟', '汪伟'), 'AGREES')).toBe(true);
    expect(isNameHit(alike('张晓明', '张小明'), 'DIFFERS')).toBe(false);
    expect(isNameHit(alike('张伟', '张伟'), 'DIFFERS')).toBe(true);
  });

  it('birth dates agree, contradict or say nothing; sex contradicts alone', () => {
    const born = (birthDate: string | null, sex: 'MALE' | 'FEMALE' | null = null) => ({
      birthDate,
      sex,
    });
    const compare = compareSecondFactors;
    expect(compare(born('1980-05-01'), born('1980-05-01'))).toBe('AGREES');
    expect(compare(born('1980-05-01'), born('1981-01-01'))).toBe('UNKNOWN');
    expect(compare(born('1980-05-01'), born('1982-01-01'))).toBe('DIFFERS');
    expect(compare(born('1980-05-01'), born(null))).toBe('UNKNOWN');
    expect(compare(born('1980-05-01', 'MALE'), born('1980-05-01', 'FEMALE'))).toBe('DIFFERS');
  });

  it('nothing is like an empty name, and dots alone are one', () => {
    expect(normaliseName(' ·・- ')).toBe('');
    expect(alike('·', '·')).toBe(0);
    expect(alike('', '张伟')).toBe(0);
  });

  it('whatever is written, likeness lies between 0 and 1, is symmetric, and nothing throws', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc
        .array(fc.constantFrom('张', '單', '吕', 'lv', ' ', '·', 'Zhang', 'wei'), { maxLength: 8 })
        .map((a) => a.join('')),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        const there = alike(one, other);
        expect(there).toBeGreaterThanOrEqual(0);
        expect(there).toBeLessThanOrEqual(1);
        expect(alike(other, one)).toBeCloseTo(there, 9);
        expect(nameKeys(readName(one)).every((key) => typeof key === 'string')).toBe(true);
      }),
    );
  });
});
