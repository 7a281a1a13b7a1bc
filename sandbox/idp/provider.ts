/** Serves the identity provider under `/idp`: its key set at once, the whole OpenID provider from its first use on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { publicJwks, type TokenKeys } from './token-keys.ts';

export type IdpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** `oidc-provider` takes most of a second to load, which a start without a login should not pay. */
export function createIdpHandler(keys: TokenKeys, issuer: string): IdpHandler {
  const jwks = JSON.stringify(publicJwks(keys));
  let provider: Promise<IdpHandler> | null = null;
  return async (request, response) => {
    if (request.method === 'GET' && request.url === '/idp/jwks') {
      response
        .writeHead(200, { 'Content-Type': 'application/jwk-set+json; charset=utf-8' })
        .end(jwks);
      return;
    }
    provider ??= import('./openid.ts').then(({ createOpenIdProvider }) =>
      createOpenIdProvider(keys, issuer),
    );
    const serve = await provider;
    await serve(request, response);
  };
}
