/**
 * Checks the signature of a partner's request where its client was registered as one that signs: a token that was
 * stolen is of no use without the key, and no request can be sent twice.
 */
import type { MiddlewareHandler } from 'hono';
import { nonceSeen } from '../../db/queries/idempotency.ts';
import { findSigningClient } from '../../db/queries/signing-clients.ts';
import { verifySigned } from '../../platform/crypto/envelope.ts';
import { sm2PublicKeyFromSpki } from '../../platform/crypto/sm2.ts';
import { recordDeed } from '../audit.ts';
import type { AppContext, AppEnv } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { signedPath } from '../signed-path.ts';

/** The edge reads clients and keeps nonces; the area of the caller may do neither. */
const edgeOf = (c: AppContext) => c.get('deps').areas.of('edge', null);

async function requireSignature(c: AppContext, clientId: string): Promise<void> {
  const edge = edgeOf(c);
  const client = await findSigningClient(edge, clientId);
  if (client === undefined) return;
  const publicKey = sm2PublicKeyFromSpki(client.publicKeyPem);
  const verdict = await verifySigned({
    method: c.req.method,
    path: signedPath(c.req.url),
    body: new Uint8Array(await c.req.arrayBuffer()),
    headers: c.req.raw.headers,
    // The name and key are the client's own: an envelope of another one is not taken with this one's token.
    publicKeyFor: (appId, keyId) =>
      appId === clientId && keyId === clientId ? publicKey : undefined,
    nowMs: c.get('deps').now().getTime(),
    seenNonce: (_appId, nonce) => nonceSeen(edge, `request:${clientId}`, nonce),
  });
  if (verdict.ok) return;
  await recordDeed(c, c.get('deps').db, {
    action: 'request.refuse',
    subjectKind: 'client',
    subjectId: clientId,
    result: 'DENIED',
    reason: verdict.reason,
  });
  throw new ApiProblem(verdict.reason === 'NONCE_SEEN' ? 'REPLAYED' : 'PARTNER_SIGNATURE_REFUSED');
}

/** Runs once the body's size is known to be allowed, and before anything is read of it. */
export function partnerSignature(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const caller = c.get('principal');
    if (caller?.via === 'client') await requireSignature(c, caller.subject);
    await next();
  };
}
