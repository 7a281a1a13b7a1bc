/**
 * Checks of what a file says: its first sentence, promises left open, switched-off tests, escapes from the types.
 */
import type { Source } from './sources.ts';
import { asNode, visitTree } from './tree.ts';

/** A file begins with a doc comment whose first sentence says its duty. */
export function missingFirstSentence({ path, text }: Source): string[] {
  const start = text.replace(/^#!.*\n/, '');
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(start)?.[1];
  const words = comment?.replace(/^\s*\*\s?/gm, '').trim() ?? '';
  return /[.:。](\s|$)/.test(words) ? [] : [`${path} does not begin with its duty`];
}

/** Work that is promised and not done. */
export function openPromises({ path, text }: Source): string[] {
  const found = text.match(/\b(TODO|FIXME|XXX|HACK)\b/g) ?? [];
  return found.map((word) => `${path} says ${word}`);
}

/** Tests that are switched off or that switch others off; a condition (`skipIf`) is no switch. */
export function switchedTests({ path, text }: Source): string[] {
  const found = text.match(/\b(test|it|describe|suite)(\.\w+)*\.(only|skip|todo|fails)\b/g) ?? [];
  return found.map((words) => `${path} uses ${words}`);
}

/** Comments by which the type checker or the linter is told to look away from a whole file or without a rule. */
export function silencedChecks({ path, text }: Source): string[] {
  const found = text.match(/@ts-(ignore|expect-error|nocheck)\b/g) ?? [];
  return found.map((words) => `${path} uses ${words}`);
}

/** `any`, `!`, and casts by way of `unknown`. */
export function typeEscapes(source: Source): string[] {
  const found: string[] = [];
  visitTree(source, (node) => {
    if (node.type === 'TsKeywordType' && node.kind === 'any') found.push(`${source.path} uses any`);
    if (node.type === 'TsNonNullExpression') found.push(`${source.path} uses !`);
    if (node.type !== 'TsAsExpression') return;
    const inner = asNode(node.expression);
    const type = asNode(inner?.typeAnnotation);
    if (inner?.type === 'TsAsExpression' && type?.kind === 'unknown')
      found.push(`${source.path} casts by way of unknown`);
  });
  return found;
}

/** An update validator that is async passes every update: the SDK does not wait for it. */
export function asyncValidators(source: Source): string[] {
  const found: string[] = [];
  visitTree(source, (node) => {
    if (asNode(node.key)?.value !== 'validator') return;
    const value = asNode(node.value);
    const isAsync =
      node.async === true ||
      node.isAsync === true ||
      value?.async === true ||
      value?.isAsync === true;
    if (isAsync) found.push(`${source.path} has an async validator`);
  });
  return found;
}
