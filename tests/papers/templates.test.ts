/** Papers from templates: the contract as it was before, every other paper as a reader sees it, and old papers as they were. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  renderContractPdf,
  renderDisclosurePdf,
  renderSchedulePdf,
} from '../../activities/contract/contract-document.ts';
import { type FontSet, loadFontSet } from '../../activities/contract/fonts.ts';
import { renderTemplatePdf } from '../../activities/contract/template-pdf.ts';
import type { Template, TemplatePurpose } from '../../domain/template.ts';
import { CONTRACT_V1 } from '../../domain/templates/contract-v1.ts';
import { SHIPPED_TEMPLATES } from '../../domain/templates/shipped.ts';
import { contractFixture, FONTS_MISSING } from './fixtures.ts';
import { pageTexts, type Picture, pictureOf, POPPLER_MISSING, wordsOf } from './poppler.ts';
import { SAMPLE_VALUES } from './template-samples.ts';

const reason = FONTS_MISSING ?? POPPLER_MISSING;
const FEE = {
  code: 'SERVICE',
  zh: '担保费',
  en: 'Guarantee fee',
  percent: '0.50',
  timing: 'UPFRONT',
  payee: '示例融资担保有限公司',
} as const;
const IMPRINT = {
  author: '示例银行股份有限公司',
  reference: 'XD0001',
  createdAt: new Date('2026-11-24T02:03:04Z'),
};

/** Share of pixels that are black in one picture and white in the other. */
function difference(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let differing = 0;
  for (const [place, one] of a.pixels.entries())
    if (Math.abs(one - (b.pixels[place] ?? 255)) > 128) differing += 1;
  return differing / (a.width * a.height);
}

/** Heights of the words with a percent sign: a rate's prominence as it stands on the page. */
const rateHeights = (pdf: Buffer, page: number, percent: string): readonly number[] =>
  wordsOf(pdf, page)
    .filter(({ text }) => text.includes(`${percent}%`))
    .map(({ yMax, yMin }) => yMax - yMin);

describe.skipIf(reason !== null)(`papers from templates ${reason ?? ''}`, () => {
  let fonts: FontSet;
  const drawn = new Map<TemplatePurpose, Buffer>();
  beforeAll(async () => {
    fonts = loadFontSet();
    const paper = contractFixture({ fees: [FEE] });
    const reading = {
      minReadSeconds: 10,
      capNote: '按适用规则计算的年化成本为15.39%，未超过24.00%的上限。',
    };
    const { COST_DISCLOSURE, REPAYMENT_SCHEDULE } = SHIPPED_TEMPLATES;
    drawn.set('CONTRACT', await renderContractPdf(paper, fonts));
    drawn.set('COST_DISCLOSURE', await renderDisclosurePdf(paper, reading, fonts, COST_DISCLOSURE));
    drawn.set('REPAYMENT_SCHEDULE', await renderSchedulePdf(paper, fonts, REPAYMENT_SCHEDULE));
    for (const [purpose, values] of Object.entries(SAMPLE_VALUES))
      drawn.set(
        purpose as TemplatePurpose,
        await renderTemplatePdf(
          SHIPPED_TEMPLATES[purpose as TemplatePurpose],
          values,
          IMPRINT,
          fonts,
        ),
      );
    const folder = process.env['PAPERS_TO'];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    for (const [purpose, pdf] of drawn) writeFileSync(`${folder}/${purpose}.pdf`, pdf);
  }, 60_000);

  const of = (purpose: TemplatePurpose): Buffer => {
    const pdf = drawn.get(purpose);
    if (pdf === undefined) throw new Error(`no ${purpose} was drawn`);
    return pdf;
  };

  it('The contract from its template is the contract that the code drew before: fewer than 1 in 1,000 pixels differ', () => {
    const before = readFileSync(new URL('./former/contract-v1.pdf', import.meta.url));
    const after = of('CONTRACT');
    const pages = pageTexts(before).length;
    expect(pageTexts(after)).toHaveLength(pages);
    for (let page = 1; page <= pages; page += 1)
      expect(difference(pictureOf(before, page), pictureOf(after, page))).toBeLessThan(0.001);
  });

  it('Every shipped template is drawn, and every character that is on a page leaves ink there', () => {
    expect([...drawn.keys()].toSorted()).toEqual(Object.keys(SHIPPED_TEMPLATES).toSorted());
    for (const [purpose, pdf] of drawn) {
      if (purpose === 'CONTRACT') continue;
      for (let page = 1; page <= pageTexts(pdf).length; page += 1) {
        const picture = pictureOf(pdf, page);
        const blank = wordsOf(pdf, page).filter((box) => picture.ink(box) < 0.01);
        expect([purpose, blank.map(({ text }) => text)]).toEqual([purpose, []]);
      }
    }
  });

  it('Every paper declares itself PDF/A-2b, with the colours it needs for that', () => {
    for (const [purpose, pdf] of drawn) {
      const text = pdf.toString('latin1');
      expect([purpose, /<pdfaid:part>2<\/pdfaid:part>/u.test(text)]).toEqual([purpose, true]);
      expect([purpose, text.includes('GTS_PDFA1')]).toEqual([purpose, true]);
    }
  });

  it('No page prints a variable instead of its value', () => {
    for (const [purpose, pdf] of drawn)
      expect([
        purpose,
        pageTexts(pdf)
          .join('')
          .match(/\{\{|\}\}|undefined|NaN|null/u),
      ]).toEqual([purpose, null]);
  });

  it('On the page no rate is larger or darker than the annualised total cost', () => {
    const pdf = of('COST_DISCLOSURE');
    const { annualRate, disclosure } = contractFixture({ fees: [FEE] }).contract;
    const largest = (percent: string) => Math.max(...rateHeights(pdf, 1, percent));
    expect(largest(disclosure.annualised.simple)).toBeGreaterThan(largest(annualRate));
    expect(largest(disclosure.annualised.compound)).toBeGreaterThan(largest(annualRate));
    const picture = pictureOf(pdf, 1);
    const ink = (percent: string) => {
      const words = wordsOf(pdf, 1).filter(({ text }) => text.includes(`${percent}%`));
      return Math.max(...words.map((box) => picture.ink(box) * (box.yMax - box.yMin)));
    };
    expect(ink(disclosure.annualised.simple)).toBeGreaterThanOrEqual(ink(annualRate));
  });

  it('On no page of the contract is a rate larger or bolder than the annualised ones where they stand out most', () => {
    const pdf = of('CONTRACT');
    const { simple, compound } = contractFixture({ fees: [FEE] }).contract.disclosure.annualised;
    const rates = pageTexts(pdf).flatMap((_, i) =>
      wordsOf(pdf, i + 1)
        .filter(({ text }) => /\d%/u.test(text))
        .map((word) => ({ ...word, page: i + 1, height: word.yMax - word.yMin })),
    );
    const tallest = Math.max(...rates.map(({ height }) => height));
    const bold = (word: (typeof rates)[number]) => picture(word.page).ink(word);
    const pictures = new Map<number, Picture>();
    const picture = (page: number): Picture => {
      const known = pictures.get(page) ?? pictureOf(pdf, page);
      pictures.set(page, known);
      return known;
    };
    const best = [simple, compound].map((percent) => {
      const places = rates.filter(({ text }) => text === `${percent}%`);
      return places.find(({ height }) => height > tallest - 0.1);
    });
    const beside = rates.filter(({ height }) => height > tallest - 0.1).map(bold);
    for (const word of best) {
      if (word === undefined) throw new Error('An annualised rate is smaller than another rate.');
      // Other digits leave a little more or less ink; a bold weight beside a regular one leaves half as much again.
      expect(bold(word)).toBeGreaterThan(Math.max(...beside) * 0.85);
    }
    expect(rates.length).toBeGreaterThan(5);
  });

  it('A box is empty until its act was agreed to', async () => {
    const template = SHIPPED_TEMPLATES.AUTHORISATION_GUARANTOR;
    const values = SAMPLE_VALUES.AUTHORISATION_GUARANTOR;
    const inkOfBoxes = async (acts: readonly string[]) => {
      const agreedActs = acts.map((text) => ({ text, prominent: false }));
      const pdf = await renderTemplatePdf(template, { ...values, agreedActs }, IMPRINT, fonts);
      const picture = pictureOf(pdf, 1);
      return wordsOf(pdf, 1)
        .filter(({ text, xMin }) => /^(同意|已知悉|单独同意)/u.test(text) && xMin < 80)
        .map(({ yMin, yMax }) => {
          const middle = (yMin + yMax) / 2;
          return picture.ink({ xMin: 59.5, xMax: 66.5, yMin: middle - 3.5, yMax: middle + 3.5 });
        });
    };
    expect(await inkOfBoxes([])).toEqual([0, 0, 0, 0]);
    const [query, report, negative, sensitive] = await inkOfBoxes(['QUERY', 'SENSITIVE']);
    expect(query).toBeGreaterThan(0.05);
    expect(sensitive).toBeGreaterThan(0.05);
    expect([report, negative]).toEqual([0, 0]);
  });

  it('An old contract is drawn again byte for byte from the version it pins, whatever came after', async () => {
    const paper = contractFixture();
    const first = await renderContractPdf(paper, fonts);
    const second: Template = { ...CONTRACT_V1, version: 2, title: '个人借款合同（新版）' };
    await expect(renderContractPdf(paper, fonts, second)).rejects.toMatchObject({
      code: 'TEMPLATE_UNKNOWN',
    });
    const newer = { ...paper, contract: { ...paper.contract, templateVersion: 2 } };
    expect((await renderContractPdf(newer, fonts, second)).equals(first)).toBe(false);
    expect((await renderContractPdf(paper, fonts, CONTRACT_V1)).equals(first)).toBe(true);
  });

  it('A name with 𠮷 is on the certificate; one that no font can draw stops the paper', async () => {
    const { SETTLEMENT_CERTIFICATE: template } = SHIPPED_TEMPLATES;
    const named = (borrowerName: string) =>
      renderTemplatePdf(
        template,
        { ...SAMPLE_VALUES.SETTLEMENT_CERTIFICATE, borrowerName },
        IMPRINT,
        fonts,
      );
    expect(pageTexts(await named('张𠮷')).join('')).toContain('张𠮷');
    await expect(named('张\u{E000}')).rejects.toMatchObject({ code: 'GLYPH_MISSING' });
  });
});
