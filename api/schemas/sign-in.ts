/** What is said when people and programs sign in. */
import { z } from '@hono/zod-openapi';
import { instant } from './common.ts';

/** A path on this host: one slash, and nothing that a browser would take for another host. */
export const signInQuery = z.object({
  returnTo: z
    .string()
    .max(200)
    .regex(/^\/(?![/\\])[A-Za-z0-9/_.~?=&%-]*$/)
    .optional(),
});

/** What the provider sends back in the query; checked by openid-client, so kept as it came. */
export const callbackQuery = z.looseObject({});

export const sessionView = z
  .object({
    subject: z.string(),
    roles: z.array(z.string()),
    idleUntil: instant,
    expiresAt: instant,
    csrfToken: z.string().openapi({
      description: 'To be sent as X-CSRF-Token with every request that changes something.',
    }),
  })
  .openapi('Session');

export const signedOut = z
  .object({
    endSessionUrl: z.url().nullable().openapi({
      description: 'Where the browser ends its session at the provider; null where there is none.',
    }),
  })
  .openapi('SignedOut');

const mobile = z
  .string()
  .regex(/^1[3-9]\d{9}$/)
  .openapi({ description: 'A mobile number of mainland China, 11 digits.' });

export const codeRequest = z.strictObject({ mobile }).openapi('ApplicantCodeRequest');

export const codeAccepted = z
  .object({ expiresInSeconds: z.number().int(), digits: z.number().int() })
  .openapi('ApplicantCodeAccepted');

export const applicantTokenRequest = z
  .strictObject({ mobile, code: z.string().regex(/^\d{6}$/) })
  .openapi('ApplicantTokenRequest');

export const applicantToken = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int(),
  })
  .openapi('ApplicantToken');

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** RFC 6749 §4.4 with RFC 7523 §2.2. */
export const clientTokenRequest = z
  .object({
    grant_type: z.literal('client_credentials'),
    client_assertion_type: z.literal(ASSERTION_TYPE),
    client_assertion: z.string().min(1).max(4096),
    client_id: z.string().max(64).optional(),
    scope: z.string().max(500).optional(),
  })
  .openapi('ClientTokenRequest');

export const clientToken = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().int(),
    scope: z.string(),
  })
  .openapi('ClientToken');

export const keySet = z
  .object({
    keys: z.array(
      z.object({
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        x: z.string(),
        y: z.string(),
        kid: z.string(),
        alg: z.literal('ES256'),
        use: z.literal('sig'),
      }),
    ),
  })
  .openapi('KeySet');
