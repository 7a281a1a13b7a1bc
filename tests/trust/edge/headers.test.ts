/** Answers carry headers that let no page be framed, cached or run what is not ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { createApp } from '../../../api/app.ts';
import { openWorld, type World } from '../../api/world.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await openWorld();
  token = await world.token('owner-1', ['integrator']);
});
afterAll(async () => await world.close());

describe('every answer', () => {
  const paths = ['/livez', '/docs', '/openapi.json', '/v1/applications', '/v1/keys', '/nowhere'];

  it('forbids framing, sniffing, referrers, devices and anything inline, also when it is a refusal', async () => {
    for (const path of paths) {
      for (const call of [{}, { token }]) {
        const { headers } = await world.call('GET', path, call);
        const policy = headers.get('Content-Security-Policy') ?? '';
        expect([path, policy]).toEqual([path, expect.stringMatching(/^default-src 'none'; /)]);
        expect(policy).toContain("frame-ancestors 'none'");
        expect(policy).not.toContain('unsafe');
        expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
        expect(headers.get('Referrer-Policy')).toBe('no-referrer');
        expect(headers.get('Permissions-Policy')).toContain('camera=()');
        expect(headers.get('Cache-Control')).toBe('no-store');
      }
    }
  });

  it('promises HTTPS where the house is reached by it, and only there', async () => {
    expect((await world.call('GET', '/livez')).headers.has('Strict-Transport-Security')).toBe(
      false,
    );
    const app = createApp({ ...world.deps, publicUrl: 'https://api.test' });
    const { headers } = await app.fetch(new Request('https://api.test/livez'));
    expect(headers.get('Strict-Transport-Security')).toMatch(/^max-age=31536000/);
  });

  it('lets the page apply its own style and no other, and holds no script', async () => {
    const { text, headers } = await world.call('GET', '/docs');
    const styles = [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style = '']) => style);
    expect(styles).toHaveLength(1);
    const digest = createHash('sha256').update(styles.join('')).digest('base64');
    expect(headers.get('Content-Security-Policy')).toContain(`style-src 'sha256-${digest}'`);
    expect(text).not.toMatch(/<script|\sstyle=|\son[a-z]+=/i);
  });
});
