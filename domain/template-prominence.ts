/**
 * That no rate on a paper is more conspicuous than the annualised total cost (中国人民银行公告〔2021〕3号, regulation.md
 * §1.1): size and weight of every place where a rate is printed, by the sizes that the paper is set in.
 */
import { type Fault, fault } from './fault.ts';
import { TEMPLATE_VARIABLES, type TemplatePurpose } from './template-catalogue.ts';
import { BLOCK_SIZES, PARAGRAPH_STYLES, type Template, type TemplateBlock } from './template.ts';

/** One place where a text stands, and how it is set. */
interface Place {
  readonly path: string;
  readonly text: string;
  readonly size: number;
  readonly bold: boolean;
}

const named = (variable: string): string => `{{${variable}}}`;

/** Every text of a block with how it is set. Tables are set in one size, their cells come from the loan. */
function placesOf(block: TemplateBlock, path: string): readonly Place[] {
  const { RATE, FACT, CLAUSE, BOX } = BLOCK_SIZES;
  switch (block.kind) {
    case 'paragraph': {
      const { size, bold } = PARAGRAPH_STYLES[block.style];
      return [{ path, text: block.text, size, bold: bold || block.prominent === true }];
    }
    case 'articles':
      return block.articles.flatMap((article) =>
        article.clauses.map(({ text, prominent }) => ({
          path,
          text,
          size: CLAUSE,
          bold: prominent,
        })),
      );
    case 'facts':
      return block.rows.map(([, text]) => ({ path, text, size: FACT, bold: false }));
    case 'rates':
      return block.items.map(({ rate }) => ({ path, text: named(rate), size: RATE, bold: true }));
    case 'boxes':
      return block.items.map(({ text }) => ({ path, text, size: BOX, bold: false }));
    case 'table':
    case 'lines':
    case 'signatures':
    case 'break':
      return [];
  }
}

const isAbove = (a: Place, b: Place): boolean =>
  a.size > b.size || (a.size === b.size && a.bold && !b.bold);

function ratesOf(purpose: TemplatePurpose, annualised: boolean): readonly string[] {
  return Object.entries(TEMPLATE_VARIABLES[purpose])
    .filter(([, entry]) => entry.type === 'rate' && (entry.annualised === true) === annualised)
    .map(([name]) => name);
}

/** The fault of the first rate that stands out more than the least prominent best place of an annualised one; or null. */
export function prominenceFault(template: Template): Fault | null {
  const places = template.blocks.flatMap((block, i) => placesOf(block, `blocks[${i}]`));
  const printing = (name: string) => places.filter(({ text }) => text.includes(named(name)));
  const best = ratesOf(template.id, true).map((name) =>
    printing(name).reduce<Place | null>(
      (top, one) => (top === null || isAbove(one, top) ? one : top),
      null,
    ),
  );
  for (const other of ratesOf(template.id, false).flatMap(printing))
    for (const annualised of best)
      if (annualised === null || isAbove(other, annualised))
        return fault(
          other.path,
          'RATE_MORE_PROMINENT',
          '其他利率的字号或字重不得比年化综合融资成本更醒目',
          'No rate may be larger or bolder than the annualised total cost',
        );
  return null;
}
