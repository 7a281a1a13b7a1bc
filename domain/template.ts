/** Templates of papers (模板) as versioned documents: for what, made of which blocks, naming which typed variables. */
import type { TemplatePurpose } from './template-catalogue.ts';

export type { TemplatePurpose } from './template-catalogue.ts';

/**
 * Kinds of a variable's value: an amount in fen, a rate in percent, a date, a text, lines of text, or rows of cells.
 * Formats that a text may ask for with `{{name|format}}` follow from the kind.
 */
export const VARIABLE_TYPES = ['money', 'rate', 'date', 'text', 'list', 'table'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** Formats by type: `{{amount|words}}` is 人民币大写, `{{day|zh}}` is 2026年11月24日. */
export const VARIABLE_FORMATS: Readonly<Record<VariableType, readonly string[]>> = {
  money: ['words'],
  rate: [],
  date: ['zh'],
  text: [],
  list: [],
  table: [],
};

export interface TemplateVariable {
  readonly name: string;
  readonly type: VariableType;
}

/** How a paragraph is set; the sizes stand in PARAGRAPH_STYLES. */
export const PARAGRAPH_STYLES = {
  TITLE: { size: 20, bold: true },
  SUBTITLE: { size: 10, bold: false },
  ANNEX: { size: 14, bold: true },
  BODY: { size: 10.5, bold: false },
  LETTER: { size: 10.5, bold: false },
  NOTE: { size: 9, bold: false },
  SMALL: { size: 8.5, bold: false },
} as const;
export type ParagraphStyleName = keyof typeof PARAGRAPH_STYLES;

/** Sizes of the other blocks, in points: what stands in them is at least and at most as prominent as this. */
export const BLOCK_SIZES = {
  RATE: 18,
  /** Above a rate. */
  LABEL: 10,
  FACT: 9.5,
  TABLE: 9,
  /** Of an article. */
  HEADING: 11.5,
  CLAUSE: 10.5,
  BOX: 10.5,
  SIGNATURE: 10,
} as const;

/** A block that stands on the page only where the named text, list or table has something in it. */
interface Conditional {
  readonly when?: string;
}

export interface ParagraphBlock extends Conditional {
  readonly kind: 'paragraph';
  readonly style: ParagraphStyleName;
  readonly text: string;
  /** In bold, because it bears on the reader's money, liability or credit record (民法典 art. 496). */
  readonly prominent?: boolean;
  /** Stays on the page with what follows it. */
  readonly keepWithNext?: boolean;
}

export interface TemplateClause extends Conditional {
  readonly text: string;
  readonly prominent: boolean;
}

/** Articles with numbered clauses: 第一条, 1.1, 1.2. */
export interface ArticlesBlock extends Conditional {
  readonly kind: 'articles';
  readonly articles: readonly {
    readonly title: string;
    readonly clauses: readonly TemplateClause[];
  }[];
}

/** Names and values; a row whose value is empty is left out. */
export interface FactsBlock extends Conditional {
  readonly kind: 'facts';
  readonly rows: readonly (readonly [string, string])[];
}

/** Rates beside one another, each in the same size and weight: none is less conspicuous than another. */
export interface RatesBlock extends Conditional {
  readonly kind: 'rates';
  readonly items: readonly { readonly label: string; readonly rate: string }[];
}

export interface TableBlock extends Conditional {
  readonly kind: 'table';
  /** Name of a variable of type table. */
  readonly rows: string;
  readonly columns: readonly {
    readonly title: string;
    readonly share: number;
    readonly align?: 'left' | 'center' | 'right';
  }[];
}

/** Acts of consent, one box each. A box is ticked by the list of acts that were agreed to and by nothing else. */
export interface BoxesBlock extends Conditional {
  readonly kind: 'boxes';
  readonly items: readonly { readonly act: string; readonly text: string }[];
  /** Name of the list of acts that the person ticked; what it does not hold stays empty. */
  readonly ticked: string;
}

/** The lines of a list, one paragraph each; a line that is marked prominent is bold. */
export interface LinesBlock extends Conditional {
  readonly kind: 'lines';
  readonly list: string;
}

/** Where parties sign: side by side, three lines each. */
export interface SignaturesBlock extends Conditional {
  readonly kind: 'signatures';
  readonly parties: readonly (readonly string[])[];
}

/** A new page, or room: `height` points that are left free, after a page break unless `reserve` points still fit. */
export interface BreakBlock extends Conditional {
  readonly kind: 'break';
  readonly page?: true;
  readonly reserve?: number;
  readonly height?: number;
}

export type TemplateBlock =
  | ParagraphBlock
  | ArticlesBlock
  | FactsBlock
  | RatesBlock
  | TableBlock
  | BoxesBlock
  | LinesBlock
  | SignaturesBlock
  | BreakBlock;

export const BLOCK_KINDS = [
  'paragraph',
  'articles',
  'facts',
  'rates',
  'table',
  'boxes',
  'lines',
  'signatures',
  'break',
] as const satisfies readonly TemplateBlock['kind'][];

export interface Template {
  /** What it is for; one template of each purpose is in force. */
  readonly id: TemplatePurpose;
  readonly version: number;
  /** The paper's name, in the file's properties and at the head of every page. */
  readonly title: string;
  /** What the number at the foot of every page is called. */
  readonly referenceLabel: string;
  readonly variables: readonly TemplateVariable[];
  readonly blocks: readonly TemplateBlock[];
}

/** A line of a list. */
export interface TemplateLine {
  readonly text: string;
  readonly prominent: boolean;
}

/** A row of a table. */
export interface TemplateRow {
  readonly cells: readonly string[];
  readonly prominent?: boolean;
}

/** What fills a variable: fen, a percent as decimal string, an ISO date, a text, lines, or rows. */
export type TemplateValue = number | string | readonly TemplateLine[] | readonly TemplateRow[];
export type TemplateValues = Readonly<Record<string, TemplateValue>>;
