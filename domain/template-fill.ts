/** Fills a template with a loan's values: blocks whose texts are final, ready to be drawn. Nothing missing is left out. */
import { chineseAmount, fen, formatYuan } from './money.ts';
import { TEMPLATE_VARIABLES } from './template-catalogue.ts';
import type {
  Template,
  TemplateBlock,
  TemplateLine,
  TemplateRow,
  TemplateValue,
  TemplateValues,
  VariableType,
} from './template.ts';

/**
 * - `TEMPLATE_VALUE_MISSING`: the loan gives nothing for a variable that always has a value.
 * - `TEMPLATE_VALUE_INVALID`: what it gives is not of the variable's type.
 */
export type TemplateProblem = 'TEMPLATE_VALUE_MISSING' | 'TEMPLATE_VALUE_INVALID';

/** Raised instead of a paper with a hole in it. Names the variable, never its value. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code: TemplateProblem;
  readonly variable: string;

  constructor(code: TemplateProblem, variable: string) {
    super(`The paper cannot be drawn: ${code} (${variable}).`);
    this.code = code;
    this.variable = variable;
  }
}

/** A block with its texts final; tables and lists are there in full. */
export type FilledBlock =
  | Exclude<TemplateBlock, { readonly kind: 'table' | 'boxes' | 'lines' | 'rates' }>
  | {
      readonly kind: 'rates';
      readonly items: readonly { readonly label: string; readonly rate: string }[];
    }
  | (Omit<Extract<TemplateBlock, { readonly kind: 'table' }>, 'rows'> & {
      readonly rows: readonly TemplateRow[];
    })
  | {
      readonly kind: 'boxes';
      readonly items: readonly { readonly text: string; readonly ticked: boolean }[];
    }
  | { readonly kind: 'lines'; readonly lines: readonly TemplateLine[] };

const VARIABLE = /\{\{([^{}|]*)(?:\|([a-z]+))?\}\}/gu;
const DATE = /^\d{4}-\d{2}-\d{2}$/u;

/** 2026-11-24 → 2026年11月24日. */
export function chineseDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}

const isLines = (value: TemplateValue): value is readonly TemplateLine[] =>
  Array.isArray(value) && value.every((one) => 'text' in one);
const isRows = (value: TemplateValue): value is readonly TemplateRow[] =>
  Array.isArray(value) && value.every((one) => 'cells' in one);

const FITS: Readonly<Record<VariableType, (value: TemplateValue) => boolean>> = {
  money: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
  rate: (value) => typeof value === 'string' && /^\d{1,4}(\.\d{1,8})?$/u.test(value),
  date: (value) =>
    typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value)),
  text: (value) => typeof value === 'string',
  list: isLines,
  table: isRows,
};

const isEmpty = (value: TemplateValue): boolean =>
  value === '' || (Array.isArray(value) && value.length === 0);

class Filler {
  readonly #template: Template;
  readonly #values: ReadonlyMap<string, TemplateValue>;

  constructor(template: Template, values: TemplateValues) {
    this.#template = template;
    this.#values = new Map(Object.entries(values));
  }

  /** The value of a variable, or null where an optional one has none. @throws TemplateError */
  value(name: string): TemplateValue | null {
    const entry = TEMPLATE_VARIABLES[this.#template.id][name];
    const value = this.#values.get(name);
    if (entry === undefined) throw new TemplateError('TEMPLATE_VALUE_MISSING', name);
    if (value === undefined || isEmpty(value)) {
      if (entry.optional === true) return null;
      throw new TemplateError('TEMPLATE_VALUE_MISSING', name);
    }
    if (!FITS[entry.type](value)) throw new TemplateError('TEMPLATE_VALUE_INVALID', name);
    return value;
  }

  stands(part: { readonly when?: string }): boolean {
    return part.when === undefined || this.value(part.when) !== null;
  }

  text(text: string): string {
    return text.replaceAll(VARIABLE, (_, name: string, format: string | undefined) => {
      const value = this.value(name);
      if (value === null) return '';
      if (typeof value === 'number')
        return format === 'words' ? chineseAmount(fen(value)) : formatYuan(fen(value));
      if (typeof value !== 'string') throw new TemplateError('TEMPLATE_VALUE_INVALID', name);
      return format === 'zh' ? chineseDate(value) : value;
    });
  }

  lines(name: string): readonly TemplateLine[] {
    const value = this.value(name);
    if (value === null) return [];
    if (!isLines(value)) throw new TemplateError('TEMPLATE_VALUE_INVALID', name);
    return value;
  }

  /** The rows of a table, each with as many cells as the table has columns. */
  rows(name: string, columns: number): readonly TemplateRow[] {
    const value = this.value(name);
    if (value === null) return [];
    if (!isRows(value) || value.some((row) => row.cells.length !== columns))
      throw new TemplateError('TEMPLATE_VALUE_INVALID', name);
    return value;
  }

  rate(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string') throw new TemplateError('TEMPLATE_VALUE_INVALID', name);
    return value;
  }
}

function fillBlock(filler: Filler, block: TemplateBlock): FilledBlock {
  switch (block.kind) {
    case 'paragraph':
      return { ...block, text: filler.text(block.text) };
    case 'articles':
      return {
        ...block,
        articles: block.articles.map(({ title, clauses }) => ({
          title: filler.text(title),
          clauses: clauses
            .filter((clause) => filler.stands(clause))
            .map((clause) => ({ ...clause, text: filler.text(clause.text) })),
        })),
      };
    case 'facts':
      return {
        ...block,
        rows: block.rows
          .map(([name, value]) => [filler.text(name), filler.text(value)] as const)
          .filter(([, value]) => value !== ''),
      };
    case 'rates':
      return {
        kind: 'rates',
        items: block.items.map(({ label, rate }) => ({
          label: filler.text(label),
          rate: filler.rate(rate),
        })),
      };
    case 'table':
      return { ...block, rows: filler.rows(block.rows, block.columns.length) };
    case 'boxes': {
      const ticked = filler.lines(block.ticked).map(({ text }) => text);
      return {
        kind: 'boxes',
        items: block.items.map(({ act, text }) => ({
          text: filler.text(text),
          ticked: ticked.includes(act),
        })),
      };
    }
    case 'lines':
      return { kind: 'lines', lines: filler.lines(block.list) };
    case 'signatures':
      return {
        ...block,
        parties: block.parties.map((party) => party.map((line) => filler.text(line))),
      };
    case 'break':
      return block;
  }
}

/**
 * The blocks of a paper, filled. The template is one that `parseTemplate` has read.
 * @throws TemplateError when a value is missing or of another type
 */
export function fillTemplate(template: Template, values: TemplateValues): readonly FilledBlock[] {
  const filler = new Filler(template, values);
  return template.blocks
    .filter((block) => filler.stands(block))
    .map((block) => fillBlock(filler, block));
}
