/** Where a running installation is, and who speaks to it: clients by person, the sandbox's personas and faults. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Answer, createClient, type XindaiClient } from '../../api/client.ts';
import type { PersonApplication } from '../../domain/apply.ts';

export interface World {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  /** How requests are sent; one that tries again outlives a server that is away. */
  readonly fetch: typeof fetch;
  /** A client acting as this person in this role. Tokens come from the sandbox's issuer and are fetched once. */
  as(role: string, subject: string): XindaiClient;
}

const tokenBody = z.object({ token: z.string().min(1) });

async function fetchToken(
  send: typeof fetch,
  sandboxUrl: string,
  role: string,
  subject: string,
): Promise<string> {
  const answer = await send(`${sandboxUrl}/_admin/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ role, subject, ttlSeconds: 3_600 }),
  });
  if (!answer.ok) throw new Error(`the sandbox gave no token for ${role}: HTTP ${answer.status}`);
  return tokenBody.parse(await answer.json()).token;
}

/** Where the people behind a client have their mobile phones. */
const sandboxes = new WeakMap<XindaiClient, string>();

const inbox = z.array(z.object({ text: z.string() }));

/** The messages about something on the phones of the sandbox, newest first. */
export async function messagesAbout(
  client: XindaiClient,
  about: string,
): Promise<readonly string[]> {
  const sandboxUrl = sandboxes.get(client);
  if (sandboxUrl === undefined) throw new Error('this client is of no world');
  const answer = await fetch(`${sandboxUrl}/_admin/inbox?about=${encodeURIComponent(about)}`);
  return inbox.parse(await answer.json()).map(({ text }) => text);
}

/** @param send sends every request to the API, and to the sandbox for tokens and people */
export function openWorld(apiUrl: string, sandboxUrl: string, send: typeof fetch = fetch): World {
  const clients = new Map<string, XindaiClient>();
  return {
    apiUrl,
    sandboxUrl,
    fetch: send,
    as(role, subject) {
      const name = `${role}/${subject}`;
      const known = clients.get(name);
      if (known !== undefined) return known;
      let token: Promise<string> | undefined;
      // A token that could not be had is asked for again by the next request.
      const freshToken = async () => {
        token ??= fetchToken(send, sandboxUrl, role, subject);
        return await token.catch((error: unknown) => {
          token = undefined;
          throw error;
        });
      };
      const client = createClient({
        baseUrl: apiUrl,
        token: freshToken,
        fetch: send,
        language: 'en',
      });
      clients.set(name, client);
      sandboxes.set(client, sandboxUrl);
      return client;
    },
  };
}

/** What the server said no to, as an error that names the problem. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(`${status} ${code}: ${detail}`);
    this.name = 'Refused';
    this.status = status;
    this.code = code;
  }
}

/** The data of an answer, or the problem thrown. */
export async function data<T>(answering: Promise<Answer<T>>): Promise<T> {
  const answer = await answering;
  if (answer.ok) return answer.data;
  const { status, code, title } = answer.problem;
  throw new Refused(status, code, title);
}

export interface Persona {
  readonly key: string;
  readonly titleEn: string;
  readonly titleZh: string;
  readonly outcome: string;
  readonly application: PersonApplication;
}

/** One of the sandbox's people; `variant` gives another person of the same kind. */
export async function fetchPersona(world: World, key: string, variant = 0): Promise<Persona> {
  const answer = await world.fetch(
    `${world.sandboxUrl}/_admin/personas/${key}/variants?from=${variant}&count=1`,
  );
  if (!answer.ok) throw new Error(`the sandbox knows no persona ${key}`);
  // The sandbox's personas have the shape of the form; the API checks every field when they are sent.
  const [persona] = (await answer.json()) as readonly Persona[];
  if (persona === undefined) throw new Error(`the persona ${key} has no variant ${variant}`);
  return persona;
}

export interface Fault {
  readonly service: string;
  readonly operation?: string;
  readonly fault: string;
  readonly count?: number;
  readonly delayMs?: number;
  readonly until?: string;
}

/** Makes the outside world misbehave. */
export async function setFault(world: World, fault: Fault): Promise<void> {
  const answer = await fetch(`${world.sandboxUrl}/_admin/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  if (!answer.ok) throw new Error(`the sandbox refused the fault: ${await answer.text()}`);
}

/** Lets the outside world behave again. */
export async function clearFaults(world: World): Promise<void> {
  await fetch(`${world.sandboxUrl}/_admin/faults`, { method: 'DELETE' });
}

/** Lets the receiving bank give back a transfer that was paid. */
export async function returnTransfer(world: World, requestNo: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await fetch(`${world.sandboxUrl}/_admin/bank/return`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ requestNo }),
    });
    if (answer.ok) return;
    // An accepted transfer is paid a moment later; only then can it be given back.
    if (answer.status !== 404 || Date.now() > deadline)
      throw new Error(`the sandbox returns no transfer ${requestNo}: HTTP ${answer.status}`);
    await sleep(100);
  }
}
