/**
 * That no rate on a paper is more conspicuous than the annualised total cost (中国人民银行公告〔2021〕3号, regulation.md
 * §1.1): size and weight of every place where a rate is printed, by the sizes that the paper is set in.
 */
import { type Fault, fault } from './fault.ts';
import {
  type CatalogueEntry,
  TEMPLATE_VARIABLES,
  type TemplatePurpose,
} from './template-catalogue.ts';
import { BLOCK_SIZES, PARAGRAPH_STYLES, type Template, type TemplateBlock } from './template.ts';

/** One place where a text stands, and how it is set. */
interface Place {
  readonly path: string;
  readonly text: string;
  readonly size: number;
  readonly bold: boolean;
  /** Whether it is there whatever the loan is; what may be left out does not make a rate conspicuous. */
  readonly sure: boolean;
}

const named = (variable: string): string => `{{${variable}}}`;

/** A text with its size in points and weight; of a list or table the variable that fills it. */
type Text = readonly [text: string, size: number, bold: boolean, sure?: boolean];

function textsOf(block: TemplateBlock): readonly Text[] {
  const { RATE, LABEL, FACT, TABLE, HEADING, CLAUSE, BOX, SIGNATURE } = BLOCK_SIZES;
  switch (block.kind) {
    case 'paragraph': {
      const { size, bold } = PARAGRAPH_STYLES[block.style];
      return [[block.text, size, bold || block.prominent === true]];
    }
    case 'articles':
      return block.articles.flatMap(({ title, clauses }): readonly Text[] => [
        [title, HEADING, true],
        ...clauses.map(
          ({ text, prominent, when }): Text => [text, CLAUSE, prominent, when === undefined],
        ),
      ]);
    case 'facts':
      return block.rows.flatMap((row) => row.map((text): Text => [text, FACT, false]));
    case 'rates':
      return block.items.flatMap(({ label, rate }): readonly Text[] => [
        [label, LABEL, true],
        [named(rate), RATE, true],
      ]);
    case 'boxes':
      return block.items.map(({ text }): Text => [text, BOX, false]);
    case 'table':
      // The loan says which rows are bold: any may be.
      return [
        [named(block.rows), TABLE, true],
        ...block.columns.map((one): Text => [one.title, TABLE, true]),
      ];
    case 'lines':
      return [[named(block.list), PARAGRAPH_STYLES.LETTER.size, true]];
    case 'signatures':
      return block.parties.flatMap((party) =>
        party.map((text, line): Text => [text, SIGNATURE, line === 0]),
      );
    case 'break':
      return [];
  }
}

const placesOf = (block: TemplateBlock, path: string): readonly Place[] =>
  textsOf(block).map(([text, size, bold, sure = true]) => ({
    path,
    text,
    size,
    bold,
    sure: sure && block.when === undefined,
  }));

const isAbove = (a: Place, b: Place): boolean =>
  a.size > b.size || (a.size === b.size && a.bold && !b.bold);

const ANNUALISED = (entry: CatalogueEntry): boolean => entry.annualised === true;
/** Rates beside the annualised ones, and texts and tables from the loan that state some. */
const OTHER = (entry: CatalogueEntry): boolean =>
  (entry.type === 'rate' && entry.annualised !== true) || entry.statesRates === true;

function variablesThat(
  purpose: TemplatePurpose,
  fits: (entry: CatalogueEntry) => boolean,
): readonly string[] {
  return Object.entries(TEMPLATE_VARIABLES[purpose])
    .filter(([, entry]) => fits(entry))
    .map(([name]) => name);
}

/** The fault of the first rate that stands out more than the least prominent best place of an annualised one; or null. */
export function prominenceFault(template: Template): Fault | null {
  const places = template.blocks.flatMap((block, i) => placesOf(block, `blocks[${i}]`));
  const printing = (name: string) => places.filter(({ text }) => text.includes(named(name)));
  const best = variablesThat(template.id, ANNUALISED).map((name) =>
    printing(name)
      .filter(({ sure }) => sure)
      .reduce<Place | null>((top, one) => (top === null || isAbove(one, top) ? one : top), null),
  );
  for (const other of variablesThat(template.id, OTHER).flatMap(printing))
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
