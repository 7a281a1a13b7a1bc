/** Sample calls of the queries of sign-in: attempts, sessions, one-time codes, clients. */
import * as signIn from '../../../db/queries/sign-in.ts';
import * as signingClients from '../../../db/queries/signing-clients.ts';
import type { Samples } from '../recorder.ts';
import { AT, BYTES, ID } from './values.ts';

const CODE = { id: ID, mobileIndex: BYTES, codeHmac: BYTES, now: AT, expiresAt: AT };

export const SIGN_IN: Samples = {
  keepAttempt: ({ tx }) => signIn.keepAttempt(tx, { idSm3: 'h', sealed: BYTES, expiresAt: AT }),
  takeAttempt: ({ tx }) => signIn.takeAttempt(tx, 'h', AT),
  openSession: ({ tx }) =>
    signIn.openSession(tx, {
      id: ID,
      secretSm3: 'h',
      subject: 's',
      roles: ['reviewer'],
      secondFactor: 'otp',
      sealedIdToken: BYTES,
      now: AT,
      expiresAt: AT,
    }),
  findSession: ({ tx }) => signIn.findSession(tx, 'h'),
  touchSession: ({ tx }) => signIn.touchSession(tx, ID, AT),
  endSession: ({ tx }) => signIn.endSession(tx, ID, 'IDLE', AT),
  listSessions: ({ tx }) => signIn.listSessions(tx, AT),
  revokeSessions: ({ tx }) => signIn.revokeSessions(tx, 's', AT),
  'keepOwedCode (sent)': ({ tx }) => signIn.keepOwedCode(tx, CODE, { sealed: '', sends: true }),
  'keepOwedCode (held back)': ({ tx }) =>
    signIn.keepOwedCode(tx, CODE, { sealed: '', sends: false }),
  countTry: ({ tx }) => signIn.countTry(tx, BYTES, 5, AT),
  useCode: ({ tx }) => signIn.useCode(tx, ID, AT),
  findClient: ({ tx }) => signIn.findClient(tx, 'c'),
  listClients: ({ tx }) => signIn.listClients(tx),
  addClient: ({ tx }) =>
    signIn.addClient(tx, {
      clientId: 'c',
      name: 'n',
      alg: 'ES256',
      publicKeyPem: 'p',
      scopes: ['loans:read'],
      requestsPerMinute: 600,
    }),
  setClientState: ({ tx }) => signIn.setClientState(tx, 'c', 'DISABLED'),
  forgetSignIns: ({ tx }) => signIn.forgetSignIns(tx, AT),
};

export const SIGNING_CLIENTS: Samples = {
  findSigningClient: ({ tx }) => signingClients.findSigningClient(tx, 'c'),
  setSigning: ({ tx }) => signingClients.setSigning(tx, 'c', true, AT),
};
