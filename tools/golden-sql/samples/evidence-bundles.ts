/** Sample calls of the queries of evidence bundles. */
import * as evidence from '../../../db/queries/evidence.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID, OTHER_ID } from './values.ts';

export const EVIDENCE_BUNDLES: Samples = {
  keepEvidenceBundle: ({ tx }) =>
    evidence.keepEvidenceBundle(tx, {
      id: ID,
      applicationId: ID,
      contractId: OTHER_ID,
      audience: 'STAFF',
      requestedBy: 's',
      requestedRole: 'auditor',
      requestedAt: AT,
    }),
  readEvidenceBundle: ({ tx }) => evidence.readEvidenceBundle(tx, ID),
  markEvidenceBuilt: ({ tx }) => evidence.markEvidenceBuilt(tx, ID, OTHER_ID, AT),
  keepRevocationList: ({ tx }) => evidence.keepRevocationList(tx, ID, BYTES),
  readSignedContract: ({ tx }) => evidence.readSignedContract(tx, ID),
  readChains: ({ tx }) => evidence.readChains(tx, ID),
  readSealing: ({ tx }) => evidence.readSealing(tx, ID),
  readConsentRecords: ({ tx }) => evidence.readConsentRecords(tx, ID),
  readDecisions: ({ tx }) => evidence.readDecisions(tx, ID),
  readOtherPapers: ({ tx }) => evidence.readOtherPapers(tx, ID),
  readSealedRecordings: ({ tx }) => evidence.readSealedRecordings(tx, ID),
  linksOfLoan: ({ tx }) => evidence.linksOfLoan(tx, ID, 9),
  chainValueAt: ({ tx }) => evidence.chainValueAt(tx, 9),
  signingActs: ({ tx }) => evidence.signingActs(tx, ID, OTHER_ID, 's'),
  takeBundle: ({ tx }) => evidence.takeBundle(tx, ID),
  releaseBundle: ({ tx }) => evidence.releaseBundle(tx, ID),
};
