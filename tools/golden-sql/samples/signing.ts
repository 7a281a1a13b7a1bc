/** Sample calls of the queries of signing: codes and intents, and those who sign beside the borrower. */
import * as coSigners from '../../../db/queries/co-signers.ts';
import * as signing from '../../../db/queries/signing.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID, OTHER_ID } from './values.ts';

const DIGEST = '0'.repeat(64);

export const SIGNING: Samples = {
  keepSigningCode: ({ tx }) =>
    signing.keepSigningCode(tx, {
      id: ID,
      contractId: OTHER_ID,
      partyId: null,
      digestSm3: DIGEST,
      codeHmac: BYTES,
      now: AT,
      expiresAt: AT,
    }),
  countSigningCodes: ({ tx }) =>
    signing.countSigningCodes(tx, { contractId: ID, partyId: null }, AT),
  trySigningCode: ({ tx }) =>
    signing.trySigningCode(tx, { contractId: ID, partyId: OTHER_ID, digestSm3: DIGEST }, 5, AT),
  useSigningCode: ({ tx }) => signing.useSigningCode(tx, ID, AT),
  keepSigningIntent: ({ tx }) =>
    signing.keepSigningIntent(tx, {
      actKey: 'k',
      contractId: ID,
      partyId: null,
      codeId: OTHER_ID,
      digestSm3: DIGEST,
      sealedIntent: BYTES,
      at: AT,
    }),
  isSigningProved: ({ tx }) =>
    signing.isSigningProved(tx, 'k', { contractId: ID, partyId: null, digestSm3: 'd' }),
  signingIntentsOf: ({ tx }) => signing.signingIntentsOf(tx, ID),
};

const CO_SIGNER = {
  id: ID,
  applicationId: OTHER_ID,
  ownerSubject: 'o',
  position: 1,
  role: 'GUARANTOR',
  subject: 's',
  sealedPerson: BYTES,
} as const;
const TURN = { id: ID, contractId: OTHER_ID, coSignerId: ID, position: 1, role: 'SPOUSE' } as const;

export const CO_SIGNERS: Samples = {
  nameCoSigners: ({ tx }) => coSigners.nameCoSigners(tx, OTHER_ID, [CO_SIGNER], AT),
  namedCoSigners: ({ tx }) => coSigners.namedCoSigners(tx, ID),
  openParties: ({ tx }) => coSigners.openParties(tx, [TURN]),
  partiesOf: ({ tx }) => coSigners.partiesOf(tx, ID),
  markInvited: ({ tx }) => coSigners.markInvited(tx, ID),
  markAnswered: ({ tx }) => coSigners.markAnswered(tx, ID, 'SIGNED', 'c'),
  expireTurns: ({ tx }) => coSigners.expireTurns(tx, ID),
  markReminded: ({ tx }) => coSigners.markReminded(tx, ID),
  turnsOf: ({ tx }) => coSigners.turnsOf(tx, 's'),
  readTurn: ({ tx }) => coSigners.readTurn(tx, ID),
  countProof: ({ tx }) => coSigners.countProof(tx, ID, 5),
  markProved: ({ tx }) => coSigners.markProved(tx, ID, AT),
};
