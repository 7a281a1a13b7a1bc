/** The check of a template's blocks: known kinds with known members, texts whose variables exist, and nothing like code. */
import {
  checkBoolean,
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  checkText,
  type Faults,
} from './document-check.ts';
import { at, fault } from './fault.ts';
import { TEMPLATE_VARIABLES, type TemplatePurpose } from './template-catalogue.ts';
import { BLOCK_KINDS, PARAGRAPH_STYLES, VARIABLE_FORMATS, type VariableType } from './template.ts';

/** Names that some block names, and those that are printed whatever the loan is. */
export interface Used {
  readonly names: Set<string>;
  readonly printed: Set<string>;
}

export interface BlockContext {
  readonly purpose: TemplatePurpose;
  readonly declared: ReadonlyMap<string, VariableType>;
  readonly used: Used;
}

const LONGEST_TEXT = 4_000;
const MOST_ITEMS = 60;
const VARIABLE = /\{\{([^{}]*)\}\}/gu;
/** What template languages write loops, conditions, includes and expressions with. */
const CODE = /\{\{\s*[#/>^&!=%]|\{%|%\}|<%|\$\{|\{\{\{/u;
const CODE_KINDS = [
  'loop',
  'for',
  'foreach',
  'each',
  'repeat',
  'while',
  'if',
  'include',
  'import',
  'template',
  'script',
];
/** A rate that is written out is nobody's rate: it does not follow the loan, and no check sees it. */
const RATE = /\d\s*[%％‰]|[百千万]分之/u;

const codeFault = (path: string) =>
  fault(
    path,
    'TEMPLATE_CODE',
    '模板不得含有循环、递归、引用或代码',
    'A template holds no loops, recursion, includes or code',
  );

/** Notes that a variable is named. @param sure whether it is printed whatever the loan is */
function note(
  faults: Faults,
  name: string,
  path: string,
  context: BlockContext,
  sure: boolean,
): VariableType | null {
  const type = context.declared.get(name);
  if (type === undefined) {
    faults.push(
      fault(
        path,
        'UNKNOWN_VARIABLE',
        `引用了未声明的变量 ${name.slice(0, 40)}`,
        'A variable is named that the template does not declare',
      ),
    );
    return null;
  }
  context.used.names.add(name);
  if (sure) context.used.printed.add(name);
  return type;
}

function checkVariable(
  faults: Faults,
  written: string,
  path: string,
  context: BlockContext,
  sure: boolean,
): void {
  const [name = '', format] = written.split('|');
  const type = note(faults, name, path, context, sure);
  if (type === null) return;
  if (type === 'list' || type === 'table')
    faults.push(
      fault(
        path,
        'VARIABLE_TYPE',
        '列表和表格不能写在文字中',
        'A list or table does not stand inside a text',
      ),
    );
  else if (format !== undefined && !VARIABLE_FORMATS[type].includes(format))
    faults.push(
      fault(path, 'VARIABLE_FORMAT', `类型 ${type} 没有该格式`, `Type ${type} has no such format`),
    );
}

/** A text with `{{variables}}`. @param sure whether the text stands on the paper whatever the loan is */
function checkWords(
  faults: Faults,
  value: unknown,
  path: string,
  context: BlockContext,
  sure: boolean,
): void {
  const text = checkText(faults, value, path, LONGEST_TEXT);
  if (text === null) return;
  if (CODE.test(text)) {
    faults.push(codeFault(path));
    return;
  }
  for (const [, written = ''] of text.matchAll(VARIABLE))
    checkVariable(faults, written, path, context, sure);
  const rest = text.replaceAll(VARIABLE, '');
  if (/\{\{|\}\}/u.test(rest))
    faults.push(
      fault(path, 'UNKNOWN_VARIABLE', '变量的书写不完整', 'A variable is not written in full'),
    );
  checkRate(faults, rest, path);
}

/** The paper's name or the name of its number: printed as it is written, at the head and foot of every page. */
export function checkLabel(faults: Faults, value: unknown, path: string, most: number): void {
  const text = checkText(faults, value, path, most);
  if (text === null) return;
  if (CODE.test(text)) faults.push(codeFault(path));
  else if (/\{\{|\}\}/u.test(text))
    faults.push(
      fault(path, 'VARIABLE_PLACE', '此处不得使用变量', 'No variable stands in this text'),
    );
  checkRate(faults, text, path);
}

function checkRate(faults: Faults, text: string, path: string): void {
  if (RATE.test(text))
    faults.push(
      fault(
        path,
        'RATE_WRITTEN_OUT',
        '利率须以变量表示，不得直接写在模板中',
        'A rate comes from a variable and is not written out',
      ),
    );
}

/** The name of a variable of one type. */
function checkName(
  faults: Faults,
  value: unknown,
  path: string,
  type: VariableType,
  context: BlockContext,
  sure: boolean,
): void {
  const name = checkText(faults, value, path, 60);
  if (name === null) return;
  const found = note(faults, name, path, context, sure);
  if (found !== null && found !== type)
    faults.push(
      fault(
        path,
        'VARIABLE_TYPE',
        `此处应为类型 ${type} 的变量`,
        `A variable of type ${type} is wanted here`,
      ),
    );
}

/** Whether the part stands on the paper always: it has no `when`, or one that is checked here. */
function checkWhen(faults: Faults, value: unknown, path: string, context: BlockContext): boolean {
  if (value === undefined) return true;
  const name = checkText(faults, value, at(path, 'when'), 60);
  if (name === null || note(faults, name, at(path, 'when'), context, false) === null) return false;
  if (TEMPLATE_VARIABLES[context.purpose][name]?.optional !== true)
    faults.push(
      fault(
        at(path, 'when'),
        'VARIABLE_ALWAYS_SET',
        '该变量总有值',
        'This variable always has a value',
      ),
    );
  return false;
}

type Check = (
  faults: Faults,
  block: Readonly<Record<string, unknown>>,
  path: string,
  context: BlockContext,
  sure: boolean,
) => void;
type KnownKind = (typeof BLOCK_KINDS)[number];

const eachOf = (
  faults: Faults,
  value: unknown,
  path: string,
  check: (one: unknown, path: string) => void,
): void => {
  const items = checkList(faults, value, path, MOST_ITEMS);
  if (Array.isArray(value) && items.length === 0)
    faults.push(fault(path, 'LIST_EMPTY', '列表不得为空', 'The list is empty'));
  for (const [i, one] of items.entries()) check(one, at(path, i));
};

function checkClause(
  faults: Faults,
  value: unknown,
  path: string,
  context: BlockContext,
  sure: boolean,
): void {
  const clause = checkMembers(faults, value, path, ['text', 'prominent'], ['when']);
  if (clause === null) return;
  const always = checkWhen(faults, Reflect.get(clause, 'when'), path, context);
  checkWords(faults, clause.text, at(path, 'text'), context, sure && always);
  checkBoolean(faults, clause.prominent, at(path, 'prominent'));
}

const paragraph: Check = (faults, block, path, context, sure) => {
  checkOneOf(faults, block['style'], at(path, 'style'), Object.keys(PARAGRAPH_STYLES));
  checkWords(faults, block['text'], at(path, 'text'), context, sure);
  for (const name of ['prominent', 'keepWithNext'])
    if (block[name] !== undefined) checkBoolean(faults, block[name], at(path, name));
};

const articles: Check = (faults, block, path, context, sure) => {
  eachOf(faults, block['articles'], at(path, 'articles'), (one, place) => {
    const article = checkMembers(faults, one, place, ['title', 'clauses']);
    if (article === null) return;
    checkWords(faults, article.title, at(place, 'title'), context, sure);
    eachOf(faults, article.clauses, at(place, 'clauses'), (clause, where) =>
      checkClause(faults, clause, where, context, sure),
    );
  });
};

const facts: Check = (faults, block, path, context, sure) => {
  eachOf(faults, block['rows'], at(path, 'rows'), (row, place) => {
    if (!Array.isArray(row) || row.length !== 2) {
      faults.push(
        fault(place, 'PAIR_EXPECTED', '此处应为名称和值两项', 'A name and a value are wanted here'),
      );
      return;
    }
    for (const [i, text] of row.entries()) checkWords(faults, text, at(place, i), context, sure);
  });
};

const rates: Check = (faults, block, path, context, sure) => {
  eachOf(faults, block['items'], at(path, 'items'), (one, place) => {
    const item = checkMembers(faults, one, place, ['label', 'rate']);
    if (item === null) return;
    checkWords(faults, item.label, at(place, 'label'), context, sure);
    checkName(faults, item.rate, at(place, 'rate'), 'rate', context, sure);
  });
};

const table: Check = (faults, block, path, context, sure) => {
  checkName(faults, block['rows'], at(path, 'rows'), 'table', context, sure);
  eachOf(faults, block['columns'], at(path, 'columns'), (one, place) => {
    const column = checkMembers(faults, one, place, ['title', 'share'], ['align']);
    if (column === null) return;
    checkWords(faults, column.title, at(place, 'title'), context, sure);
    checkInteger(faults, column.share, at(place, 'share'), 1, 100);
    const align: unknown = Reflect.get(column, 'align');
    if (align !== undefined)
      checkOneOf(faults, align, at(place, 'align'), ['left', 'center', 'right']);
  });
  const name = block['rows'];
  const cells =
    typeof name === 'string' ? TEMPLATE_VARIABLES[context.purpose][name]?.cells : undefined;
  if (cells !== undefined && Array.isArray(block['columns']) && block['columns'].length !== cells)
    faults.push(
      fault(
        at(path, 'columns'),
        'COLUMNS',
        `此表应有 ${cells} 列`,
        `This table has ${cells} columns`,
      ),
    );
};

const boxes: Check = (faults, block, path, context, sure) => {
  const acts: string[] = [];
  eachOf(faults, block['items'], at(path, 'items'), (one, place) => {
    // A member such as `ticked` on an item is unknown here: a box cannot be ticked beforehand.
    const item = checkMembers(faults, one, place, ['act', 'text']);
    if (item === null) return;
    const act = checkText(faults, item.act, at(place, 'act'), 48);
    if (act !== null && acts.includes(act))
      faults.push(
        fault(at(place, 'act'), 'DUPLICATE_ID', '一项授权对应一个勾选框', 'One act has one box'),
      );
    if (act !== null) acts.push(act);
    checkWords(faults, item.text, at(place, 'text'), context, sure);
  });
  checkName(faults, block['ticked'], at(path, 'ticked'), 'list', context, sure);
};

const lines: Check = (faults, block, path, context, sure) =>
  checkName(faults, block['list'], at(path, 'list'), 'list', context, sure);

const signatures: Check = (faults, block, path, context, sure) => {
  eachOf(faults, block['parties'], at(path, 'parties'), (party, place) =>
    eachOf(faults, party, place, (line, where) => checkWords(faults, line, where, context, sure)),
  );
};

const breaks: Check = (faults, block, path) => {
  if (block['page'] !== undefined && block['page'] !== true)
    faults.push(
      fault(at(path, 'page'), 'CHOICE_EXPECTED', '不在允许的取值之内', 'true is wanted here'),
    );
  for (const name of ['reserve', 'height'])
    if (block[name] !== undefined) checkInteger(faults, block[name], at(path, name), 0, 700);
};

/** Each kind with its members, those that may be left out, and its check. */
const KINDS: Readonly<Record<KnownKind, readonly [readonly string[], readonly string[], Check]>> = {
  paragraph: [['style', 'text'], ['prominent', 'keepWithNext'], paragraph],
  articles: [['articles'], [], articles],
  facts: [['rows'], [], facts],
  rates: [['items'], [], rates],
  table: [['rows', 'columns'], [], table],
  boxes: [['items', 'ticked'], [], boxes],
  lines: [['list'], [], lines],
  signatures: [['parties'], [], signatures],
  break: [[], ['page', 'reserve', 'height'], breaks],
};

/** Checks one block and notes which variables it names. */
export function checkBlock(
  faults: Faults,
  value: unknown,
  path: string,
  context: BlockContext,
): void {
  const kind: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined;
  if (typeof kind === 'string' && CODE_KINDS.includes(kind.toLowerCase())) {
    faults.push(codeFault(at(path, 'kind')));
    return;
  }
  const known = BLOCK_KINDS.find((one) => one === kind);
  if (known === undefined) {
    checkOneOf(faults, kind, at(path, 'kind'), BLOCK_KINDS);
    return;
  }
  const [members, optional, check] = KINDS[known];
  const block = checkMembers(faults, value, path, ['kind', ...members], ['when', ...optional]);
  if (block === null) return;
  check(faults, block, path, context, checkWhen(faults, block['when'], path, context));
}
