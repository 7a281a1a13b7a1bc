/** Sample calls of the queries of data keys and of rows that are sealed anew. */
import type { Samples } from '../recorder.ts';
import * as keys from '../../../db/queries/keys.ts';
import * as sealedRows from '../../../db/queries/sealed-rows.ts';
import { AT, BYTES, ID, OTHER_ID } from './values.ts';

export const KEYS: Samples = {
  keysOfApplications: ({ tx }) => keys.keysOfApplications(tx, [ID]),
  keysOfSubject: ({ tx }) => keys.keysOfSubject(tx, ID),
  keysByIds: ({ tx }) => keys.keysByIds(tx, [ID]),
  addDataKeys: ({ tx }) =>
    keys.addDataKeys(tx, [
      { id: ID, subjectId: OTHER_ID, generation: 1, kekId: 'k', wrapped: BYTES },
    ]),
  keysWrappedByOthers: ({ tx }) =>
    keys.keysWrappedByOthers(tx, { kekId: 'k', after: ID, most: 500 }),
  replaceWrapped: ({ tx }) =>
    keys.replaceWrapped(tx, [{ id: ID, before: BYTES, kekId: 'k', wrapped: BYTES }]),
  destroyPersonKeys: ({ tx }) => keys.destroyPersonKeys(tx, ID, AT),
  destroyDraftKeys: ({ tx }) => keys.destroyDraftKeys(tx, ID, AT),
};

const PLACES = [...sealedRows.PERSON_PLACES, ...sealedRows.HOUSE_PLACES];
const CHANGE = { tid: '(0,1)', before: BYTES, after: BYTES };

export const SEALED_ROWS: Samples = {
  emptyClear: ({ tx }) => sealedRows.emptyClear(tx, ID),
  columnOf: () => PLACES.map(sealedRows.columnOf),
  sealedRowsOf: async ({ tx }) => {
    for (const place of sealedRows.PERSON_PLACES) await sealedRows.sealedRowsOf(tx, place, [ID]);
  },
  houseRows: async ({ tx }) => {
    const from = { keyId: ID, after: '(0,0)', most: 500 };
    for (const place of sealedRows.HOUSE_PLACES) await sealedRows.houseRows(tx, place, from);
  },
  replaceSealed: async ({ tx }) => {
    for (const place of PLACES) await sealedRows.replaceSealed(tx, place, [CHANGE]);
  },
  applicationsAfter: ({ tx }) => sealedRows.applicationsAfter(tx, ID, 100),
  objectsOf: ({ tx }) => sealedRows.objectsOf(tx, [ID]),
  readDatabaseClock: ({ tx, answer }) => {
    answer({ at: AT });
    return sealedRows.readDatabaseClock(tx);
  },
  hasOpenBusiness: ({ tx }) => sealedRows.hasOpenBusiness(tx, ID),
};
