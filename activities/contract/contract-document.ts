/**
 * The loan contract as a PDF: parties, rate, articles, repayment schedule, cost disclosure, signature block and the
 * credit authorisation as annex. The same data gives the same bytes, hence the same SM3.
 */
import { METHOD_NAMES_ZH } from '../../domain/loan-terms.ts';
import { chineseAmount, formatYuan } from '../../domain/money.ts';
import { PAGE, TEXT_WIDTH } from './canvas.ts';
import { chineseDate, contractArticles } from './contract-clauses.ts';
import { assertContractPaper, type ContractPaper, totalsOf } from './contract-paper.ts';
import { contingentCostTable, normalCostTable } from './cost-disclosure.ts';
import type { FontSet } from './fonts.ts';
import { baselineOffset, createPaper, lineHeight, type Paper } from './layout.ts';
import type { Row, Table } from './table.ts';

const TITLE = '个人借款合同';

const CHINESE_DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** Ordinal of an article, 1 to 19: 12 → 十二. */
function chineseOrdinal(n: number): string {
  const unit = CHINESE_DIGITS[n % 10] ?? '';
  return n < 10 ? unit : `十${unit}`;
}

/** Names and values without a head; what has no value has no row. */
function factTable(pairs: readonly (readonly [string, string])[]): Table {
  return {
    head: false,
    size: 9.5,
    columns: [
      { title: '', share: 22 },
      { title: '', share: 78 },
    ],
    rows: pairs.filter(([, value]) => value !== '').map((cells): Row => ({ cells })),
  };
}

function writeParties(paper: Paper, data: ContractPaper): void {
  const { contract } = data;
  const { lender, borrower } = contract;
  paper.paragraph(TITLE, { weight: 'bold', size: 20, align: 'center', spaceAfter: 2 });
  const reference = `合同编号：${contract.contractNumber}　制作日期：${chineseDate(contract.signingDate)}`;
  paper.paragraph(reference, { size: 10, align: 'center', spaceAfter: 10 });
  paper.table(
    factTable([
      ['贷款人', lender.name],
      ['统一社会信用代码', lender.identifier],
      ['住所', lender.address],
      ['联系电话', lender.phone],
    ]),
  );
  paper.table(
    factTable([
      ['借款人', borrower.name],
      ['居民身份证号码', borrower.identifier],
      ['手机号码', borrower.phone],
      ['住址', borrower.address],
    ]),
  );
}

/** The rates beside one another in the same size, so that none is less conspicuous (公告〔2021〕3号). */
function writeRates(paper: Paper, data: ContractPaper): void {
  const { annualRate, disclosure } = data.contract;
  const { annualised } = disclosure;
  const rates = [
    ['借款年利率（单利）', annualRate],
    ['年化利率（单利）', annualised.simple],
    ['年化利率（IRR复利）', annualised.compound],
  ] as const;
  const height = 58;
  paper.reserve(height + 60);
  const top = paper.cursor;
  const width = TEXT_WIDTH / rates.length;
  paper.canvas.fill(PAGE.left, top, TEXT_WIDTH, height);
  for (const [index, [name, rate]] of rates.entries()) {
    const middle = PAGE.left + width * (index + 0.5);
    const label = { text: name, weight: 'bold', size: 10 } as const;
    const value = { text: `${rate}%`, weight: 'bold', size: 18 } as const;
    paper.canvas.draw(label, middle - paper.canvas.measure(label.text, label) / 2, top + 20);
    paper.canvas.draw(value, middle - paper.canvas.measure(value.text, value) / 2, top + 45);
  }
  paper.space(height + 6);
  paper.paragraph(
    '年化利率以对借款人收取的全部贷款成本与其实际占用的贷款本金的比例计算，并折算为年化形式（中国人民银行公告〔2021〕第3号）。',
    { size: 8.5, spaceAfter: 6 },
  );
}

function writeSummary(paper: Paper, data: ContractPaper): void {
  const { contract } = data;
  const { amountFen, instalments } = contract;
  const totals = totalsOf(data);
  const [first] = instalments;
  const firstPayment =
    first === undefined
      ? ''
      : `${chineseDate(first.dueDate)}，人民币${formatYuan(first.paymentFen)}元`;
  paper.table(
    factTable([
      ['借款本金', `人民币${formatYuan(amountFen)}元（大写：${chineseAmount(amountFen)}）`],
      ['借款期限', `${contract.termMonths}个月，共${instalments.length}期`],
      ['借款用途', contract.purposeZh],
      ['还款方式', METHOD_NAMES_ZH[contract.method]],
      ['首期应还', firstPayment],
      ['利息合计', `人民币${formatYuan(totals.interestFen)}元`],
      ['费用合计', `人民币${formatYuan(totals.feeFen)}元`],
      ['贷款产品', data.productZh],
    ]),
  );
}

function writeArticles(paper: Paper, data: ContractPaper): void {
  paper.paragraph(
    '贷款人与借款人依据《中华人民共和国民法典》等法律法规，在平等、自愿的基础上，就借款事宜达成一致，订立本合同。加粗字体标示的条款与借款人有重大利害关系，请借款人特别注意。',
  );
  for (const [index, article] of contractArticles(data).entries()) {
    paper.heading(`第${chineseOrdinal(index + 1)}条　${article.title}`);
    for (const [at, clause] of article.clauses.entries()) {
      paper.clause(`${index + 1}.${at + 1}`, clause.text, clause.prominent);
    }
  }
}

function annexTitle(paper: Paper, title: string): void {
  paper.paragraph(title, { weight: 'bold', size: 14, align: 'center', spaceAfter: 8 });
}

function writeSchedule(paper: Paper, data: ContractPaper): void {
  const { instalments } = data.contract;
  const totals = totalsOf(data);
  const money = { share: 15, align: 'right' } as const;
  const rows = instalments.map(
    (one): Row => ({
      cells: [
        String(one.number),
        one.dueDate,
        formatYuan(one.principalFen),
        formatYuan(one.interestFen),
        formatYuan(one.feeFen),
        formatYuan(one.paymentFen),
        formatYuan(one.balanceFen),
      ],
    }),
  );
  const total: Row = {
    cells: [
      '合计',
      '',
      formatYuan(totals.principalFen),
      formatYuan(totals.interestFen),
      formatYuan(totals.feeFen),
      formatYuan(totals.paymentFen),
      '',
    ],
    weight: 'bold',
  };
  annexTitle(paper, '附件一　还款计划表');
  paper.paragraph(`单位：人民币元　计划放款日：${data.plannedPayoutDate}`, { size: 9 });
  paper.table({
    columns: [
      { title: '期次', share: 8, align: 'center' },
      { title: '应还日', share: 16, align: 'center' },
      { title: '应还本金', ...money },
      { title: '应还利息', ...money },
      { title: '应还费用', ...money },
      { title: '应还合计', ...money },
      { title: '剩余本金', ...money },
    ],
    rows: [...rows, total],
  });
  if (data.advancedFen !== totals.principalFen) {
    paper.paragraph(
      `费用合计含放款时一次性收取的部分；借款人实际收到人民币${formatYuan(data.advancedFen)}元。`,
      { size: 9 },
    );
  }
}

function writeCosts(paper: Paper, data: ContractPaper): void {
  const { disclosure } = data.contract;
  paper.reserve(300);
  paper.space(14);
  annexTitle(paper, '附件二　综合融资成本明示表');
  paper.paragraph(`贷款本金：人民币${formatYuan(disclosure.principalFen)}元`, { weight: 'bold' });
  paper.paragraph('一、正常履约情况下的成本', { weight: 'bold', keepWithNext: 60 });
  paper.table(normalCostTable(disclosure));
  paper.paragraph('二、违约成本及或有成本', { weight: 'bold', keepWithNext: 60 });
  paper.table(contingentCostTable(disclosure));
  paper.paragraph(disclosure.noticeZh, { weight: 'bold' });
}

/** Where the parties sign: two boxes that stay together. */
function writeSignatures(paper: Paper, data: ContractPaper): void {
  const size = 10;
  const lines = [
    ['贷款人（电子签章）：', '借款人（电子签名）：'],
    [data.contract.lender.name, data.contract.borrower.name],
    ['签署时间：以电子签章所附时间戳为准', '签署时间：以电子签名所附时间戳为准'],
  ];
  const height = 30 + lines.length * lineHeight(size) + 24;
  paper.reserve(height);
  paper.space(16);
  const top = paper.cursor;
  // The visible seal is drawn here once the lender has sealed (activities/sign).
  paper.canvas.mark('lender-seal', PAGE.left, top);
  for (const [row, cells] of lines.entries()) {
    const y = top + row * (lineHeight(size) + 6) + baselineOffset(size);
    for (const [column, text] of cells.entries()) {
      paper.canvas.draw(
        { text, weight: row === 0 ? 'bold' : 'regular', size },
        PAGE.left + (column * TEXT_WIDTH) / 2,
        y,
      );
    }
  }
  paper.space(height - 16);
}

/** Beijing time of an instant, to the second. China has kept UTC+8 without summer time since 1992. */
function beijingTime(instant: string): string {
  const shifted = new Date(Date.parse(instant) + 8 * 3_600_000);
  return `${shifted.toISOString().slice(0, 19).replace('T', ' ')}（北京时间）`;
}

/** The letter word for word as it was agreed to; its own title follows the annex's. */
function writeAuthorisation(paper: Paper, data: ContractPaper): void {
  const { authorisation } = data;
  const [title, ...letter] = authorisation.paragraphs;
  paper.newPage();
  annexTitle(paper, `附件三　${title?.text ?? ''}`);
  for (const { text, emphasised } of letter) {
    paper.paragraph(text, { weight: emphasised ? 'bold' : 'regular', spaceAfter: 6 });
  }
  paper.space(8);
  paper.paragraph(`授权人已于${beijingTime(authorisation.agreedAt)}在线阅读并同意本授权书。`, {
    size: 9,
  });
  paper.paragraph(`授权书文本SM3摘要：${data.contract.authorisationHash}`, { size: 9 });
}

/**
 * Renders the contract with its annexes.
 * @throws ContractPaperError when its parts contradict one another
 * @throws FontError GLYPH_MISSING when a character, of a name for instance, cannot be drawn
 */
export async function renderContractPdf(data: ContractPaper, fonts: FontSet): Promise<Buffer> {
  assertContractPaper(data);
  const paper = createPaper(fonts, {
    title: TITLE,
    author: data.contract.lender.name,
    reference: data.contract.contractNumber,
    createdAt: new Date(data.createdAt),
  });
  writeParties(paper, data);
  writeRates(paper, data);
  writeSummary(paper, data);
  writeArticles(paper, data);
  writeSignatures(paper, data);
  paper.newPage();
  writeSchedule(paper, data);
  writeCosts(paper, data);
  writeAuthorisation(paper, data);
  return paper.finish();
}
