/** A browser as far as a provider's pages need one: follows redirects with cookies, and fills in a form by hand. */

/** A page, or the address at which the browser would leave the provider. */
export interface Opened {
  readonly url: string;
  readonly status: number;
  readonly page: string;
}

export interface OutsideBrowser {
  /** Opens an address, posting `form` where one is given, and follows until a page or an address of ours. */
  open(start: string, form?: Readonly<Record<string, string>>): Promise<Opened>;
}

/** @param ours origin at which following stops */
export function openOutsideBrowser(ours: string): OutsideBrowser {
  const cookies = new Map<string, string>();
  return {
    async open(start, form) {
      let url = start;
      let body = form === undefined ? null : new URLSearchParams(form);
      for (;;) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(url, {
          method: body === null ? 'GET' : 'POST',
          body,
          headers: { cookie, accept: 'text/html' },
          redirect: 'manual',
          signal: AbortSignal.timeout(60_000),
        });
        for (const line of response.headers.getSetCookie()) {
          const [pair = ''] = line.split(';');
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        const next = response.headers.get('location');
        if (next === null) return { url, status: response.status, page: await response.text() };
        url = new URL(next, url).href;
        body = null;
        if (url.startsWith(ours)) return { url, status: response.status, page: '' };
      }
    },
  };
}
