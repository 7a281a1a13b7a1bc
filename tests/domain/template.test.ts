/** Templates are read strictly: a variable that is unknown, missing or of another type, and anything like code, is refused. */
import { describe, expect, it } from 'vitest';
import { fillTemplate } from '../../domain/template-fill.ts';
import { parseTemplate } from '../../domain/template-parse.ts';
import type { Template, TemplateBlock } from '../../domain/template.ts';
import { SHIPPED_TEMPLATES } from '../../domain/templates/shipped.ts';
import { SAMPLE_VALUES } from '../papers/template-samples.ts';

const NOTICE = SHIPPED_TEMPLATES.DECLINE_NOTICE;

/** Faults as `place CODE`. */
function faultsOf(document: unknown): readonly string[] {
  const read = parseTemplate(document);
  return read.ok ? [] : read.faults.map(({ path, code }) => `${path} ${code}`);
}

/** The notice with one more block at its end, whose place is `blocks[<last>]`. */
const LAST = NOTICE.blocks.length;
const withBlock = (block: unknown): unknown => ({ ...NOTICE, blocks: [...NOTICE.blocks, block] });
const saying = (text: string): unknown => withBlock({ kind: 'paragraph', style: 'BODY', text });
const without = (kind: TemplateBlock['kind']): Template => ({
  ...NOTICE,
  blocks: NOTICE.blocks.filter((block) => block.kind !== kind),
});

describe('templates', () => {
  it('shipped ones have no fault', () => {
    for (const template of Object.values(SHIPPED_TEMPLATES))
      expect([template.id, faultsOf(template)]).toEqual([template.id, []]);
  });

  it('a variable that is not declared, or does not exist for such a paper, is named with its place', () => {
    expect(faultsOf(saying('{{colour}}'))).toEqual([`blocks[${LAST}].text UNKNOWN_VARIABLE`]);
    const variables = [...NOTICE.variables, { name: 'annualRate', type: 'rate' }];
    const place = NOTICE.variables.length;
    expect(faultsOf({ ...NOTICE, variables })).toEqual([
      `variables[${place}].name UNKNOWN_VARIABLE`,
      `variables[${place}] VARIABLE_UNUSED`,
    ]);
    expect(faultsOf(saying('{{amount'))).toEqual([`blocks[${LAST}].text UNKNOWN_VARIABLE`]);
  });

  it('what the paper must say cannot be left out, nor hidden behind a condition', () => {
    expect(faultsOf(without('lines'))).toContain('blocks VARIABLE_MISSING');
    const blocks = NOTICE.blocks.map((one) =>
      one.kind === 'lines' ? { ...one, when: 'automated' } : one,
    );
    expect(faultsOf({ ...NOTICE, blocks })).toEqual(['blocks VARIABLE_MISSING']);
  });

  it('a variable has its one type, and a format that the type has', () => {
    const variables = NOTICE.variables.map((one) =>
      one.name === 'amount' ? { ...one, type: 'text' } : one,
    );
    expect(faultsOf({ ...NOTICE, variables })[0]).toMatch(/^variables\[\d+\]\.type VARIABLE_TYPE$/);
    expect(faultsOf(saying('{{amount|zh}}'))).toEqual([`blocks[${LAST}].text VARIABLE_FORMAT`]);
    expect(faultsOf(saying('{{reasons}}'))).toEqual([`blocks[${LAST}].text VARIABLE_TYPE`]);
  });

  it('a loop, a condition, an include or an expression is refused as code', () => {
    for (const text of [
      '{{#each reasons}}',
      '{{/each}}',
      '{{> other}}',
      '{% for x in y %}',
      '${process}',
      '<%= x %>',
      '{{{amount}}}',
    ])
      expect([text, faultsOf(saying(text))]).toEqual([
        text,
        [`blocks[${LAST}].text TEMPLATE_CODE`],
      ]);
    for (const kind of ['loop', 'each', 'if', 'include', 'template'])
      expect(faultsOf(withBlock({ kind, blocks: [] }))).toEqual([
        `blocks[${LAST}].kind TEMPLATE_CODE`,
      ]);
  });

  it('a box cannot come ticked, and one act has one box', () => {
    const { AUTHORISATION_GUARANTOR: letter } = SHIPPED_TEMPLATES;
    const change = (items: (one: readonly { act: string; text: string }[]) => unknown) => ({
      ...letter,
      blocks: letter.blocks.map((one) =>
        one.kind === 'boxes' ? { ...one, items: items(one.items) } : one,
      ),
    });
    const ticked = change((items) => items.map((item) => ({ ...item, checked: true })));
    expect(faultsOf(ticked)[0]).toMatch(/items\[0\]\.checked UNKNOWN_MEMBER$/);
    const twice = change((items) => [...items, ...items.slice(0, 1)]);
    expect(faultsOf(twice)[0]).toMatch(/items\[4\]\.act DUPLICATE_ID$/);
  });

  it('no rate stands out more than the annualised total cost, and none is written out', () => {
    const { COST_DISCLOSURE: form } = SHIPPED_TEMPLATES;
    const loud = { kind: 'paragraph', style: 'TITLE', text: '年利率低至{{annualRate}}%' };
    expect(faultsOf({ ...form, blocks: [...form.blocks, loud] })).toEqual([
      `blocks[${form.blocks.length}] RATE_MORE_PROMINENT`,
    ]);
    const equal = { kind: 'rates', items: [{ label: '年利率', rate: 'annualRate' }] };
    expect(faultsOf({ ...form, blocks: [...form.blocks, equal] })).toEqual([]);
    expect(faultsOf(saying('日利率0.04%'))).toEqual([`blocks[${LAST}].text RATE_WRITTEN_OUT`]);
  });

  it('a rate is weighed wherever it stands: in a title, a label, a head, a cell, a signature or a text from the loan', () => {
    const { COST_DISCLOSURE: form, CONTRACT: contract } = SHIPPED_TEMPLATES;
    const withAnnualised = (...blocks: readonly unknown[]) => ({
      ...form,
      blocks: [
        ...form.blocks.filter(({ kind }) => kind !== 'rates'),
        { kind: 'paragraph', style: 'SMALL', text: '以下为成本' },
        ...blocks,
      ],
    });
    const both = '{{annualisedSimple}}%，{{annualisedCompound}}%';
    const fact = { kind: 'facts', rows: [['年化综合融资成本', both]] };
    const small = { kind: 'paragraph', style: 'SMALL', text: both };
    const last = withAnnualised(fact).blocks.length;
    const rate = '年利率{{annualRate}}%';
    expect(faultsOf(withAnnualised(fact))).toEqual([]);
    for (const block of [
      {
        kind: 'articles',
        articles: [{ title: rate, clauses: [{ text: '。', prominent: false }] }],
      },
      { kind: 'signatures', parties: [[rate]] },
      { kind: 'paragraph', style: 'BODY', text: rate },
      { kind: 'paragraph', style: 'BODY', text: '{{capNote}}', when: 'capNote' },
    ])
      expect([block, faultsOf(withAnnualised(fact, block))]).toEqual([
        block,
        [`blocks[${last}] RATE_MORE_PROMINENT`],
      ]);
    // The cells of a table are larger than the small print, whichever row is bold.
    const cells = form.blocks.findIndex((one) => one.kind === 'table');
    const before = form.blocks.slice(0, cells).filter(({ kind }) => kind === 'rates').length;
    expect(faultsOf(withAnnualised(small))).toEqual([
      `blocks[${cells - before}] RATE_MORE_PROMINENT`,
    ]);
    // An annualised rate that may be left out makes up for nothing.
    const sometimes = {
      kind: 'rates',
      when: 'capNote',
      items: [{ label: rate, rate: 'annualisedSimple' }],
    };
    expect(faultsOf(withAnnualised(fact, sometimes))).toEqual([
      `blocks[${last}] RATE_MORE_PROMINENT`,
    ]);
    const penalty = { kind: 'paragraph', style: 'TITLE', text: '{{penaltyStandard}}' };
    expect(faultsOf({ ...contract, blocks: [...contract.blocks, penalty] })).toEqual([
      `blocks[${contract.blocks.length}] RATE_MORE_PROMINENT`,
    ]);
  });

  it('the name of a paper and of its number are plain words, without a rate', () => {
    expect(faultsOf({ ...NOTICE, title: '年利率3.6%起' })).toEqual(['title RATE_WRITTEN_OUT']);
    expect(faultsOf({ ...NOTICE, title: '年利率百分之三起' })).toEqual(['title RATE_WRITTEN_OUT']);
    expect(faultsOf({ ...NOTICE, referenceLabel: '{{amount}}' })).toEqual([
      'referenceLabel VARIABLE_PLACE',
    ]);
    expect(faultsOf({ ...NOTICE, title: '{% include x %}' })).toEqual(['title TEMPLATE_CODE']);
  });

  it('nothing that is no template throws', () => {
    for (const value of [
      null,
      1,
      'x',
      [],
      {},
      { ...NOTICE, blocks: [null, 1, []] },
      { ...NOTICE, id: 'OTHER' },
    ])
      expect(parseTemplate(value).ok).toBe(false);
  });
});

describe('a filled template', () => {
  const values = SAMPLE_VALUES.DECLINE_NOTICE;

  it('is refused with the variable’s name when a value is missing or of another type', () => {
    const refusal = (over: object) => {
      try {
        fillTemplate(NOTICE, { ...values, ...over });
        return null;
      } catch (error) {
        return error;
      }
    };
    expect(refusal({})).toBeNull();
    expect(refusal({ applicantName: '' })).toMatchObject({
      code: 'TEMPLATE_VALUE_MISSING',
      variable: 'applicantName',
    });
    expect(refusal({ amount: 1.5 })).toMatchObject({
      code: 'TEMPLATE_VALUE_INVALID',
      variable: 'amount',
    });
    expect(refusal({ appliedOn: '24/11/2026' })).toMatchObject({ code: 'TEMPLATE_VALUE_INVALID' });
    expect(refusal({ reasons: [] })).toMatchObject({
      code: 'TEMPLATE_VALUE_MISSING',
      variable: 'reasons',
    });
  });

  it('prints amounts with their words, and leaves out what has nothing to say', () => {
    const text = JSON.stringify(fillTemplate(NOTICE, values));
    expect(text).toContain('人民币50,000.00元（大写：伍万元整）');
    expect(text).toContain('人工复核');
    expect(JSON.stringify(fillTemplate(NOTICE, { ...values, automated: '' }))).not.toContain(
      '人工复核',
    );
  });

  it('tells no declined person what must not be told', () => {
    expect(JSON.stringify(values.reasons)).toContain('综合评估未达到本产品的要求');
    expect(JSON.stringify(values)).not.toMatch(/KO_|制裁|sanction/iu);
  });

  it('takes a value as it is: what looks like a variable in a name is a name', () => {
    const named = fillTemplate(NOTICE, { ...values, applicantName: '{{amount}}' });
    expect(JSON.stringify(named)).toContain('"text":"{{amount}}："');
  });
});
