/** A browser as far as sign-in needs one: cookies by origin, redirects followed on demand, forms filled in by hand. */

/** One answer, its redirect not followed. */
export interface Reply {
  readonly url: string;
  readonly status: number;
  readonly location: string | null;
  readonly page: string;
}

export interface Asking {
  readonly method?: 'GET' | 'POST';
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OutsideBrowser {
  /** One request with the cookies of its origin. */
  ask(url: string, asking?: Asking): Promise<Reply>;
  /** Opens an address, posting `form` where one is given, and follows until a page, or an address of ours, unopened. */
  open(start: string, form?: Readonly<Record<string, string>>): Promise<Reply>;
}

const TIMEOUT_MS = 60_000;

function keepCookies(jar: Map<string, string>, lines: readonly string[]): void {
  for (const line of lines) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    if (/max-age=0/i.test(line)) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** @param ours origin at which following stops */
export function openOutsideBrowser(ours: string): OutsideBrowser {
  const jars = new Map<string, Map<string, string>>();
  const ask = async (url: string, asking: Asking = {}): Promise<Reply> => {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method: asking.method ?? (asking.form === undefined ? 'GET' : 'POST'),
      body: asking.form === undefined ? null : new URLSearchParams(asking.form),
      headers: { cookie, accept: 'text/html, application/json', ...asking.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    keepCookies(jar, response.headers.getSetCookie());
    const next = response.headers.get('location');
    const location = next === null ? null : new URL(next, url).href;
    return { url, status: response.status, location, page: await response.text() };
  };
  return {
    ask,
    async open(start, form) {
      let reply = await ask(start, form === undefined ? {} : { form });
      while (reply.location !== null) {
        if (reply.location.startsWith(`${ours}/`)) return { ...reply, url: reply.location };
        reply = await ask(reply.location);
      }
      return reply;
    },
  };
}
