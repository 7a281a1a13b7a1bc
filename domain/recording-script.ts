/** The script of a dual recording (双录): its nodes as a versioned document, read strictly and filled with a loan's terms. */
import {
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  checkText,
  type Faults,
} from './document-check.ts';
import { at, fault, type Parsed } from './fault.ts';
import { METHOD_NAMES_ZH } from './loan-terms.ts';
import { chineseAmount, formatYuan } from './money.ts';
import type { CostItem, Offer } from './offer.ts';

/** Who speaks a node's text: a member of the lender's staff, or the borrower. */
export const SPEAKERS = ['STAFF', 'BORROWER'] as const;

export interface ScriptNode {
  /** The letter that regulation.md §3.5 gives it, or one of the lender's own behind them. */
  readonly id: string;
  readonly speaker: (typeof SPEAKERS)[number];
  /** Chinese, with `{{variables}}` of SCRIPT_VARIABLES. */
  readonly text: string;
  /** The borrower's answer must hold one of these; empty where none is asked for. */
  readonly answers: readonly string[];
  /** Least length of the node in the recording, in milliseconds. */
  readonly minMs: number;
}

export interface RecordingScript {
  readonly id: string;
  readonly version: number;
  readonly nodes: readonly ScriptNode[];
}

/** What every script holds, whatever the lender adds: regulation.md §3.5, nodes (a) to (k). */
export const REQUIRED_NODES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'] as const;

/** What a text may name of the loan. */
export const SCRIPT_VARIABLES = [
  'lender',
  'amount',
  'amountWords',
  'termMonths',
  'method',
  'annualRate',
  'annualRateWords',
  'annualised',
  'annualisedWords',
  'totalCost',
  'firstDueDate',
  'firstPayment',
  'fees',
  'contingent',
] as const;
export type ScriptVariable = (typeof SCRIPT_VARIABLES)[number];
export type ScriptTerms = Readonly<Record<ScriptVariable, string>>;

const MOST_NODES = 40;
const MOST_ANSWERS = 20;
const LONGEST_TEXT = 2_000;
const LONGEST_NODE_MS = 600_000;
const VARIABLE = /\{\{([^{}]*)\}\}/g;

function checkVariables(faults: Faults, text: string, path: string): void {
  const known: readonly string[] = SCRIPT_VARIABLES;
  const names = [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
  const rest = text.replaceAll(VARIABLE, '');
  if (names.every((name) => known.includes(name)) && !/\{\{|\}\}/.test(rest)) return;
  faults.push(
    fault(
      path,
      'UNKNOWN_VARIABLE',
      '文本引用了不存在的变量',
      'The text names a variable that does not exist',
    ),
  );
}

function checkNode(faults: Faults, value: unknown, path: string): string | null {
  const node = checkMembers(faults, value, path, ['id', 'speaker', 'text', 'answers', 'minMs']);
  if (node === null) return null;
  const id = checkText(faults, node.id, at(path, 'id'), 20);
  checkOneOf(faults, node.speaker, at(path, 'speaker'), SPEAKERS);
  const text = checkText(faults, node.text, at(path, 'text'), LONGEST_TEXT);
  if (text !== null) checkVariables(faults, text, at(path, 'text'));
  const answers = checkList(faults, node.answers, at(path, 'answers'), MOST_ANSWERS);
  for (const [i, answer] of answers.entries())
    checkText(faults, answer, at(at(path, 'answers'), i), 40);
  checkInteger(faults, node.minMs, at(path, 'minMs'), 1, LONGEST_NODE_MS);
  return id;
}

/** What the script must hold and does not, or holds twice. */
function checkNodes(faults: Faults, ids: readonly (string | null)[]): void {
  for (const [i, id] of ids.entries())
    if (id !== null && ids.indexOf(id) !== i)
      faults.push(fault(`nodes[${i}].id`, 'DUPLICATE', '节点标识重复', 'Two nodes bear this id'));
  for (const id of REQUIRED_NODES)
    if (!ids.includes(id))
      faults.push(
        fault(
          'nodes',
          'NODE_MISSING',
          `缺少必备节点 ${id}（监管要求）`,
          `Node ${id}, which regulation asks for, is missing`,
        ),
      );
}

/** Reads a script that people wrote, or names every fault in it. */
export function parseRecordingScript(document: unknown): Parsed<'script', RecordingScript> {
  const faults: Faults = [];
  const script = checkMembers(faults, document, '', ['id', 'version', 'nodes']);
  if (script === null) return { ok: false, faults };
  checkText(faults, script.id, 'id', 64);
  checkInteger(faults, script.version, 'version', 1, 1_000_000);
  const nodes = checkList(faults, script.nodes, 'nodes', MOST_NODES);
  const ids = nodes.map((node, i) => checkNode(faults, node, at('nodes', i)));
  checkNodes(faults, ids);
  // Every member was just checked.
  return faults.length === 0
    ? { ok: true, script: document as RecordingScript }
    : { ok: false, faults };
}

const DIGITS = '零一二三四五六七八九';

/** A rate as it is read out: `14.40` is 百分之十四点四零, each decimal by itself. */
export function percentInWords(percent: string): string {
  const [whole = '', decimals = ''] = percent.split('.');
  const units = Number(whole);
  if (!/^\d{1,2}(\.\d{1,4})?$/.test(percent)) throw new RangeError('not a rate that is read out');
  const tens = Math.floor(units / 10);
  const tensText = tens === 0 ? '' : `${tens === 1 ? '' : DIGITS.charAt(tens)}十`;
  const unitsText = units % 10 === 0 && tens > 0 ? '' : DIGITS.charAt(units % 10);
  const spoken = Array.from(decimals, (digit) => DIGITS.charAt(Number(digit))).join('');
  return `百分之${tensText}${unitsText}${spoken === '' ? '' : `点${spoken}`}`;
}

function feeText({ zh, charging, standard, payee, amountFen }: CostItem): string {
  const sum = amountFen === null ? '' : `，合计${formatYuan(amountFen)}元`;
  return `${zh}：${standard}，${charging}，由${payee}收取${sum}`;
}

/** What the script says of a loan. @throws RangeError for an offer without instalments */
export function scriptTermsOf(offer: Offer, lender: string): ScriptTerms {
  const [first] = offer.schedule.instalments;
  if (first === undefined) throw new RangeError('a loan has a first instalment');
  const { normal, contingent } = offer.disclosure;
  const { totals, annualised } = offer.schedule;
  return {
    lender,
    amount: formatYuan(offer.amountFen),
    amountWords: chineseAmount(offer.amountFen),
    termMonths: String(offer.termMonths),
    method: METHOD_NAMES_ZH[offer.method],
    annualRate: offer.annualRate,
    annualRateWords: percentInWords(offer.annualRate),
    annualised: annualised.simple,
    annualisedWords: percentInWords(annualised.simple),
    totalCost: formatYuan(totals.interestFen),
    firstDueDate: first.dueDate,
    firstPayment: formatYuan(first.paymentFen),
    fees: normal.map(feeText).join('；'),
    contingent: contingent.map(feeText).join('；'),
  };
}

/** The nodes with every variable replaced: what is read out, and hashed. */
export function fillScript(script: RecordingScript, terms: ScriptTerms): readonly ScriptNode[] {
  const values = new Map<string, string>(Object.entries(terms));
  return script.nodes.map((node) => ({
    ...node,
    text: node.text.replaceAll(VARIABLE, (_, name: string) => {
      const value = values.get(name);
      if (value === undefined || value === '')
        throw new RangeError(`the loan gives nothing for ${name}`);
      return value;
    }),
  }));
}
