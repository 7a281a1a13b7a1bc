/**
 * Reads what a source file imports, with whether only types come in, from its syntax tree.
 */
import type { Source } from './sources.ts';
import { asNode, visitTree } from './tree.ts';
import type { Node } from './tree.ts';

/** One import, export-from, dynamic import, require or import type. */
export interface Import {
  readonly specifier: string;
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
}

/**
 * All imports of a file, in the order of its text.
 * @throws when the file cannot be parsed
 */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  visitTree(source, (node) => {
    const one = importIn(node);
    if (one !== undefined) found.push(one);
  });
  return found;
}

function importIn(node: Node): Import | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const specifier = literal(node.source);
      return specifier === undefined ? undefined : { specifier, typeOnly: isTypeOnly(node) };
    }
    case 'TsImportType': {
      const specifier = literal(node.argument);
      return specifier === undefined ? undefined : { specifier, typeOnly: true };
    }
    case 'CallExpression': {
      if (!loadsModule(node.callee)) return undefined;
      const first = Array.isArray(node.arguments)
        ? asNode(node.arguments[0])?.expression
        : undefined;
      const specifier = literal(first);
      return specifier === undefined ? undefined : { specifier, typeOnly: false };
    }
    default:
      return undefined;
  }
}

/** Only types come in when the whole statement says so, or each of its names does. */
function isTypeOnly(node: Node): boolean {
  if (node.typeOnly === true) return true;
  const names = Array.isArray(node.specifiers) ? node.specifiers.map(asNode) : [];
  return names.length > 0 && names.every((name) => name?.isTypeOnly === true);
}

function loadsModule(callee: unknown): boolean {
  const node = asNode(callee);
  return node?.type === 'Import' || (node?.type === 'Identifier' && node.value === 'require');
}

function literal(value: unknown): string | undefined {
  const node = asNode(value);
  return node?.type === 'StringLiteral' && typeof node.value === 'string' ? node.value : undefined;
}
