/** Sample calls of the queries about lists, networks and the graph. */
import * as graph from '../../../db/queries/fraud-graph.ts';
import * as lookups from '../../../db/queries/list-lookups.ts';
import * as lists from '../../../db/queries/lists.ts';
import * as networks from '../../../db/queries/networks.ts';
import type { Samples } from '../recorder.ts';
import { AFTER, BYTES, ID } from './values.ts';

export const GRAPH: Samples = {
  findGraph: ({ tx }) => graph.findGraph(tx, ID, { hubCap: 50, nodesMost: 400 }),
};

export const LOOKUPS: Samples = {
  listed: ({ tx }) =>
    lookups.listed(tx, [
      { subject: 'ID_NUMBER', valueIndex: BYTES },
      { subject: 'MOBILE', valueIndex: BYTES },
    ]),
  listedNames: ({ tx }) => lookups.listedNames(tx, ['wei'], 10),
  recordListHits: ({ tx }) =>
    lookups.recordListHits(tx, [
      { applicationId: ID, entryId: ID, similarity: 1, secondFactor: 'UNKNOWN' },
    ]),
  countStandingHits: ({ tx }) => lookups.countStandingHits(tx, ID),
  recentlySeenWith: ({ tx }) => lookups.recentlySeenWith(tx, ID, 10),
};

export const NETWORKS: Samples = {
  networksOf: ({ tx }) => networks.networksOf(tx, ['192.0.2.1']),
  loadNetworks: ({ tx }) => networks.loadNetworks(tx, []),
};

export const LISTS: Samples = {
  addListEntry: ({ tx }) =>
    lists.addListEntry(tx, {
      id: ID,
      kind: 'BLACK',
      subject: 'DEVICE',
      valueIndex: BYTES,
      name: null,
      nameKeys: [],
      birthDate: null,
      sex: null,
      source: 's',
      reason: 'R',
      listedOn: '2026-01-05',
      appeal: 'A',
      expiresOn: null,
    }),
  proposeListAct: ({ tx }) =>
    lists.proposeListAct(tx, {
      id: ID,
      act: 'ADD',
      entryId: ID,
      hitId: null,
      reason: 'R',
      by: 's',
    }),
  readListProposal: ({ tx }) => lists.readListProposal(tx, ID),
  openListProposals: ({ tx }) => lists.openListProposals(tx, 10),
  decideListProposal: ({ tx }) =>
    lists.decideListProposal(tx, { proposalId: ID, proposedBy: 's', outcome: 'APPROVED', by: 't' }),
  readListEntry: ({ tx }) => lists.readListEntry(tx, ID),
  readListEntries: async ({ tx }) => {
    await lists.readListEntries(tx, 'BLACK', { after: null, most: 10 });
    return lists.readListEntries(tx, 'BLACK', { after: AFTER, most: 10 });
  },
  readListHit: ({ tx }) => lists.readListHit(tx, ID),
  readListHits: async ({ tx }) => {
    await lists.readListHits(tx, null, 10);
    return lists.readListHits(tx, ID, 10);
  },
  hasOpenProposal: async ({ tx }) => {
    await lists.hasOpenProposal(tx, { entryId: ID });
    return lists.hasOpenProposal(tx, { hitId: ID });
  },
};
