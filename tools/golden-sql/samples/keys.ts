/** Sample calls of the queries of data keys and of rows that are sealed anew. */
import type { Samples } from '../recorder.ts';
import * as keys from '../../../db/queries/keys.ts';
import { AT, BYTES, ID, OTHER_ID } from './values.ts';

export const KEYS: Samples = {
  keysOfApplication: ({ tx }) => keys.keysOfApplication(tx, ID),
  keysOfSubject: ({ tx }) => keys.keysOfSubject(tx, ID),
  addDataKey: ({ tx }) =>
    keys.addDataKey(tx, { id: ID, subjectId: OTHER_ID, generation: 1, kekId: 'k', wrapped: BYTES }),
  keysWrappedByOthers: ({ tx }) =>
    keys.keysWrappedByOthers(tx, { kekId: 'k', after: ID, most: 500 }),
  replaceWrapped: ({ tx }) =>
    keys.replaceWrapped(tx, [{ id: ID, before: BYTES, kekId: 'k', wrapped: BYTES }]),
  destroyPersonKeys: ({ tx }) => keys.destroyPersonKeys(tx, ID, AT),
  destroyDraftKeys: ({ tx }) => keys.destroyDraftKeys(tx, ID, AT),
};
