/** The syllables of pinyin: taking a Latin name apart into them, and how far one is from another. */

/** Finals by initial, in the spelling without tone marks, ü as v. */
const TABLE: Readonly<Record<string, string>> = {
  '': 'a ai an ang ao e ei en eng er o ou',
  b: 'a ai an ang ao ei en eng i ian iao ie in ing o u',
  p: 'a ai an ang ao ei en eng i ian iao ie in ing o ou u',
  m: 'a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u',
  f: 'a an ang ei en eng o ou u',
  d: 'a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo',
  t: 'a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo',
  n: 'a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve ue yu',
  l: 'a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve ue yu',
  g: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  k: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  h: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  j: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  q: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  x: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  zh: 'a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo',
  ch: 'a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo',
  sh: 'a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo',
  r: 'an ang ao e en eng i ong ou u ua uan ui un uo',
  z: 'a ai an ang ao e ei en eng i ong ou u uan ui un uo',
  c: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  s: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  y: 'a an ang ao e i in ing o ong ou u uan ue un',
  w: 'a ai an ang ei en eng o u',
};

const SYLLABLES: ReadonlySet<string> = new Set(
  Object.entries(TABLE).flatMap(([initial, finals]) =>
    finals.split(' ').map((final) => `${initial}${final}`),
  ),
);

/** The longest syllable, zhuang, has six letters. */
export const SYLLABLE_MOST = 6;

/** Longer words are no names in pinyin, and taking them apart would only cost time. */
const WORD_MOST = 40;

/** Takes one Latin word apart into as few syllables as it has; a word that is not pinyin stays whole. */
export function syllablesOf(word: string): readonly string[] {
  if (word === '') return [];
  if (word.length > WORD_MOST) return [word];
  const best: (readonly string[] | undefined)[] = [[]];
  for (let end = 1; end <= word.length; end += 1) {
    for (let start = Math.max(0, end - SYLLABLE_MOST); start < end; start += 1) {
      const before = best[start];
      const syllable = word.slice(start, end);
      if (before === undefined || !SYLLABLES.has(syllable)) continue;
      const found = best[end];
      if (found === undefined || before.length + 1 < found.length)
        best[end] = [...before, syllable];
    }
  }
  return best[word.length] ?? [word];
}

/** Levenshtein's distance over parts, with a price of 0 to 1 for one part in place of another. */
export function editDistance(
  one: readonly string[],
  other: readonly string[],
  price: (a: string, b: string) => number,
): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, a] of one.entries()) {
    const next = [at + 1];
    for (const [to, b] of other.entries()) {
      const replaced = (row[to] ?? 0) + price(a, b);
      const dropped = (row[to + 1] ?? 0) + 1;
      const added = (next[to] ?? 0) + 1;
      next.push(Math.min(replaced, dropped, added));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** What passports and keyboards make of ü: lü is written lv, lyu or lu. */
const withoutUmlaut = (syllable: string): string =>
  syllable.replace(/^([ln])(yu|v)/, '$1u').replace(/v/g, 'u');

/** What southern speech and careless typing make one. */
const asHeard = (syllable: string): string =>
  withoutUmlaut(syllable)
    .replace(/^([zcs])h/, '$1')
    .replace(/([aei])ng$/, '$1n');

/** Price of one syllable heard as another. */
const HEARD_ALIKE = 0.25;

/** 0 for one syllable, little for two that are heard alike, else the share of letters that differ, of long words only. */
export function syllableDistance(a: string, b: string): number {
  if (withoutUmlaut(a) === withoutUmlaut(b)) return 0;
  if (asHeard(a) === asHeard(b)) return HEARD_ALIKE;
  // Words that are no pinyin, as foreign names are, may be misspelt by a letter; syllables that differ are other ones.
  if (a.length <= SYLLABLE_MOST || b.length <= SYLLABLE_MOST) return 1;
  const letters = editDistance(Array.from(a), Array.from(b), (x, y) => (x === y ? 0 : 1));
  return Math.min(1, (2 * letters) / Math.max(a.length, b.length));
}
