/** An OpenID provider that answers as a test says: discovery, keys and the token endpoint, over real HTTP. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export interface TestProvider {
  readonly issuer: string;
  /** Claims over those of a good id token; undefined leaves one out. */
  claims: Record<string, unknown>;
  /** The nonce of the sign-in under way, as the authorization request named it. */
  nonce: string;
  /** Signs by a key that is not published. */
  forge: boolean;
  /** Status of the token endpoint. */
  status: number;
  /** Bodies that the token endpoint was sent. */
  readonly asked: URLSearchParams[];
  close(): Promise<void>;
}

export const CLIENT_ID = 'xindai-console';

async function bodyOf(request: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function onlyDefined(claims: Record<string, unknown>): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

export async function startTestProvider(): Promise<TestProvider> {
  const published = await generateKeyPair('ES256');
  const hidden = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(published.publicKey)), kid: 'p1', alg: 'ES256', use: 'sig' };
  const state = { claims: {}, nonce: '', forge: false, status: 200 };
  const asked: URLSearchParams[] = [];

  const idToken = (): Promise<string> => {
    const seconds = Math.floor(Date.now() / 1000);
    const good = {
      iss: url,
      aud: CLIENT_ID,
      sub: 'reviewer-li',
      nonce: state.nonce,
      roles: ['reviewer'],
      acr: 'urn:xindai:2fa',
      iat: seconds,
      exp: seconds + 300,
    };
    return new SignJWT(onlyDefined({ ...good, ...state.claims }))
      .setProtectedHeader({ alg: 'ES256', kid: 'p1' })
      .sign(state.forge ? hidden.privateKey : published.privateKey);
  };

  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    };
    const serve = async (): Promise<void> => {
      if (request.url === '/.well-known/openid-configuration')
        return answer(200, {
          issuer: url,
          authorization_endpoint: `${url}/auth`,
          token_endpoint: `${url}/token`,
          jwks_uri: `${url}/jwks`,
          end_session_endpoint: `${url}/end`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
          code_challenge_methods_supported: ['S256'],
        });
      if (request.url === '/jwks') return answer(200, { keys: [jwk] });
      asked.push(new URLSearchParams(await bodyOf(request)));
      if (state.status !== 200) return answer(state.status, { error: 'invalid_grant' });
      return answer(200, {
        access_token: randomUUID(),
        token_type: 'Bearer',
        expires_in: 300,
        id_token: await idToken(),
      });
    };
    serve().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  return Object.assign(state, {
    issuer: url,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
