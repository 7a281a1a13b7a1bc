/**
 * Lets the document's schemas admit the null that they were declared with. The generator writes a nullable reference as
 * `allOf` of the reference and a type that may be null, and a nullable literal as an `enum` without null: neither admits it.
 */

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const admitsNull = (value: unknown): boolean =>
  isNode(value) && Array.isArray(value['type']) && value['type'].includes('null');

/** A member of an `allOf` without its null; nothing where only the type was said, which the reference says as well. */
function withoutNull(member: unknown): readonly unknown[] {
  if (!isNode(member) || !Array.isArray(member['type'])) return [member];
  const { type: _type, ...rest } = member;
  const [type] = member['type'].filter((one) => one !== 'null');
  return Object.keys(rest).length === 0 ? [] : [{ type, ...rest }];
}

function mended(node: Node): Node {
  const { allOf, enum: values } = node;
  if (Array.isArray(allOf) && allOf.some(admitsNull)) {
    const { allOf: _allOf, ...rest } = node;
    const members = allOf.flatMap(withoutNull);
    const whole = members.length === 1 ? members[0] : { allOf: members };
    return { ...rest, anyOf: [whole, { type: 'null' }] };
  }
  if (Array.isArray(values) && admitsNull(node) && !values.includes(null)) {
    return { ...node, enum: [...values, null] };
  }
  return node;
}

/** The same document, part by part, in which what may be null is said to be. */
export function withNulls(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withNulls);
  if (!isNode(part)) return part;
  const below = Object.entries(part).map(([name, value]) => [name, withNulls(value)] as const);
  return mended(Object.fromEntries(below));
}
