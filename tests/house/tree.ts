/**
 * Walks the syntax tree of a source file.
 */
import { parseSync } from '@swc/core';
import type { Source } from './sources.ts';

/** A node of the tree, its fields not yet looked at. */
export type Node = Readonly<Record<string, unknown>>;

/**
 * Visits every node of a file, parents before children.
 * @throws when the file cannot be parsed
 */
export function visitTree(source: Source, visit: (node: Node) => void): void {
  const tree: unknown = parseSync(source.text, {
    syntax: 'typescript',
    tsx: source.path.endsWith('.tsx'),
    target: 'es2022',
  });
  walk(tree, visit);
}

/** The value as a node; undefined when it is none. */
export function asNode(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null ? (value as Node) : undefined;
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
    return;
  }
  const node = asNode(value);
  if (node === undefined) return;
  if (typeof node.type === 'string') visit(node);
  for (const child of Object.values(node)) walk(child, visit);
}
