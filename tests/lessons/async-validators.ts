/** Finds update validators that are async: the SDK runs them, drops what they promise, and lets every update pass. */
import type { Source } from '../house/sources.ts';
import { asNode, type Node, visitTree } from '../house/tree.ts';

const FUNCTIONS = ['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'];

const nameOf = (node: unknown): string | undefined => {
  const value = asNode(node)?.['value'];
  return typeof value === 'string' ? value : undefined;
};

const isAsync = (node: Node | undefined): boolean =>
  node !== undefined && FUNCTIONS.includes(String(node['type'])) && node['async'] === true;

/** Names of the async functions that a file declares, by `function` or by a constant. */
function asyncNames(source: Source): ReadonlySet<string> {
  const names = new Set<string>();
  visitTree(source, (node) => {
    const declared =
      node['type'] === 'FunctionDeclaration'
        ? { name: nameOf(node['identifier']), body: node }
        : { name: nameOf(node['id']), body: asNode(node['init']) };
    if (declared.name !== undefined && isAsync(declared.body)) names.add(declared.name);
  });
  return names;
}

export interface Validators {
  /** How many validators the file registers. */
  readonly count: number;
  /** One sentence per validator that is async. */
  readonly async: readonly string[];
}

/** How often an object takes `validator` by its bare name. */
const bare = (node: Node): number =>
  node['type'] === 'ObjectExpression' && Array.isArray(node['properties'])
    ? node['properties']
        .map(asNode)
        .filter((one) => one?.['type'] === 'Identifier' && nameOf(one) === 'validator').length
    : 0;

/** The validators of a file: values of a property named `validator`, written there or named. */
export function validatorsOf(source: Source): Validators {
  const names = asyncNames(source);
  let count = 0;
  const found: string[] = [];
  visitTree(source, (node) => {
    const taken = bare(node);
    count += taken;
    if (taken > 0 && names.has('validator'))
      found.push(`${source.path}: the validator validator is async`);
    if (node['type'] === 'MethodProperty' && nameOf(node['key']) === 'validator') {
      count += 1;
      if (node['async'] === true) found.push(`${source.path}: the validator is an async method`);
    }
    if (node['type'] !== 'KeyValueProperty' || nameOf(node['key']) !== 'validator') return;
    count += 1;
    const value = asNode(node['value']);
    const named = value?.['type'] === 'Identifier' ? nameOf(value) : undefined;
    if (isAsync(value)) found.push(`${source.path}: the validator is async`);
    if (named !== undefined && names.has(named))
      found.push(`${source.path}: the validator ${named} is async`);
  });
  return { count, async: found };
}
