/** The lender's identity provider as staff sign in there: OpenID Connect code flow with PKCE (openid-client). */
import * as oidc from 'openid-client';
import { z } from 'zod';
import { isRole, type Role } from '../../domain/authority.ts';
import { type SecondFactorRule, secondFactorOf } from './second-factor.ts';

/** What is kept between the way to the provider and the way back. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export type ReturnRefusal =
  /** State, nonce, issuer, audience, signature or time of the answer do not hold, or the provider said no. */
  'SIGN_IN_REFUSED' | 'SECOND_FACTOR_MISSING';

export type ReturnVerdict =
  | {
      readonly ok: true;
      readonly subject: string;
      readonly roles: readonly Role[];
      readonly secondFactor: string;
      readonly idToken: string;
    }
  | {
      readonly ok: false;
      readonly refusal: ReturnRefusal;
      /** openid-client's own code, for the audit trail. */
      readonly detail: string;
      /** Known only once the token held. */
      readonly subject?: string;
    }
  /** The provider cannot be reached: nobody's fault, so no refusal. */
  | { readonly ok: false; readonly refusal: 'UNAVAILABLE'; readonly cause: unknown };

export interface StaffProvider {
  /** Where to send the browser. @throws ProviderUnreachable */
  begin(): Promise<{ readonly url: URL; readonly secrets: FlowSecrets }>;
  /** Exchanges and checks what the browser brought back in its query. */
  finish(query: URLSearchParams, secrets: FlowSecrets): Promise<ReturnVerdict>;
  /** Where the browser ends its session at the provider, or null when the provider has no such page. */
  endSessionUrl(idToken: string): Promise<URL | null>;
}

export class ProviderUnreachable extends Error {
  constructor(cause: unknown) {
    super('The identity provider cannot be reached.', { cause });
    this.name = 'ProviderUnreachable';
  }
}

export interface StaffProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Ends with the callback's path; registered at the provider. */
  readonly redirectUri: string;
  /** Where the provider sends people after the sign-out; registered there. */
  readonly signedOutUri: string;
  readonly secondFactor: SecondFactorRule;
  /** Origin by which this process reaches the issuer, where it differs from the browsers'. */
  readonly backChannelUrl?: string | undefined;
  /** Plain HTTP to the provider, for development on one machine. */
  readonly allowHttp: boolean;
}

const TIMEOUT_SECONDS = 10;
const SCOPE = 'openid profile';

const idClaims = z.object({
  sub: z.string().regex(/^[A-Za-z0-9._@:-]{1,128}$/),
  roles: z.array(z.string()).max(64).catch([]),
});

/** What openid-client says of a provider that does not answer as one: down, and not refusing. */
const DOWN = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

/** Errors by which the provider or its token is at fault; any other means that it could not be asked. */
function refusalDetail(error: unknown): string | null {
  if (error instanceof oidc.AuthorizationResponseError) return error.code;
  if (error instanceof oidc.ResponseBodyError) return error.status < 500 ? error.code : null;
  if (error instanceof oidc.ClientError) {
    const code = error.code ?? 'OAUTH_REFUSED';
    return DOWN.has(code) ? null : code;
  }
  return null;
}

/** The issuer's URLs, asked for at the origin by which we reach it. */
function backChannelFetch(issuer: string, backChannelUrl: string): oidc.CustomFetch {
  const from = new URL(issuer).origin;
  const to = new URL(backChannelUrl).origin;
  return (url, { body, ...options }) =>
    fetch(url.startsWith(`${from}/`) ? to + url.slice(from.length) : url, {
      ...options,
      ...(body === undefined ? {} : { body }),
    });
}

/** Discovers the provider at its first use and again after a failure; a start does not wait for it. */
function discoverer(options: StaffProviderOptions): () => Promise<oidc.Configuration> {
  let found: Promise<oidc.Configuration> | null = null;
  const { issuer, clientId, clientSecret, backChannelUrl } = options;
  const discover = async (): Promise<oidc.Configuration> => {
    const authentication =
      clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
    return await oidc.discovery(new URL(issuer), clientId, undefined, authentication, {
      timeout: TIMEOUT_SECONDS,
      // Without this the id token's own signature would be left to TLS.
      execute: [
        oidc.enableNonRepudiationChecks,
        ...(options.allowHttp ? [oidc.allowInsecureRequests] : []),
      ],
      ...(backChannelUrl === undefined
        ? {}
        : { [oidc.customFetch]: backChannelFetch(issuer, backChannelUrl) }),
    });
  };
  return () => {
    found ??= discover().catch((cause: unknown) => {
      found = null;
      throw new ProviderUnreachable(cause);
    });
    return found;
  };
}

async function exchange(
  provider: oidc.Configuration,
  options: StaffProviderOptions,
  query: URLSearchParams,
  secrets: FlowSecrets,
): Promise<ReturnVerdict> {
  const back = new URL(options.redirectUri);
  back.search = query.toString();
  const tokens = await oidc.authorizationCodeGrant(provider, back, {
    pkceCodeVerifier: secrets.verifier,
    expectedState: secrets.state,
    expectedNonce: secrets.nonce,
    idTokenExpected: true,
  });
  const parsed = idClaims.safeParse(tokens.claims());
  const { id_token: idToken } = tokens;
  if (!parsed.success || idToken === undefined)
    return { ok: false, refusal: 'SIGN_IN_REFUSED', detail: 'CLAIMS_INVALID' };
  const { sub: subject, roles } = parsed.data;
  const secondFactor = secondFactorOf(options.secondFactor, tokens.claims());
  if (secondFactor === null)
    return { ok: false, refusal: 'SECOND_FACTOR_MISSING', detail: 'ACR_AMR', subject };
  return { ok: true, subject, roles: roles.filter(isRole), secondFactor, idToken };
}

/** The provider behind its discovery document. */
export function createStaffProvider(options: StaffProviderOptions): StaffProvider {
  const discovered = discoverer(options);
  return {
    async begin() {
      const provider = await discovered();
      const secrets = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(provider, {
        redirect_uri: options.redirectUri,
        scope: SCOPE,
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(secrets.verifier),
        code_challenge_method: 'S256',
        acr_values: options.secondFactor.acr.join(' '),
      });
      return { url, secrets };
    },
    async finish(query, secrets) {
      try {
        return await exchange(await discovered(), options, query, secrets);
      } catch (error) {
        const detail = refusalDetail(error);
        if (detail === null) return { ok: false, refusal: 'UNAVAILABLE', cause: error };
        return { ok: false, refusal: 'SIGN_IN_REFUSED', detail };
      }
    },
    async endSessionUrl(idToken) {
      const provider = await discovered();
      if (provider.serverMetadata().end_session_endpoint === undefined) return null;
      return oidc.buildEndSessionUrl(provider, {
        id_token_hint: idToken,
        post_logout_redirect_uri: options.signedOutUri,
      });
    },
  };
}
