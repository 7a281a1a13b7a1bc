/** Applicants prove a mobile number by a one-time code and get a token bound to the person behind it. */
import { addressOf } from '../address.ts';
import { recordDeed } from '../audit.ts';
import { evenly } from '../auth/even-timing.ts';
import { CODE_ACCEPTED, personOf, sendCode, takeCode } from '../auth/one-time-codes.ts';
import type { AppContext } from '../deps.ts';
import { ApiProblem } from '../problem-response.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer, jsonBody } from '../schemas/common.ts';
import {
  applicantToken,
  applicantTokenRequest,
  codeAccepted,
  codeRequest,
} from '../schemas/sign-in.ts';

const TOKEN_TTL_SECONDS = 15 * 60;
const tags = ['sign-in'];

const ask = defineRoute('POST /v1/applicant-codes', {
  summary: 'Send a one-time code to a mobile number',
  description:
    'Always answered alike, after the same time, whether a code was sent or a limit held it back. A newer code ends the one before.',
  tags,
  request: { body: jsonBody(codeRequest) },
  responses: { 202: jsonAnswer('Taken', codeAccepted) },
});

const give = defineRoute('POST /v1/applicant-tokens', {
  summary: 'Give a token for a one-time code',
  description: 'A wrong, expired, used or never sent code is refused alike.',
  tags,
  request: { body: jsonBody(applicantTokenRequest) },
  responses: { 200: jsonAnswer('The token', applicantToken) },
});

/** One counter for all whose address is not known: they reach us by no connection of their own. */
const originOf = (c: AppContext): string => addressOf(c) ?? 'unknown';

/** Both limits are counted whatever the first says, so that the work is the same. */
async function maySend(c: AppContext, mobile: string): Promise<boolean> {
  const { limits } = c.get('deps').signIn;
  const byNumber = await limits.take('codesPerNumber', mobile);
  const byAddress = await limits.take('codesPerAddress', originOf(c));
  return byNumber && byAddress;
}

async function askForCode(c: AppContext, mobile: string): Promise<void> {
  const deps = c.get('deps');
  const person = personOf(deps, mobile);
  const sends = await maySend(c, mobile);
  await sendCode(deps, { mobile, sends }, (tx) =>
    recordDeed(c, tx, {
      action: 'applicant-code.send',
      subjectKind: 'person',
      subjectId: person,
      result: sends ? 'DONE' : 'DENIED',
      ...(sends ? {} : { reason: 'TOO_MANY_REQUESTS' }),
    }),
  );
}

/** @throws ApiProblem CODE_REFUSED, TOO_MANY_REQUESTS */
async function tokenFor(c: AppContext, mobile: string, code: string): Promise<string> {
  const deps = c.get('deps');
  if (!(await deps.signIn.limits.take('triesPerAddress', originOf(c))))
    throw new ApiProblem('TOO_MANY_REQUESTS', { retryAfterSeconds: 900 });
  const person = personOf(deps, mobile);
  const holds = await takeCode(deps, mobile, code);
  await recordDeed(c, deps.db, {
    action: 'applicant.sign-in',
    subjectKind: 'person',
    subjectId: person,
    result: holds ? 'DONE' : 'DENIED',
    ...(holds ? {} : { reason: 'CODE_REFUSED' }),
  });
  if (!holds) throw new ApiProblem('CODE_REFUSED');
  const grant = { subject: person, role: 'applicant', ttlSeconds: TOKEN_TTL_SECONDS } as const;
  return await deps.signIn.tokens.issue(grant, deps.now());
}

export function registerApplicantSignIn(app: App): void {
  app.openapi(ask, async (c) => {
    const { mobile } = c.req.valid('json');
    await evenly(c.get('deps').signIn.answerFloorMs, () => askForCode(c, mobile));
    return c.json(CODE_ACCEPTED, 202);
  });

  app.openapi(give, async (c) => {
    const { mobile, code } = c.req.valid('json');
    const { answerFloorMs } = c.get('deps').signIn;
    const token = await evenly(answerFloorMs, () => tokenFor(c, mobile, code));
    return c.json(
      { access_token: token, token_type: 'Bearer' as const, expires_in: TOKEN_TTL_SECONDS },
      200,
    );
  });
}
