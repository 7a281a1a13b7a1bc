/** The client credentials grant: an integrator's assertion against the client's own key, once each. */
import { nonceSeen } from '../../db/queries/idempotency.ts';
import { findClient } from '../../db/queries/sign-in.ts';
import type { ApiDeps } from '../deps.ts';
import {
  type Assertion,
  type ClientAlg,
  isForUsNow,
  pretendToCheck,
  readAssertion,
  signatureHolds,
} from './client-assertion.ts';
import { isScope, type Scope } from './scopes.ts';

export type ClientRefusal =
  | 'ASSERTION_INVALID'
  | 'CLIENT_UNKNOWN'
  | 'CLIENT_DISABLED'
  | 'SIGNATURE_INVALID'
  | 'ASSERTION_REPLAYED'
  | 'SCOPE_NOT_GRANTED';

export type ClientVerdict =
  | {
      readonly ok: true;
      readonly clientId: string;
      readonly scopes: readonly Scope[];
      readonly requestsPerMinute: number;
    }
  /** The refusal is for the audit trail; callers are told no more than that. */
  | { readonly ok: false; readonly refusal: ClientRefusal; readonly clientId: string | null };

type GrantDeps = Pick<ApiDeps, 'db' | 'now' | 'publicUrl'>;

/** What an assertion may be addressed to: the token endpoint or the issuer (RFC 7523 §3). */
const audiencesOf = ({ publicUrl }: GrantDeps): readonly string[] => [
  publicUrl,
  `${publicUrl}/v1/tokens`,
];

interface KnownClient {
  readonly alg: ClientAlg;
  readonly public_key_pem: string;
  readonly scopes: readonly string[];
  readonly requests_per_minute: number;
  readonly state: 'ACTIVE' | 'DISABLED';
}

/** Why an assertion is not its client's, or null when it is. The signature comes before anything is remembered. */
async function refusalOf(
  deps: GrantDeps,
  assertion: Assertion,
  client: KnownClient | undefined,
): Promise<ClientRefusal | null> {
  if (client === undefined || client.alg !== assertion.alg) {
    pretendToCheck(assertion);
    return client === undefined ? 'CLIENT_UNKNOWN' : 'SIGNATURE_INVALID';
  }
  if (!signatureHolds(assertion, client.alg, client.public_key_pem)) return 'SIGNATURE_INVALID';
  if (client.state !== 'ACTIVE') return 'CLIENT_DISABLED';
  const seen = await nonceSeen(deps.db, `assertion:${assertion.clientId}`, assertion.jti);
  return seen ? 'ASSERTION_REPLAYED' : null;
}

/** Checks an assertion and the scopes asked for; without any, the client gets all that it was granted. */
export async function checkClient(
  deps: GrantDeps,
  assertionText: string,
  askedScope: string | undefined,
): Promise<ClientVerdict> {
  const assertion = readAssertion(assertionText);
  if (assertion === null || !isForUsNow(assertion, audiencesOf(deps), deps.now()))
    return { ok: false, refusal: 'ASSERTION_INVALID', clientId: null };
  const { clientId } = assertion;
  const client = await findClient(deps.db, clientId);
  const refusal = await refusalOf(deps, assertion, client);
  if (refusal !== null || client === undefined)
    return { ok: false, refusal: refusal ?? 'CLIENT_UNKNOWN', clientId };
  const granted = client.scopes.filter(isScope);
  const asked = askedScope?.split(' ').filter((one) => one !== '') ?? granted;
  const scopes = granted.filter((scope) => asked.includes(scope));
  if (scopes.length === 0 || scopes.length < new Set(asked).size)
    return { ok: false, refusal: 'SCOPE_NOT_GRANTED', clientId };
  return { ok: true, clientId, scopes, requestsPerMinute: client.requests_per_minute };
}
