/**
 * Making search attributes known to a Temporal server, as often as it is started.
 */
import type { Connection } from '@temporalio/client';
import protos from '@temporalio/proto';

/** Types by the names Temporal's own command line uses. */
const TYPES = {
  Text: protos.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  Keyword: protos.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Int: protos.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_INT,
  Double: protos.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  Bool: protos.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  Datetime: protos.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KeywordList: protos.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
} as const;

export interface SearchAttribute {
  readonly name: string;
  readonly type: keyof typeof TYPES;
}

/**
 * Registers those of `attributes` that the namespace does not know yet.
 * @throws when one is known under another type, which only a person can put right
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  attributes: readonly SearchAttribute[],
): Promise<void> {
  const { operatorService } = connection;
  const known = await operatorService.listSearchAttributes({ namespace });
  const missing: Record<string, protos.temporal.api.enums.v1.IndexedValueType> = {};
  for (const { name, type } of attributes) {
    const present = known.customAttributes?.[name];
    if (present === undefined) missing[name] = TYPES[type];
    else if (present !== TYPES[type]) {
      throw new Error(`The search attribute ${name} exists with another type than ${type}.`);
    }
  }
  if (Object.keys(missing).length > 0) {
    await operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
  }
}
