/** The contract as a document: what it says, that it says the same every time, and when it refuses to be made. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ContractPaper,
  ContractPaperError,
} from '../../activities/contract/contract-paper.ts';
import { renderContractPdf } from '../../activities/contract/contract-document.ts';
import { type FontSet, loadFontSet } from '../../activities/contract/fonts.ts';
import type { ContractData } from '../../domain/contract.ts';
import { fen } from '../../domain/money.ts';
import type { ProductFee } from '../../domain/products.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { contractFixture, FONTS_MISSING } from './fixtures.ts';
import { pageTexts, POPPLER_MISSING } from './poppler.ts';

const UPFRONT_FEE: ProductFee = {
  code: 'GUARANTEE',
  zh: '担保服务费',
  en: 'Guarantee fee',
  timing: 'UPFRONT',
  percent: '1.00',
  payee: '示例融资担保有限公司',
};
const MONTHLY_FEE: ProductFee = { ...UPFRONT_FEE, timing: 'PER_INSTALMENT', percent: '0.10' };

/** The same paper with other contract data. */
const changed = (paper: ContractPaper, change: Partial<ContractData>): ContractPaper => ({
  ...paper,
  contract: { ...paper.contract, ...change },
});

/** Text without spaces and line ends, so that a phrase is found wherever its lines were broken. */
const squeeze = (text: string): string => text.replaceAll(/\s/g, '');

describe.skipIf(FONTS_MISSING !== null)(`contract ${FONTS_MISSING ?? ''}`, () => {
  let fonts: FontSet;
  beforeAll(() => {
    fonts = loadFontSet();
  });
  const render = (data: ContractPaper): Promise<Buffer> => renderContractPdf(data, fonts);

  it('The same data gives the same bytes and SM3, whatever the process drew before', async () => {
    const data = contractFixture();
    const first = await render(data);
    await render(contractFixture({ name: '欧阳𡋾', termMonths: 36 }));
    const again = await render(structuredClone(data));
    const fresh = await renderContractPdf(data, loadFontSet());
    expect(sm3Hex(again)).toBe(sm3Hex(first));
    expect(sm3Hex(fresh)).toBe(sm3Hex(first));
  });

  it('Another name, account or purpose gives another SM3', async () => {
    const data = contractFixture();
    const { contract } = data;
    const others = [
      changed(data, { borrower: { ...contract.borrower, name: '张吉' } }),
      changed(data, { payoutCard: '6222021234567890129' }),
      changed(data, { purposeZh: '教育培训' }),
    ];
    const digests = await Promise.all([data, ...others].map(async (d) => sm3Hex(await render(d))));
    expect(new Set(digests).size).toBe(4);
  });

  it('A name with a character no font has makes no contract', async () => {
    const data = contractFixture({ name: '王\u{2a6a5}' });
    await expect(render(data)).rejects.toMatchObject({
      code: 'GLYPH_MISSING',
      codePoints: ['U+2A6A5'],
    });
  });

  it('Neither the metadata nor the names in the file tell who borrows', async () => {
    const data = contractFixture();
    const pdf = (await render(data)).toString('latin1');
    const info = /\/Info (\d+) 0 R/.exec(pdf);
    expect(info).not.toBeNull();
    expect(pdf).not.toContain(data.contract.borrower.identifier);
    expect(pdf).not.toContain(data.contract.borrower.phone);
    const utf16 = Buffer.from(data.contract.borrower.name, 'utf16le').swap16().toString('latin1');
    expect(pdf).not.toContain(utf16);
  });

  it('One contract takes well under a second to draw; the time is printed', async () => {
    const data = contractFixture({ termMonths: 36 });
    await render(data);
    const start = performance.now();
    const pdf = await render(data);
    const took = performance.now() - start;
    console.info(`contract, 36 instalments: ${took.toFixed(0)} ms, ${pdf.length} bytes`);
    expect(took).toBeLessThan(2000);
    expect(pdf.length).toBeLessThan(300_000);
  });

  it.each<[string, (paper: ContractPaper) => ContractPaper, string]>([
    [
      'a monthly fee in the schedule that is not on the disclosure form',
      (paper) =>
        changed(contractFixture({ fees: [MONTHLY_FEE] }), {
          disclosure: paper.contract.disclosure,
        }),
      'COST_NOT_DISCLOSED',
    ],
    [
      'a fee taken at payout that is not on the disclosure form',
      (paper) => ({ ...paper, advancedFen: fen(49_500_00) }),
      'COST_NOT_DISCLOSED',
    ],
    [
      'a fee on the disclosure form that nobody charges',
      (paper) =>
        changed(paper, {
          disclosure: contractFixture({ fees: [UPFRONT_FEE] }).contract.disclosure,
        }),
      'COST_NOT_DISCLOSED',
    ],
    [
      'a disclosure without the price of being overdue',
      (paper) => changed(paper, { disclosure: { ...paper.contract.disclosure, contingent: [] } }),
      'CONTINGENT_COST_MISSING',
    ],
    [
      'a schedule that repays another amount',
      (paper) => changed(paper, { amountFen: fen(50_000_01) }),
      'PRINCIPAL_DIFFERS',
    ],
    ['a card number cut short', (paper) => changed(paper, { payoutCard: '0128' }), 'CARD_INVALID'],
    [
      'an authorisation letter of which one word was changed',
      (paper) => ({
        ...paper,
        authorisation: {
          ...paper.authorisation,
          paragraphs: paper.authorisation.paragraphs.map((p) => ({
            ...p,
            text: p.text.replace('贷款审批', '贷后管理'),
          })),
        },
      }),
      'AUTHORISATION_DIFFERS',
    ],
    [
      'a text version we do not have',
      (paper) => changed(paper, { templateVersion: 2 }),
      'TEMPLATE_UNKNOWN',
    ],
    ['an instant that is none', (paper) => ({ ...paper, createdAt: 'yesterday' }), 'DATE_INVALID'],
  ])('No contract is made of %s', async (_, change, code) => {
    const failure = render(change(contractFixture()));
    await expect(failure).rejects.toBeInstanceOf(ContractPaperError);
    await expect(failure).rejects.toMatchObject({ code });
  });
});

describe.skipIf(FONTS_MISSING !== null || POPPLER_MISSING !== null)(
  `contract text ${FONTS_MISSING ?? POPPLER_MISSING ?? ''}`,
  () => {
    let fonts: FontSet;
    let pages: readonly string[];
    let text: string;
    beforeAll(async () => {
      fonts = loadFontSet();
      const data = contractFixture({ termMonths: 36, fees: [UPFRONT_FEE] });
      pages = pageTexts(await renderContractPdf(data, fonts));
      text = squeeze(pages.join('\n'));
    });

    it.each([
      ['the lender and its code', '示例银行股份有限公司', '91350100M000100Y43'],
      ['the borrower in full', '张𠮷', '11010519491231002X'],
      ['the amount in figures and capitals', '人民币50,000.00元（大写：伍万元整）'],
      ['the rate and how it is reckoned', '借款年利率（单利）', '年化利率（IRR复利）'],
      ['what the borrower really receives', '借款人实际收到人民币49,500.00元'],
      ['every cost with its payee', '担保服务费', '借款本金的1.00%', '示例融资担保有限公司'],
      ['contingent costs', '年利率21.6%', '年利率28.8%', '提前还款违约金'],
      ['that nothing else is charged', '不再收取任何与本次贷款相关的利息或费用'],
      ['the account by its last four digits', '尾号0128的银行卡账户'],
      ['that the signing is recorded', '对签约过程进行录音录像'],
      ['that a default is reported, beforehand', '不良信息事先告知', '《征信业管理条例》第十五条'],
      ['the complaint line', '12378'],
      ['the authorisation letter as annex', '附件三', '个人征信授权书', '本人授权贵机构'],
      ['the digest of the letter', contractFixture().contract.authorisationHash],
    ])('The contract states %s', (_, ...phrases) => {
      for (const phrase of phrases) expect(text).toContain(squeeze(phrase));
    });

    it('Every page carries its number, the number of pages and the contract number', () => {
      expect(pages.length).toBeGreaterThan(5);
      for (const [index, page] of pages.entries()) {
        expect(squeeze(page)).toContain(`第${index + 1}页共${pages.length}页`);
        expect(squeeze(page)).toContain('合同编号：XD202611240001');
      }
    });

    it('A schedule of 36 instalments runs over the page with its head repeated and no row lost', () => {
      const withRows = pages.filter((page) => /^\s*\d+\s+20\d\d-\d\d-24\s/m.test(page));
      expect(withRows.length).toBe(2);
      for (const page of withRows) expect(squeeze(page)).toContain('期次应还日应还本金应还利息');
      const numbers = Array.from(
        withRows.join('\n').matchAll(/^\s*(\d+)\s+20\d\d-\d\d-24\s/gm),
        ([, number]) => Number(number),
      );
      expect(numbers).toEqual(Array.from({ length: 36 }, (_, i) => i + 1));
    });
  },
);
