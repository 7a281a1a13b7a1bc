/** Sample calls of the queries of codes and intents of signing. */
import * as signing from '../../../db/queries/signing.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID, OTHER_ID } from './values.ts';

const DIGEST = '0'.repeat(64);

export const SIGNING: Samples = {
  keepSigningCode: ({ tx }) =>
    signing.keepSigningCode(tx, {
      id: ID,
      contractId: OTHER_ID,
      digestSm3: DIGEST,
      codeHmac: BYTES,
      now: AT,
      expiresAt: AT,
    }),
  countSigningCodes: ({ tx }) => signing.countSigningCodes(tx, ID, AT),
  trySigningCode: ({ tx }) =>
    signing.trySigningCode(tx, { contractId: ID, digestSm3: DIGEST }, 5, AT),
  useSigningCode: ({ tx }) => signing.useSigningCode(tx, ID, AT),
  keepSigningIntent: ({ tx }) =>
    signing.keepSigningIntent(tx, {
      actKey: 'k',
      contractId: ID,
      codeId: OTHER_ID,
      digestSm3: DIGEST,
      sealedIntent: BYTES,
      at: AT,
    }),
  readSigningIntent: ({ tx }) => signing.readSigningIntent(tx, 'k'),
  signingIntentsOf: ({ tx }) => signing.signingIntentsOf(tx, ID),
};
