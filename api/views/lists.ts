/** List entries, proposals and hits as they are shown. */
import type { ListProposal, ShownListEntry, ShownListHit } from '../../db/queries/lists.ts';
import { iso } from '../times.ts';

export function entryOf({ createdAt, at: _at, ...entry }: ShownListEntry) {
  return { ...entry, createdAt: iso(createdAt) };
}

export function proposalOf({ proposedAt, decidedAt, ...proposal }: ListProposal) {
  return {
    ...proposal,
    proposedAt: iso(proposedAt),
    decidedAt: decidedAt === null ? null : iso(decidedAt),
  };
}

export function hitOf({ foundAt, similarity, ...hit }: ShownListHit) {
  return { ...hit, similarity: Number(similarity), foundAt: iso(foundAt) };
}
