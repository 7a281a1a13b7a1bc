/** JSON with one text for one value: sorted members, no spaces, so that equal values have equal digests. */

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  // By code unit, not by a language's order: the text must not depend on where it is written.
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
}

/**
 * Canonical JSON of a JSON value: members sorted by code unit, numbers as ECMAScript writes them (the rules of RFC 8785).
 * Members that are undefined are left out; what JSON has no form for becomes null.
 */
export function canonicalJson(value: unknown): string {
  return write(value);
}
