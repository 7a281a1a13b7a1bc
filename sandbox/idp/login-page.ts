/** The login of the demo staff: choose who you are, type the one-time code. */
import type { IncomingMessage } from 'node:http';
import { html } from 'hono/html';
import { DEMO_CODE, DEMO_STAFF } from './staff.ts';

/** A form of two fields is far below this. */
const FORM_LIMIT_BYTES = 4096;

export async function loginPage(uid: string, failed: boolean): Promise<string> {
  const options = DEMO_STAFF.map(
    (staff) =>
      html`<option value="${staff.subject}">${staff.name} · ${staff.subject} (${staff.roles.join(', ')})</option>`,
  );
  const page = await html`<!doctype html>
    <html lang="zh">
      <head><meta charset="utf-8" /><title>Sandbox login</title></head>
      <body style="font: 16px/1.6 sans-serif; max-width: 28rem; margin: 4rem auto">
        <h1>演示登录 Demo login</h1>
        ${failed ? html`<p role="alert">人员或动态口令不正确。The person or the code is wrong.</p>` : ''}
        <form method="post" action="/idp/interaction/${uid}">
          <p><label>人员 Person<br /><select name="subject">${options}</select></label></p>
          <p><label>动态口令 One-time code (demo: ${DEMO_CODE})<br /><input name="code" inputmode="numeric" autocomplete="one-time-code" /></label></p>
          <p><button>登录 Log in</button></p>
        </form>
      </body>
    </html>`;
  return String(page);
}

export type Login = { readonly ok: true; readonly subject: string } | { readonly ok: false };

export async function readLogin(request: IncomingMessage): Promise<Login> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > FORM_LIMIT_BYTES) return { ok: false };
    chunks.push(bytes);
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const member = DEMO_STAFF.find((staff) => staff.subject === form.get('subject'));
  return member !== undefined && form.get('code') === DEMO_CODE
    ? { ok: true, subject: member.subject }
    : { ok: false };
}
