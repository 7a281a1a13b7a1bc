/** The OpenID provider of the demo staff: code flow with PKCE and a second factor, client credentials for integrators. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type GrantInHand, Provider, type ProviderContext, type TokenInHand } from 'oidc-provider';
import { loginPage, readLogin } from './login-page.ts';
import type { IdpHandler } from './provider.ts';
import { API_AUDIENCE, DEMO_CLIENT, DEMO_STAFF } from './staff.ts';
import type { TokenKeys } from './token-keys.ts';

/** The platform's API as a resource: access tokens for it are JWTs with our audience. */
const API_RESOURCE = 'urn:xindai:api';
const API_SCOPE = 'xindai';
const SECOND_FACTOR = { acr: 'urn:xindai:2fa', amr: ['pwd', 'otp', 'mfa'] } as const;
const MOUNT = '/idp';

/** Where a login may come back to; a native client's loopback address fits with any port (RFC 8252 §7.3). */
const REDIRECTS = ['127.0.0.1', 'localhost'].flatMap((host) => [
  `http://${host}:8080/console/callback`,
  `http://${host}:8080/v1/sign-in/callback`,
]);
const SIGNED_OUT = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:8080/docs`);

export function createOpenIdProvider(keys: TokenKeys, issuer: string): IdpHandler {
  const provider = new Provider(issuer, configuration(keys));
  const serve = provider.callback();
  const { host } = new URL(issuer);
  return async (request, response) => {
    const url = request.url ?? '';
    if (url.startsWith(`${MOUNT}/interaction/`)) return interact(provider, request, response);
    // The provider learns where it is mounted from `originalUrl`, as under a framework.
    Object.assign(request, { originalUrl: url, url: url.slice(MOUNT.length) || '/' });
    // Its addresses are the issuer's, by whatever name it was reached: browsers know only that one.
    request.headers.host = host;
    return serve(request, response);
  };
}

function configuration(keys: TokenKeys): Readonly<Record<string, unknown>> {
  return {
    jwks: { keys: [keys.signing] },
    cookies: { keys: [keys.cookieSecret] },
    clients: [integratorClient(), consoleClient()],
    claims: { openid: ['sub', 'name', 'roles', 'acr', 'amr'] },
    scopes: ['openid', 'offline_access', API_SCOPE],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    acrValues: [SECOND_FACTOR.acr],
    conformIdTokenClaims: false,
    ttl: {
      AccessToken: 3600,
      ClientCredentials: 3600,
      IdToken: 3600,
      Session: 43_200,
      Grant: 43_200,
      Interaction: 900,
    },
    interactions: {
      url: (_context: unknown, interaction: { readonly uid: string }) =>
        `${MOUNT}/interaction/${interaction.uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API_RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: API_SCOPE,
          audience: API_AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    findAccount: (_context: unknown, subject: string) => account(subject),
    extraTokenClaims: (_context: unknown, token: TokenInHand) => tokenClaims(token),
    loadExistingGrant,
  };
}

function integratorClient(): Readonly<Record<string, unknown>> {
  return {
    client_id: DEMO_CLIENT.clientId,
    client_secret: DEMO_CLIENT.clientSecret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: API_SCOPE,
    id_token_signed_response_alg: 'ES256',
  };
}

function consoleClient(): Readonly<Record<string, unknown>> {
  return {
    client_id: 'xindai-console',
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: REDIRECTS,
    post_logout_redirect_uris: SIGNED_OUT,
    id_token_signed_response_alg: 'ES256',
  };
}

function account(subject: string): unknown {
  const member = DEMO_STAFF.find((staff) => staff.subject === subject);
  if (member === undefined) return undefined;
  return {
    accountId: subject,
    claims: () => ({ sub: subject, name: member.name, roles: member.roles, ...SECOND_FACTOR }),
  };
}

function tokenClaims(token: TokenInHand): Readonly<Record<string, unknown>> {
  if (token.kind === 'ClientCredentials') return { roles: DEMO_CLIENT.roles };
  const member = DEMO_STAFF.find((staff) => staff.subject === token.accountId);
  return member === undefined ? {} : { name: member.name, roles: member.roles, ...SECOND_FACTOR };
}

/** The lender's own console needs no consent of its own staff. */
async function loadExistingGrant(context: ProviderContext): Promise<GrantInHand> {
  const { client, session, provider } = context.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(`openid offline_access ${API_SCOPE}`);
  grant.addResourceScope(API_RESOURCE, API_SCOPE);
  await grant.save();
  return grant;
}

/** Shows the login, or takes it: the subject and the one-time code must both hold. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(request, response).catch(() => null);
  if (details === null) {
    response
      .writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8' })
      .end('This login has expired. 登录已过期。');
    return;
  }
  const login = request.method === 'POST' ? await readLogin(request) : null;
  if (login?.ok === true) {
    // A native client must see an interaction each time; the login was it, so consent is given with it.
    await provider.interactionFinished(request, response, {
      login: { accountId: login.subject, remember: false, ...SECOND_FACTOR },
      consent: {},
    });
    return;
  }
  response.writeHead(login === null ? 200 : 403, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(await loginPage(details.uid, login !== null));
}
