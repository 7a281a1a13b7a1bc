/** Sample calls of the queries of the audit trail: entries, their chain, and the seals over it. */
import * as audit from '../../../db/queries/audit.ts';
import * as chain from '../../../db/queries/audit-chain.ts';
import * as seals from '../../../db/queries/audit-seals.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID } from './values.ts';

const LINK = { position: 1, day: '2026-11-24', entryId: 1, entryXid: '1', value: 'h' };

export const AUDIT: Samples = {
  recordAudit: ({ tx }) =>
    audit.recordAudit(tx, {
      actor: 's',
      role: null,
      action: 'a.b',
      subjectKind: 'application',
      subjectId: ID,
      result: 'DONE',
      detail: {},
    }),
};

export const CHAIN: Samples = {
  takeChainLock: ({ tx }) => chain.takeChainLock(tx),
  lastLink: ({ tx }) => chain.lastLink(tx),
  settledEntries: ({ tx }) => chain.settledEntries(tx, LINK, 500),
  chainIsFromElsewhere: ({ tx }) => chain.chainIsFromElsewhere(tx, LINK),
  settledAfterRestore: ({ tx }) => chain.settledAfterRestore(tx, 500),
  addLinks: ({ tx }) => chain.addLinks(tx, [LINK]),
  readLinks: ({ tx }) => chain.readLinks(tx, 1, 500),
  oldestUnchained: ({ tx }) => chain.oldestUnchained(tx, 60),
};

export const SEALS: Samples = {
  lastSeal: ({ tx }) => seals.lastSeal(tx),
  addSeal: ({ tx }) =>
    seals.addSeal(tx, {
      number: 1,
      day: '2026-11-24',
      position: 1,
      value: 'h',
      previous: 'h',
      keyId: 'k',
      signature: BYTES,
      reply: BYTES,
      generatedAt: AT,
    }),
  readSeals: ({ tx }) => seals.readSeals(tx, 1, 500),
};
