/** Variables as they were recorded once: what the catalogue did not have then is missing now, and nothing is guessed. */
import { VARIABLE_CATALOGUE, type VariableName, type Variables } from './variable-catalogue.ts';

const JS_TYPES = { number: 'number', boolean: 'boolean', text: 'string' } as const;
const NAMES = Object.keys(VARIABLE_CATALOGUE).filter(
  (name): name is VariableName => name in VARIABLE_CATALOGUE,
);

/** The variables of a record, or null when it holds none or a value of another type than the catalogue's. */
export function recordedVariables(record: unknown): Variables | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return null;
  const held = new Map<string, unknown>(Object.entries(record));
  const values: Partial<Record<VariableName, unknown>> = {};
  for (const name of NAMES) {
    const value = held.get(name) ?? null;
    // oxlint-disable-next-line valid-typeof -- the right side is one of three type names
    if (value !== null && typeof value !== JS_TYPES[VARIABLE_CATALOGUE[name].type]) return null;
    values[name] = value;
  }
  // Every name of the catalogue has a value of its type or null.
  return values as Variables;
}
