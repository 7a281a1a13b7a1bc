/**
 * Breaks text into lines by the rules of Chinese typesetting (GB/T 15834-2011 §5.1): no line begins with a closing
 * mark or ends with an opening one, and Latin words, numbers and amounts stay whole.
 */
import type { FontWeight } from './fonts.ts';

/** A stretch of text in one weight and size (points). */
export interface Span {
  readonly text: string;
  readonly weight: FontWeight;
  readonly size: number;
}

/** Width in points of a text set in the span's weight and size. */
export type MeasureText = (text: string, style: Omit<Span, 'text'>) => number;

/** The smallest piece a line is made of: a Latin word, a space, or one character. */
interface Atom extends Span {
  readonly width: number;
}

const NEVER_FIRST = /^[、。，．：；！？）》」』】〉〕％‰…—·”’%)\],.:;!?]/u;
const NEVER_LAST = /[（《「『【〈〔￥¥“‘([]$/u;
const ATOMS = /[!-~]+|[^!-~]/gu;

function atomsOf(spans: readonly Span[], measure: MeasureText): Atom[] {
  return spans.flatMap((span) =>
    Array.from(span.text.matchAll(ATOMS), ([text]) => ({
      text,
      weight: span.weight,
      size: span.size,
      width: measure(text, span),
    })),
  );
}

/** Atoms that no line break may separate. */
function clustersOf(atoms: readonly Atom[]): Atom[][] {
  const clusters: Atom[][] = [];
  for (const atom of atoms) {
    const cluster = clusters.at(-1);
    const before = cluster?.at(-1);
    const joined =
      before !== undefined && (NEVER_FIRST.test(atom.text) || NEVER_LAST.test(before.text));
    if (joined && cluster !== undefined) cluster.push(atom);
    else clusters.push([atom]);
  }
  return clusters;
}

const widthOf = (atoms: readonly Atom[]): number => atoms.reduce((sum, a) => sum + a.width, 0);

/** A piece too long for any line, such as a hash, is cut between its characters. */
function cutToFit(cluster: Atom[], width: number, measure: MeasureText): Atom[][] {
  if (widthOf(cluster) <= width) return [cluster];
  return cluster.flatMap((atom) =>
    Array.from(atom.text, (text) => [{ ...atom, text, width: measure(text, atom) }]),
  );
}

function joinAtoms(atoms: readonly Atom[]): Span[] {
  const spans: { text: string; weight: FontWeight; size: number }[] = [];
  for (const { text, weight, size } of atoms) {
    const last = spans.at(-1);
    if (last?.weight === weight && last.size === size) last.text += text;
    else spans.push({ text, weight, size });
  }
  return spans;
}

/** The lines of `spans` set to `width` points; each line is the spans that stand on it. An empty text has one empty line. */
export function breakIntoLines(
  spans: readonly Span[],
  width: number,
  measure: MeasureText,
): readonly (readonly Span[])[] {
  const lines: Atom[][] = [[]];
  let used = 0;
  const clusters = clustersOf(atomsOf(spans, measure)).flatMap((c) => cutToFit(c, width, measure));
  for (const cluster of clusters) {
    const line = lines.at(-1);
    const clusterWidth = widthOf(cluster);
    const blank = cluster.every((atom) => atom.text === ' ');
    if (line !== undefined && (used + clusterWidth <= width || line.length === 0)) {
      if (blank && line.length === 0 && lines.length > 1) continue;
      line.push(...cluster);
      used += clusterWidth;
    } else if (!blank) {
      lines.push([...cluster]);
      used = clusterWidth;
    }
  }
  return lines.map(joinAtoms);
}
