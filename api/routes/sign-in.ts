/** Staff sign in with a browser at the lender's identity provider, see who they are, and sign out here and there. */
import { z } from 'zod';
import { incompatibleRoles } from '../../domain/authority.ts';
import { keepAttempt, takeAttempt } from '../../db/queries/sign-in.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { dropSecret, readSecret, writeSecret } from '../auth/cookies.ts';
import { csrfToken } from '../auth/csrf.ts';
import {
  ABSOLUTE_MS,
  beginSession,
  finishSession,
  newSecret,
  type Session,
  sessionOf,
  type SignedInPerson,
} from '../auth/sessions.ts';
import { type FlowSecrets, ProviderUnreachable } from '../auth/staff-provider.ts';
import { recordDeed } from '../audit.ts';
import type { AppContext } from '../deps.ts';
import { isOwnerRole } from '../permissions.ts';
import { ApiProblem } from '../problem-response.ts';
import type { ProblemCode } from '../problems.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer } from '../schemas/common.ts';
import { callbackQuery, sessionView, signedOut, signInQuery } from '../schemas/sign-in.ts';

/** How long a person may take at the provider. */
const ATTEMPT_SECONDS = 600;
const ATTEMPT_COLUMN = 'sign_in_attempts.sealed';
const RETURN_DEFAULT = '/v1/session';
const tags = ['sign-in'];

const attemptContent = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
});

const begin = defineRoute('GET /v1/sign-in', {
  summary: 'Send the browser to the identity provider',
  tags,
  request: { query: signInQuery },
  responses: { 302: { description: 'To the identity provider' } },
});

const back = defineRoute('GET /v1/sign-in/callback', {
  summary: 'Take the browser back from the identity provider',
  description: 'Opens a session for staff with a second factor and roles that go together.',
  tags,
  request: { query: callbackQuery },
  responses: { 302: { description: 'Signed in; to where the sign-in began' } },
});

const who = defineRoute('GET /v1/session', {
  summary: 'Who is signed in in this browser',
  tags,
  responses: { 200: jsonAnswer('The session', sessionView) },
});

const leave = defineRoute('POST /v1/sign-out', {
  summary: 'End the session',
  tags,
  responses: { 200: jsonAnswer('Ended', signedOut) },
});

function unavailable(cause: unknown): ApiProblem {
  return new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5, cause });
}

/** A refused sign-in is on the audit trail before it is answered. */
async function refuse(
  c: AppContext,
  problem: ProblemCode,
  reason: string,
  subject = 'unknown',
): Promise<never> {
  await recordDeed(c, c.get('deps').db, {
    action: 'sign-in.refuse',
    subjectKind: 'staff',
    subjectId: subject,
    result: 'DENIED',
    reason,
  });
  throw new ApiProblem(problem);
}

async function startAttempt(c: AppContext, returnTo: string): Promise<URL> {
  const { db, vault, signIn, now } = c.get('deps');
  const { url, secrets } = await signIn.provider.begin().catch((error: unknown) => {
    throw error instanceof ProviderUnreachable ? unavailable(error) : error;
  });
  const secret = newSecret();
  const idSm3 = sm3Hex(secret);
  const cipher = await vault.ofHouse(db);
  await keepAttempt(db, {
    idSm3,
    sealed: cipher.sealJson(ATTEMPT_COLUMN, idSm3, { ...secrets, returnTo }),
    expiresAt: new Date(now().getTime() + ATTEMPT_SECONDS * 1000),
  });
  writeSecret(c, 'attempt', secret, ATTEMPT_SECONDS);
  return url;
}

/** The attempt of this browser, taken away so that it serves once. @throws ApiProblem SIGN_IN_LOST */
async function takeBack(
  c: AppContext,
): Promise<{ readonly secrets: FlowSecrets; readonly returnTo: string }> {
  const { db, vault, now } = c.get('deps');
  const secret = readSecret(c, 'attempt');
  dropSecret(c, 'attempt');
  if (secret === undefined) return await refuse(c, 'SIGN_IN_LOST', 'NO_ATTEMPT');
  const idSm3 = sm3Hex(secret);
  const sealed = await takeAttempt(db, idSm3, now());
  if (sealed === undefined) return await refuse(c, 'SIGN_IN_LOST', 'ATTEMPT_OVER');
  const cipher = await vault.ofHouse(db);
  const { returnTo, ...secrets } = cipher.openJson(ATTEMPT_COLUMN, idSm3, sealed, (value) =>
    attemptContent.parse(value),
  );
  return { secrets, returnTo };
}

/** Who came back, when everything about them holds. @throws ApiProblem */
async function personBack(c: AppContext, secrets: FlowSecrets): Promise<SignedInPerson> {
  const query = new URL(c.req.url).searchParams;
  if (query.get('state') !== secrets.state) return await refuse(c, 'SIGN_IN_LOST', 'STATE');
  const verdict = await c.get('deps').signIn.provider.finish(query, secrets);
  if (!verdict.ok) {
    if (verdict.refusal === 'UNAVAILABLE') throw unavailable(verdict.cause);
    return await refuse(c, verdict.refusal, verdict.detail, verdict.subject);
  }
  const { subject, secondFactor, idToken } = verdict;
  // A session is for staff work: what a person may do as a customer is not part of it.
  const roles = verdict.roles.filter((role) => !isOwnerRole(role));
  if (roles.length === 0) return await refuse(c, 'ROLE_MISSING', 'NO_STAFF_ROLE', subject);
  if (incompatibleRoles(roles) !== null)
    return await refuse(c, 'ROLES_INCOMPATIBLE', 'ROLES_INCOMPATIBLE', subject);
  return { subject, roles, secondFactor, idToken };
}

/** Whoever was signed in in this browser before is not any more. */
async function endFormer(c: AppContext): Promise<void> {
  const secret = readSecret(c, 'session');
  const former = secret === undefined ? null : await sessionOf(c.get('deps'), secret);
  if (former !== null) await finishSession(c.get('deps'), former.id, 'REPLACED');
}

async function open(c: AppContext, person: SignedInPerson): Promise<void> {
  const deps = c.get('deps');
  await endFormer(c);
  const { id, secret } = await beginSession(deps, person);
  c.set('principal', { ...person, via: 'session', scopes: [], sessionId: id });
  await recordDeed(c, deps.db, {
    action: 'sign-in.done',
    subjectKind: 'session',
    subjectId: id,
    result: 'DONE',
    detail: { roles: person.roles, secondFactor: person.secondFactor },
  });
  writeSecret(c, 'session', secret, ABSOLUTE_MS / 1000);
}

/** The session that the access check found. @throws ApiProblem SESSION_ENDED */
function sessionHere(c: AppContext): Session {
  const session = c.get('session');
  if (session === undefined) throw new ApiProblem('SESSION_ENDED');
  return session;
}

export function registerSignIn(app: App): void {
  app.openapi(begin, async (c) => {
    const url = await startAttempt(c, c.req.valid('query').returnTo ?? RETURN_DEFAULT);
    return c.redirect(url.href, 302);
  });

  app.openapi(back, async (c) => {
    const { secrets, returnTo } = await takeBack(c);
    await open(c, await personBack(c, secrets));
    return c.redirect(returnTo, 302);
  });

  app.openapi(who, async (c) => {
    const session = sessionHere(c);
    return c.json(
      {
        subject: session.subject,
        roles: [...session.roles],
        idleUntil: session.idleUntil.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
        csrfToken: csrfToken(c.get('deps').signIn.secret, session.secretSm3),
      },
      200,
    );
  });

  app.openapi(leave, async (c) => {
    const deps = c.get('deps');
    const { id } = sessionHere(c);
    const idToken = await finishSession(deps, id, 'SIGNED_OUT');
    dropSecret(c, 'session');
    await recordDeed(c, deps.db, {
      action: 'sign-out.done',
      subjectKind: 'session',
      subjectId: id,
      result: 'DONE',
    });
    // The session here has ended whatever the provider says; a provider that is down keeps its own for a while.
    const url =
      idToken === null ? null : await deps.signIn.provider.endSessionUrl(idToken).catch(() => null);
    return c.json({ endSessionUrl: url?.href ?? null }, 200);
  });
}
