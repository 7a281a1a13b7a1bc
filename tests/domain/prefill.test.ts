/** What is believed of a card that was read from a picture, and what only the person can say. */
import { describe, expect, it } from 'vitest';
import { idCheckDigit } from '../../domain/identifiers.ts';
import { judgeBack, judgeFront } from '../../domain/id-card.ts';
import { judgeLicence } from '../../domain/licence-paper.ts';
import type { Readings } from '../../domain/prefill.ts';

const TODAY = '2026-11-24';
const numberOf = (first17: string): string => first17 + idCheckDigit(first17);
const NUMBER = numberOf('99999919900307124');
const read = (...texts: readonly string[]) => texts.map((text) => ({ text, confidence: 90 }));
const front = (more: Readings) => judgeFront({ number: read(NUMBER, NUMBER), ...more }, TODAY);

describe('a number', () => {
  it('is accepted when its check digit holds and two readings agree, and gives sex and birth', () => {
    const { fields, notes } = front({ birth: read('1990年3月7日'), sex: read('女') });
    expect(fields['number']).toEqual({ value: NUMBER, state: 'ACCEPTED', confidence: 90 });
    expect(fields['sex']).toEqual({ value: '女', state: 'ACCEPTED', confidence: 100 });
    expect(fields['birth']).toEqual({ value: '1990-03-07', state: 'ACCEPTED', confidence: 100 });
    expect(notes).toEqual([]);
  });

  it.each([
    ['one reading alone', read(NUMBER), 'CONFIRM', NUMBER],
    ['two that differ', read(NUMBER, numberOf('99999919900307125')), 'CONFIRM', NUMBER],
    [
      'two pairs that both hold',
      read(NUMBER, NUMBER, numberOf('99999919900307125')),
      'CONFIRM',
      NUMBER,
    ],
    [
      'a wrong check digit, twice',
      read('999999199003071241', '999999199003071241'),
      'MISSING',
      null,
    ],
    [
      'no day of the calendar',
      read(numberOf('99999919900231124'), numberOf('99999919900231124')),
      'MISSING',
      null,
    ],
    [
      'a birth to come',
      read(numberOf('99999920300307124'), numberOf('99999920300307124')),
      'MISSING',
      null,
    ],
    ['seventeen digits', read(NUMBER.slice(1), NUMBER.slice(1)), 'MISSING', null],
    ['nothing', [], 'MISSING', null],
  ] as const)('is never accepted from %s', (_what, number, state, value) => {
    const { fields } = judgeFront({ number }, TODAY);
    expect(fields['number']).toMatchObject({ state, value });
    expect(fields['birth']?.state).not.toBe('ACCEPTED');
    expect(fields['sex']?.state).not.toBe('ACCEPTED');
  });

  it('is not accepted when another birth date is printed, read twice alike', () => {
    const { fields, notes } = front({ birth: read('1991年3月7日', '1991年3月7日') });
    expect(fields['number']?.state).toBe('CONFIRM');
    expect(fields['birth']?.state).toBe('CONFIRM');
    expect(notes).toEqual(['BIRTH_DIFFERS']);
    expect(front({ birth: read('1991年3月7日', '1990年3月7日') }).fields['number']?.state).toBe(
      'ACCEPTED',
    );
  });

  it('of a child, and one of the other sex than printed, is told', () => {
    const young = numberOf('99999920100307124');
    expect(judgeFront({ number: read(young, young) }, TODAY).notes).toEqual(['UNDERAGE']);
    expect(front({ sex: read('男') }).notes).toEqual(['SEX_DIFFERS']);
  });
});

describe('name, nation and address', () => {
  it('are proposals whatever the confidence', () => {
    const sure = (text: string) => [1, 2, 3].map(() => ({ text, confidence: 100 }));
    const { fields } = front({
      name: sure('王芳'),
      nation: sure('汉'),
      address: sure('北京市朝阳区建设路1号'),
    });
    expect(['name', 'nation', 'address'].map((field) => fields[field]?.state)).toEqual([
      'CONFIRM',
      'CONFIRM',
      'CONFIRM',
    ]);
  });

  it('a reading that begins with a surname outweighs one that does not', () => {
    expect(front({ name: read('能永国', '熊永国') }).fields['name']?.value).toBe('熊永国');
    expect(
      front({ name: read('能永国', '能永国', '能永国', '熊永国') }).fields['name']?.value,
    ).toBe('能永国');
  });

  it('take what no card can print for nothing', () => {
    const { fields } = front({ name: read('王', '12'), nation: read('火星'), address: read('号') });
    expect(['name', 'nation', 'address'].map((field) => fields[field]?.state)).toEqual([
      'MISSING',
      'MISSING',
      'MISSING',
    ]);
    expect(front({ nation: read('维吾丰') }).fields['nation']?.value).toBe('维吾尔');
  });
});

describe('the validity', () => {
  const back = (text: string, birthDate: string | null = null) =>
    judgeBack(
      { validity: read(text, text), issuer: read('大连市公安局甘井子分局') },
      TODAY,
      birthDate,
    );

  it.each([
    ['2020.03.01-2025.03.01', null, ['NOT_VALID_TODAY']],
    ['2020.03.01-2030.03.01', null, []],
    ['2020.03.01-2040.03.01', null, []],
    ['2020.03.01-长期', null, []],
    ['2020.03.01-2035.03.01', null, ['VALIDITY_IMPLAUSIBLE']],
    ['2020.03.01-2030.03.02', null, ['VALIDITY_IMPLAUSIBLE']],
    ['2027.03.01-2037.03.01', null, ['NOT_VALID_TODAY']],
    ['2020.03.01-2030.03.01', '2000-01-01', []],
    ['2020.03.01-2040.03.01', '2000-01-01', ['VALIDITY_IMPLAUSIBLE']],
    ['2020.03.01-长期', '1974-03-02', ['VALIDITY_IMPLAUSIBLE']],
    ['2020.03.01-长期', '1974-03-01', []],
    ['2016.02.29-2036.02.29', '1988-01-01', []],
  ] as const)('%s of somebody born %s tells %j', (text, birthDate, notes) => {
    const judged = back(text, birthDate);
    expect(judged.notes).toEqual(notes);
    const state = notes.length === 0 ? 'ACCEPTED' : 'CONFIRM';
    expect(judged.fields['validUntil']?.state).toBe(state);
  });

  it('is typed in where no two dates were made out, and an issuer that is no police is told', () => {
    const { fields, notes } = judgeBack(
      { validity: read('2020.13.01'), issuer: read('某某公司') },
      TODAY,
      null,
    );
    expect([fields['validFrom']?.state, fields['validUntil']?.state]).toEqual([
      'MISSING',
      'MISSING',
    ]);
    expect(notes).toEqual(['ISSUER_IMPLAUSIBLE']);
  });
});

describe('a licence', () => {
  // The standard's own example of a code (GB 32100-2015 with GB 11714).
  const CODE = '91350100M000100Y43';

  it('has its code accepted by both check characters and two readings alone', () => {
    expect(judgeLicence({ code: read(CODE, CODE) }).fields['code']?.state).toBe('ACCEPTED');
    expect(judgeLicence({ code: read(CODE) }).fields['code']?.state).toBe('CONFIRM');
    const wrong = `${CODE.slice(0, 17)}5`;
    expect(judgeLicence({ code: read(wrong, wrong) }).fields['code']?.state).toBe('MISSING');
    expect(judgeLicence({ name: read('某某有限公司') }).fields['name']?.state).toBe('CONFIRM');
  });
});
