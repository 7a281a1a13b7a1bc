/** Sample calls of the queries of the offer, contract and sign chapters. */
import * as prefill from '../../../db/queries/prefill.ts';
import * as contract from '../../../db/queries/contract.ts';
import * as disclosures from '../../../db/queries/disclosures.ts';
import * as issuedPapers from '../../../db/queries/issued-papers.ts';
import * as offer from '../../../db/queries/offer.ts';
import * as sign from '../../../db/queries/sign.ts';
import { buildOffer } from './offer.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID, OTHER_ID } from './values.ts';

export const OFFER: Samples = {
  storeOffer: ({ tx }) =>
    offer.storeOffer(tx, {
      applicationId: ID,
      round: 1,
      productCode: 'P',
      productVersion: 1,
      offer: buildOffer(),
      capRule: {},
      validUntil: AT,
    }),
  latestOffer: ({ tx }) => offer.latestOffer(tx, ID),
  closeOffer: ({ tx, answer }) => {
    answer({});
    return offer.closeOffer(tx, ID, 'ACCEPTED', AT);
  },
  cancelOffers: ({ tx }) => offer.cancelOffers(tx, ID, AT),
};

export const CONTRACT: Samples = {
  readContract: ({ tx }) => contract.readContract(tx, ID),
  storeContract: ({ tx }) =>
    contract.storeContract(tx, {
      id: ID,
      applicationId: ID,
      offerId: ID,
      number: 'n',
      documentId: ID,
      sm3: 'h',
      disclosure: { documentId: ID, sm3: 'h', minReadSeconds: 10 },
      scheduleDocumentId: ID,
    }),
  voidContracts: ({ tx }) => contract.voidContracts(tx, ID),
  keepSealedPaper: ({ tx }) => contract.keepSealedPaper(tx, ID, OTHER_ID),
  markSigned: ({ tx }) => contract.markSigned(tx, ID, AT),
};

export const DISCLOSURES: Samples = {
  keepShowing: ({ tx }) =>
    disclosures.keepShowing(tx, {
      id: ID,
      contractId: ID,
      formSm3: 'h',
      minReadSeconds: 10,
      shownTo: 's',
      shownAt: AT,
      sealedOrigin: BYTES,
    }),
  readShowing: ({ tx }) => disclosures.readShowing(tx, ID),
  keepConfirmation: ({ tx }) =>
    disclosures.keepConfirmation(tx, {
      showingId: ID,
      contractId: ID,
      formSm3: 'h',
      confirmedBy: 's',
      confirmedAt: AT,
      dwellMs: 10_000,
      sealedOrigin: BYTES,
    }),
  confirmedDisclosure: ({ tx }) => disclosures.confirmedDisclosure(tx, ID),
};

export const ISSUED_PAPERS: Samples = {
  readDeclined: ({ tx }) => issuedPapers.readDeclined(tx, ID),
  readSettled: ({ tx }) => issuedPapers.readSettled(tx, ID),
  readIssuedPaper: ({ tx }) => issuedPapers.readIssuedPaper(tx, ID),
  readLetterPaper: ({ tx }) => issuedPapers.readLetterPaper(tx, ID, ID),
  readPaperAt: ({ tx }) => issuedPapers.readPaperAt(tx, ID, 'SETTLEMENT_CERTIFICATE', 'k'),
  isLaterNote: ({ tx }) => issuedPapers.isLaterNote(tx, ID),
  newestIssuedPaper: ({ tx }) => issuedPapers.newestIssuedPaper(tx, ID, 'DECLINE_NOTICE'),
};

const OF_SIGNER = { contractId: ID, party: 'APPLICANT' } as const;

export const SIGN: Samples = {
  signersWithKeys: ({ tx }) => sign.signersWithKeys(tx, ID),
  keepSigningKey: ({ tx, answer }) => {
    answer();
    answer({ sealedKey: BYTES, sealedCsr: BYTES });
    return sign.keepSigningKey(tx, OF_SIGNER, { sealedKey: BYTES, sealedCsr: BYTES });
  },
  readSigningKey: ({ tx }) => sign.readSigningKey(tx, OF_SIGNER),
  destroySigningKey: ({ tx }) => sign.destroySigningKey(tx, ID),
  storeCertificate: ({ tx }) =>
    sign.storeCertificate(tx, { ...OF_SIGNER, serial: 's', sealedChain: BYTES }),
  readCertificate: ({ tx }) => sign.readCertificate(tx, OF_SIGNER),
  signedUnder: ({ tx }) => sign.signedUnder(tx, OF_SIGNER),
  markRevoked: ({ tx }) => sign.markRevoked(tx, OF_SIGNER),
  storeSignature: ({ tx, answer }) => {
    answer();
    answer({ signature: BYTES });
    return sign.storeSignature(tx, {
      contractId: ID,
      party: 'APPLICANT',
      publicKey: 'k',
      digestSm3: 'h',
      signature: BYTES,
      signedBy: 's',
    });
  },
  hasTimestamp: ({ tx }) => sign.hasTimestamp(tx, ID, 'BEFORE'),
  storeTimestamp: ({ tx }) =>
    sign.storeTimestamp(tx, {
      contractId: ID,
      moment: 'BEFORE',
      imprintSm3: 'h',
      reply: BYTES,
      generatedAt: AT,
    }),
};

export const PREFILL: Samples = {
  readPaperDocument: ({ tx }) => prefill.readPaperDocument(tx, ID),
  countSamePicture: ({ tx }) => prefill.countSamePicture(tx, { applicationId: ID, sm3: '0' }),
  storePaperReading: ({ tx }) =>
    prefill.storePaperReading(tx, {
      documentId: ID,
      applicationId: OTHER_ID,
      outcome: 'READ',
      reason: null,
      sealedReadings: BYTES,
      samePicture: 0,
    }),
  readPaperReading: ({ tx }) => prefill.readPaperReading(tx, ID),
  latestPaperReading: ({ tx }) => prefill.latestPaperReading(tx, ID, 'ID_FRONT'),
  expiredPapers: ({ tx }) => prefill.expiredPapers(tx, { before: AT, most: 1 }),
  forgetPaper: ({ tx }) => prefill.forgetPaper(tx, ID),
};
