/** Integrators' programs exchange an assertion signed by their own key for a short token, which anybody can check. */
import { recordDeed } from '../audit.ts';
import { checkClient } from '../auth/client-grant.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer } from '../schemas/common.ts';
import { clientToken, clientTokenRequest, keySet } from '../schemas/sign-in.ts';

const TOKEN_TTL_SECONDS = 5 * 60;
const tags = ['sign-in'];

const give = defineRoute('POST /v1/tokens', {
  summary: 'Give an integrator a token for a signed assertion',
  description:
    'Client credentials with private_key_jwt (RFC 7523): ES256, or SM2SM3 for a key of the SM2 curve. An assertion is good once and for five minutes at most.',
  tags,
  request: {
    body: {
      content: { 'application/x-www-form-urlencoded': { schema: clientTokenRequest } },
      required: true,
    },
  },
  responses: { 200: jsonAnswer('The token', clientToken) },
});

const keys = defineRoute('GET /v1/keys', {
  summary: 'The public keys of our tokens',
  tags,
  responses: { 200: jsonAnswer('A JSON Web Key Set', keySet) },
});

export function registerClientSignIn(app: App): void {
  app.openapi(give, async (c) => {
    const deps = c.get('deps');
    const { client_assertion: assertion, scope } = c.req.valid('form');
    const verdict = await checkClient(deps, assertion, scope);
    await recordDeed(c, deps.db, {
      action: 'client.sign-in',
      subjectKind: 'client',
      subjectId: verdict.clientId ?? 'unknown',
      result: verdict.ok ? 'DONE' : 'DENIED',
      ...(verdict.ok ? {} : { reason: verdict.refusal }),
    });
    if (!verdict.ok) {
      throw new ApiProblem(
        verdict.refusal === 'SCOPE_NOT_GRANTED' ? 'SCOPE_MISSING' : 'CLIENT_REFUSED',
      );
    }
    const { clientId, scopes, requestsPerMinute } = verdict;
    const token = await deps.signIn.tokens.issue(
      {
        subject: clientId,
        role: 'integrator',
        ttlSeconds: TOKEN_TTL_SECONDS,
        client: { clientId, scopes, requestsPerMinute },
      },
      deps.now(),
    );
    return c.json(
      {
        access_token: token,
        token_type: 'Bearer' as const,
        expires_in: TOKEN_TTL_SECONDS,
        scope: scopes.join(' '),
      },
      200,
    );
  });

  app.openapi(keys, (c) => c.json({ keys: [...c.get('deps').signIn.tokens.publicKeys] }, 200));
}
