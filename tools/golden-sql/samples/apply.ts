/** Sample calls of the queries of the apply and verify chapters. */
import * as admission from '../../../db/queries/admission.ts';
import * as apply from '../../../db/queries/apply.ts';
import * as verifications from '../../../db/queries/verifications.ts';
import * as verify from '../../../db/queries/verify.ts';
import type { LoanPage } from '../../../domain/apply.ts';
import type { Samples } from '../recorder.ts';
import { AMOUNT, AT, BYTES, ID, OTHER_ID, PINNED } from './values.ts';

const TRAIL = { fingerprint: 'f' };

const LOAN_PAGE: LoanPage = {
  productCode: 'P',
  amountFen: AMOUNT,
  termMonths: 12,
  purpose: 'OTHER',
  bankCardNumber: '0',
  bankReservedMobile: '0',
  contacts: [],
};

export const ADMISSION: Samples = {
  writeAdmission: ({ tx }) =>
    admission.writeAdmission(tx, {
      applicationId: ID,
      pinned: PINNED,
      amountFen: AMOUNT,
      termMonths: 12,
    }),
  writeFraudLinks: ({ tx }) =>
    admission.writeFraudLinks(tx, ID, OTHER_ID, [{ kind: 'DEVICE', valueIndex: BYTES }]),
  idleDrafts: ({ tx }) => admission.idleDrafts(tx, { remindBefore: AT, lapseBefore: AT, most: 50 }),
  remindDraft: ({ tx }) => admission.remindDraft(tx, ID),
};

export const APPLY: Samples = {
  createDraft: ({ tx }) =>
    apply.createDraft(tx, {
      id: ID,
      ownerSubject: 's',
      externalId: 'e',
      applicantKind: 'PERSON',
    }),
  upsertApplicant: ({ tx, answer }) => {
    answer({ id: ID });
    return apply.upsertApplicant(tx, { id: ID, kind: 'PERSON', identityIndex: BYTES });
  },
  savePage: ({ tx, cipher, answer }) => {
    answer();
    answer({ evidence_version: 2 });
    return apply.savePage(tx, cipher, {
      applicationId: ID,
      page: 3,
      content: LOAN_PAGE,
    });
  },
  growEvidence: ({ tx, answer }) => {
    answer({ evidence_version: 2 });
    return apply.growEvidence(tx, ID, 'FORM');
  },
  saveDeviceTrail: ({ tx, cipher }) => apply.saveDeviceTrail(tx, cipher, ID, TRAIL),
  loadDeviceTrail: ({ tx, cipher }) => apply.loadDeviceTrail(tx, cipher, ID),
  loadPartialForm: ({ tx, cipher }) => apply.loadPartialForm(tx, cipher, ID),
  loadForm: ({ tx, cipher }) => apply.loadForm(tx, cipher, ID),
  readApplication: ({ tx }) => apply.readApplication(tx, ID),
  lockApplication: ({ tx }) => apply.lockApplication(tx, ID),
  recordDocument: ({ tx }) =>
    apply.recordDocument(tx, {
      id: ID,
      applicationId: ID,
      kind: 'FACE',
      objectKey: 'k',
      sm3: 'h',
      sizeBytes: 1,
      mediaType: 'image/jpeg',
    }),
  latestDocument: ({ tx }) => apply.latestDocument(tx, ID, 'FACE'),
};

export const VERIFICATIONS: Samples = {
  recordVerification: ({ tx }) =>
    verifications.recordVerification(tx, {
      applicationId: ID,
      evidenceVersion: 1,
      kind: 'TWO_FACTOR',
      outcome: 'MATCH',
      detail: {},
      requestNo: 'r',
    }),
  readVerifications: ({ tx }) => verifications.readVerifications(tx, ID),
  readVerificationRequests: ({ tx }) => verifications.readVerificationRequests(tx, ID),
};

export const VERIFY: Samples = {
  linkApplicant: ({ tx }) => verify.linkApplicant(tx, ID, OTHER_ID),
  showAuthorisation: ({ tx, cipher }) =>
    verify.showAuthorisation(tx, cipher, {
      id: ID,
      applicationId: ID,
      applicantId: OTHER_ID,
      templateVersion: '1',
      text: 't',
      textSm3: 'h',
      terms: {
        grantee: { name: 'n', uscc: 'u' },
        bureaus: ['PBOC'],
        purposes: [],
        date: '2026-01-05',
        validityDays: 30,
        acts: [],
      },
    }),
  readAuthorisation: ({ tx }) => verify.readAuthorisation(tx, ID),
  openAuthorisationText: ({ cipher }) =>
    verify.openAuthorisationText(cipher, { id: ID, sealedText: BYTES }),
  agreeAuthorisation: ({ tx }) =>
    verify.agreeAuthorisation(tx, {
      id: ID,
      agreedBy: 's',
      agreedAt: AT,
      validUntil: AT,
      acts: [],
    }),
  withdrawAuthorisation: ({ tx }) => verify.withdrawAuthorisation(tx, ID, AT),
  expireAuthorisations: ({ tx }) => verify.expireAuthorisations(tx, ID, AT),
  readAgreedAuthorisation: ({ tx }) => verify.readAgreedAuthorisation(tx, ID),
  readLoanAuthorisation: ({ tx }) => verify.readLoanAuthorisation(tx, ID),
};
