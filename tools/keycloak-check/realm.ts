/** The realm of the check, made by Keycloak's admin interface: roles, our client, three people, and what `amr` says. */
import { z } from 'zod';

const REALM = 'xindai-check';

/** People of the check: with a second factor, without one, and with roles that exclude each other. */
export const PEOPLE = {
  good: { name: 'li', roles: ['reviewer'], otp: true },
  single: { name: 'wang', roles: ['reviewer'], otp: false },
  double: { name: 'sun', roles: ['reviewer', 'finance-maker'], otp: true },
} as const;
export type Person = (typeof PEOPLE)[keyof typeof PEOPLE];

export interface RealmPlan {
  readonly keycloakUrl: string;
  readonly admin: { readonly name: string; readonly password: string };
  readonly apiUrl: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Of everybody in the realm. */
  readonly password: string;
  readonly otpSecret: string;
}

/** Issuer of the realm. */
export const issuerOf = (keycloakUrl: string): string => `${keycloakUrl}/realms/${REALM}`;

const adminToken = z.object({ access_token: z.string() });
const executions = z.array(z.looseObject({ id: z.string(), providerId: z.string().optional() }));

/** `amr` values by authenticator (RFC 8176), which Keycloak writes once its executions carry them. */
const AMR: Readonly<Record<string, string>> = {
  'auth-username-password-form': 'pwd',
  'auth-otp-form': 'otp',
};

function mapper(name: string, kind: string, config: Readonly<Record<string, string>>): object {
  const inToken = { 'id.token.claim': 'true', 'access.token.claim': 'true' };
  return {
    name,
    protocol: 'openid-connect',
    protocolMapper: kind,
    config: { ...inToken, ...config },
  };
}

function clientOf({ apiUrl, client }: RealmPlan): object {
  return {
    clientId: client.id,
    secret: client.secret,
    publicClient: false,
    redirectUris: [`${apiUrl}/v1/sign-in/callback`],
    attributes: {
      'pkce.code.challenge.method': 'S256',
      'post.logout.redirect.uris': `${apiUrl}/docs`,
    },
    protocolMappers: [
      mapper('roles', 'oidc-usermodel-realm-role-mapper', {
        'claim.name': 'roles',
        'jsonType.label': 'String',
        multivalued: 'true',
      }),
      mapper('amr', 'oidc-amr-mapper', {}),
    ],
  };
}

function userOf({ name, roles, otp }: Person, { password, otpSecret }: RealmPlan): object {
  const totp = { subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' };
  const second = {
    type: 'otp',
    secretData: JSON.stringify({ value: otpSecret }),
    credentialData: JSON.stringify(totp),
  };
  return {
    username: name,
    firstName: name,
    lastName: 'check',
    email: `${name}@check.invalid`,
    emailVerified: true,
    enabled: true,
    realmRoles: roles,
    credentials: [
      { type: 'password', value: password, temporary: false },
      ...(otp ? [second] : []),
    ],
  };
}

/** Makes the realm. @throws Error naming the step that Keycloak refused */
export async function makeRealm(plan: RealmPlan): Promise<void> {
  const { keycloakUrl, admin } = plan;
  const answer = await fetch(`${keycloakUrl}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: admin.name,
      password: admin.password,
    }),
  });
  const token = adminToken.parse(await answer.json()).access_token;
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${keycloakUrl}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Keycloak refused ${method} ${path}: ${response.status}.`);
    return method === 'GET' ? await response.json() : undefined;
  };
  const roles = [...new Set(Object.values(PEOPLE).flatMap((person) => person.roles))];
  await call('POST', '', {
    realm: REALM,
    enabled: true,
    roles: { realm: roles.map((name) => ({ name })) },
    clients: [clientOf(plan)],
    users: Object.values(PEOPLE).map((person) => userOf(person, plan)),
  });
  const browser = executions.parse(
    await call('GET', `/${REALM}/authentication/flows/browser/executions`),
  );
  for (const { id, providerId = '' } of browser) {
    const value = AMR[providerId];
    if (value === undefined) continue;
    await call('POST', `/${REALM}/authentication/executions/${id}/config`, {
      alias: `amr-${value}`,
      config: { 'default.reference.value': value, 'default.reference.maxAge': '28800' },
    });
  }
}
