/** Walks the sign-in as people do: our link, Keycloak's pages, the way back, our session, the sign-out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openOutsideBrowser, type OutsideBrowser, type Reply } from './browser.ts';
import { PEOPLE, type Person } from './realm.ts';
import { totp, untilNextTotp } from './totp.ts';

export interface FlowPlan {
  readonly apiUrl: string;
  readonly issuer: string;
  readonly password: string;
  readonly otpSecret: string;
}

/** One thing that must hold, and whether it did. */
export interface Finding {
  readonly what: string;
  readonly holds: boolean;
  /** What was seen instead. */
  readonly seen: string;
}

const session = z.object({
  subject: z.string(),
  roles: z.array(z.string()),
  csrfToken: z.string(),
});
const problem = z.object({ code: z.string() });
const signedOut = z.object({ endSessionUrl: z.string().nullable() });

const json = (reply: Reply): unknown => JSON.parse(reply.page);
const codeOf = (reply: Reply): string =>
  problem.safeParse(json(reply)).data?.code ?? String(reply.status);

/** The address a page's form is sent to. @throws Error when the page has none */
function formOf({ page, url }: Reply): string {
  const action = /<form[^>]*\saction="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&');
  if (action === undefined) throw new Error(`The page at ${new URL(url).pathname} has no form.`);
  return new URL(action, url).href;
}

/** Goes through Keycloak's pages; gives the address at which the browser comes back to us. */
async function passProvider(
  browser: OutsideBrowser,
  plan: FlowPlan,
  person: Person,
): Promise<string> {
  const login = await browser.open(`${plan.apiUrl}/v1/sign-in`);
  const credentials = { username: person.name, password: plan.password, credentialId: '' };
  let reply = await browser.open(formOf(login), credentials);
  if (person.otp) {
    reply = await browser.open(formOf(reply), { otp: totp(plan.otpSecret, Date.now()) });
  }
  return reply.url;
}

function finding(what: string, expected: string, seen: string): Finding {
  return { what, holds: seen === expected, seen };
}

async function goodPerson(plan: FlowPlan): Promise<readonly Finding[]> {
  const browser = openOutsideBrowser(plan.apiUrl);
  const { apiUrl } = plan;
  const back = await passProvider(browser, plan, PEOPLE.good);
  const done = await browser.ask(back);
  const who = await browser.ask(`${apiUrl}/v1/session`);
  const seen = session.safeParse(json(who)).data;
  const findings = [
    finding('password and one-time code open a session', '302', String(done.status)),
    finding('the session has the roles of the realm', 'reviewer', String(seen?.roles.join(','))),
    finding(
      'it opens the review queue',
      '200',
      String((await browser.ask(`${apiUrl}/v1/reviews`)).status),
    ),
    finding(
      'it does not open the payouts',
      'ROLE_MISSING',
      codeOf(await browser.ask(`${apiUrl}/v1/payouts`)),
    ),
    finding('the same way back again is refused', 'SIGN_IN_LOST', codeOf(await browser.ask(back))),
  ];
  const leave = (headers: Record<string, string>) =>
    browser.ask(`${apiUrl}/v1/sign-out`, { method: 'POST', headers });
  findings.push(
    finding(
      'a sign-out without the page token is refused',
      'CSRF_REFUSED',
      codeOf(await leave({ origin: apiUrl })),
    ),
  );
  const left = await leave({ origin: apiUrl, 'x-csrf-token': seen?.csrfToken ?? '' });
  const end = signedOut.parse(json(left)).endSessionUrl ?? '';
  const ended = await browser.open(end);
  const after = await browser.open(`${apiUrl}/v1/sign-in`);
  return [
    ...findings,
    finding('the sign-out comes back from Keycloak', `${apiUrl}/docs`, ended.url),
    finding(
      'the session here is over',
      'TOKEN_MISSING',
      codeOf(await browser.ask(`${apiUrl}/v1/reviews`)),
    ),
    finding(
      'and the one at Keycloak too: it asks for the password again',
      'true',
      String(after.page.includes('name="password"')),
    ),
  ];
}

async function refusedPerson(
  plan: FlowPlan,
  person: Person,
  what: string,
  code: string,
): Promise<Finding> {
  const browser = openOutsideBrowser(plan.apiUrl);
  const back = await passProvider(browser, plan, person);
  return finding(what, code, codeOf(await browser.ask(back)));
}

/** Every finding of the check, in the order in which it is told. */
export async function walk(plan: FlowPlan): Promise<readonly Finding[]> {
  const good = await goodPerson(plan);
  const single = await refusedPerson(
    plan,
    PEOPLE.single,
    'a password alone is refused',
    'SECOND_FACTOR_MISSING',
  );
  // Another person with the same authenticator would be given the same password within one period.
  await sleep(untilNextTotp(Date.now()));
  const double = await refusedPerson(
    plan,
    PEOPLE.double,
    'roles that exclude each other are refused',
    'ROLES_INCOMPATIBLE',
  );
  return [...good, single, double];
}
