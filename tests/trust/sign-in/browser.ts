/** A browser as far as sign-in needs one: keeps cookies by host, and follows the links it is told to follow. */
import type { App } from '../../../api/route.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly cookies: readonly string[];
  readonly body: Record<string, unknown>;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

export interface Browser {
  readonly jar: Map<string, string>;
  ask(path: string, asking?: Asking): Promise<Reply>;
}

/** Of one app alone; what leads elsewhere is left to the test. */
export function openBrowser(app: App, origin = 'http://api.test'): Browser {
  const jar = new Map<string, string>();
  return {
    jar,
    async ask(path, { method = 'GET', headers = {} } = {}) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const request = new Request(`${origin}${path}`, {
        method,
        headers: { ...(cookie === '' ? {} : { Cookie: cookie }), ...headers },
      });
      const response = await app.fetch(request);
      const cookies = response.headers.getSetCookie();
      for (const line of cookies) {
        const [pair = ''] = line.split(';');
        const name = pair.slice(0, pair.indexOf('='));
        if (/Max-Age=0/i.test(line)) jar.delete(name);
        else jar.set(name, pair.slice(pair.indexOf('=') + 1));
      }
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
      const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
      return { status: response.status, headers: response.headers, cookies, body };
    },
  };
}
