/**
 * Reads a template strictly: every variable it names is one that its kind of paper is given, in the type it states, and
 * what the paper must say is there. A template holds no loops, conditions beyond "where there is something", or includes.
 */
import {
  checkInteger,
  checkList,
  checkMembers,
  checkOneOf,
  checkText,
  type Faults,
} from './document-check.ts';
import { at, fault, type Parsed } from './fault.ts';
import { checkBlock, checkLabel, type Used } from './template-blocks.ts';
import {
  TEMPLATE_PURPOSES,
  TEMPLATE_VARIABLES,
  type TemplatePurpose,
} from './template-catalogue.ts';
import { prominenceFault } from './template-prominence.ts';
import { type Template, VARIABLE_TYPES, type VariableType } from './template.ts';

const MOST_VARIABLES = 120;
const MOST_BLOCKS = 200;

/** The variables that a template declares, by name; those that do not exist for the purpose are said. */
function checkVariables(
  faults: Faults,
  value: unknown,
  purpose: TemplatePurpose,
): ReadonlyMap<string, VariableType> {
  const known = new Map(Object.entries(TEMPLATE_VARIABLES[purpose]));
  const declared = new Map<string, VariableType>();
  for (const [i, one] of checkList(faults, value, 'variables', MOST_VARIABLES).entries()) {
    const path = at('variables', i);
    const variable = checkMembers(faults, one, path, ['name', 'type']);
    if (variable === null) continue;
    const name = checkText(faults, variable.name, at(path, 'name'), 60);
    const type = checkOneOf(faults, variable.type, at(path, 'type'), VARIABLE_TYPES);
    if (name === null || type === null) continue;
    const entry = known.get(name);
    if (entry === undefined)
      faults.push(
        fault(
          at(path, 'name'),
          'UNKNOWN_VARIABLE',
          '此类文书没有该变量',
          'This kind of paper is given no such variable',
        ),
      );
    else if (entry.type !== type)
      faults.push(
        fault(
          at(path, 'type'),
          'VARIABLE_TYPE',
          `该变量的类型应为 ${entry.type}`,
          `This variable is of type ${entry.type}`,
        ),
      );
    if (declared.has(name))
      faults.push(fault(at(path, 'name'), 'DUPLICATE_ID', '标识重复', 'This id is used before'));
    declared.set(name, type);
  }
  return declared;
}

/** What is declared and used by no block, and what the paper must print and does not. */
function checkUse(
  faults: Faults,
  purpose: TemplatePurpose,
  declared: ReadonlyMap<string, VariableType>,
  used: Used,
): void {
  for (const [i, name] of [...declared.keys()].entries())
    if (!used.names.has(name))
      faults.push(
        fault(
          `variables[${i}]`,
          'VARIABLE_UNUSED',
          '声明的变量没有使用',
          'The variable is declared and printed nowhere',
        ),
      );
  for (const [name, entry] of Object.entries(TEMPLATE_VARIABLES[purpose]))
    if (entry.mandatory === true && !used.printed.has(name))
      faults.push(
        fault(
          'blocks',
          'VARIABLE_MISSING',
          `模板必须载明变量 ${name}`,
          `The template must print the variable ${name}, always`,
        ),
      );
}

/** Reads a template that people wrote, or names every fault in it with its place. */
export function parseTemplate(document: unknown): Parsed<'template', Template> {
  const faults: Faults = [];
  const names = ['id', 'version', 'title', 'referenceLabel', 'variables', 'blocks'] as const;
  const read = checkMembers(faults, document, '', names);
  if (read === null) return { ok: false, faults };
  const purpose = checkOneOf(faults, read.id, 'id', TEMPLATE_PURPOSES);
  checkInteger(faults, read.version, 'version', 1, 1_000_000);
  checkLabel(faults, read.title, 'title', 60);
  checkLabel(faults, read.referenceLabel, 'referenceLabel', 20);
  if (purpose === null) return { ok: false, faults };
  const declared = checkVariables(faults, read.variables, purpose);
  const used: Used = { names: new Set(), printed: new Set() };
  const blocks = checkList(faults, read.blocks, 'blocks', MOST_BLOCKS);
  for (const [i, block] of blocks.entries())
    checkBlock(faults, block, at('blocks', i), { purpose, declared, used });
  checkUse(faults, purpose, declared, used);
  // Every member was just checked; a rate's prominence is judged on what holds together only.
  const template = document as Template;
  if (faults.length === 0) {
    const less = prominenceFault(template);
    if (less !== null) faults.push(less);
  }
  return faults.length === 0 ? { ok: true, template } : { ok: false, faults };
}
