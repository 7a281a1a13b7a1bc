/** Calls of routes that a test's house serves, by a person in a role, where the client has no word of its own for them. */
import { randomUUID } from 'node:crypto';
import type { House } from './house.ts';

export interface Called {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const tokens = new Map<string, Promise<string>>();

async function fetchToken(house: House, role: string, subject: string): Promise<string> {
  const answer = await fetch(`${house.world.sandboxUrl}/_admin/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ role, subject, ttlSeconds: 3_600 }),
  });
  const { token } = (await answer.json()) as { token: string };
  return token;
}

/** One person in one role, as a caller of `METHOD /path`. */
export function callerIn(house: House, role: string, subject: string) {
  const name = `${house.world.sandboxUrl}|${role}|${subject}`;
  const token = tokens.get(name) ?? fetchToken(house, role, subject);
  tokens.set(name, token);
  return async (route: string, json?: unknown): Promise<Called> => {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${house.world.apiUrl}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${await token}`,
        'Accept-Language': 'zh-CN',
        ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }),
        ...(method === 'POST' ? { 'Idempotency-Key': randomUUID() } : {}),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body };
  };
}
