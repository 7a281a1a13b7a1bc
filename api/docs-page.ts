/** The page at /docs: the OpenAPI document as plain HTML, without script and without anything from elsewhere. */
import { createHash } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from './deps.ts';

export type ApiDocument = ReturnType<OpenAPIHono<AppEnv>['getOpenAPI31Document']>;

const METHODS = ['get', 'post', 'put', 'patch'] as const;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
h2{margin-top:2.5rem;border-bottom:1px solid #d0d7de}section{margin:1.5rem 0}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{background:#f6f8fa;padding:.8rem;overflow:auto;border-radius:6px}.method{display:inline-block;min-width:4rem;font-weight:600}
summary{cursor:pointer;color:#0550ae}p{margin:.3rem 0}nav a{margin-right:1rem}`;

/** Names the page's style in its content security policy. */
export const STYLE_DIGEST = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function folded(title: string, value: unknown): string {
  const json = escape(JSON.stringify(value, null, 2));
  return `<details><summary>${escape(title)}</summary><pre>${json}</pre></details>`;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly requestBody: unknown;
  readonly parameters: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}

function operationsOf(document: ApiDocument): readonly Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method): readonly Operation[] => {
      const found = item[method];
      if (found === undefined) return [];
      return [
        {
          method: method.toUpperCase(),
          path,
          tag: found.tags?.[0] ?? 'other',
          summary: found.summary ?? '',
          description: found.description ?? '',
          requestBody: found.requestBody,
          parameters: found.parameters,
          responses: found.responses ?? {},
        },
      ];
    }),
  );
}

function operationHtml(operation: Operation): string {
  const { method, path, summary, description, parameters, requestBody, responses } = operation;
  const good = Object.entries(responses).filter(([status]) => /^[23]\d\d$/.test(status));
  return [
    `<section><p><span class="method">${method}</span> <code>${escape(path)}</code></p>`,
    `<p>${escape(summary)}. ${escape(description)}</p>`,
    parameters === undefined ? '' : folded('Parameters', parameters),
    requestBody === undefined ? '' : folded('Request', requestBody),
    ...good.map(([status, answer]) => folded(`Answer ${status}`, answer)),
    '</section>',
  ].join('\n');
}

/** The whole page. Every text in it comes from our own document and is escaped all the same. */
export function docsPage(document: ApiDocument): string {
  const operations = operationsOf(document);
  const tags = [...new Set(operations.map((operation) => operation.tag))];
  const links = tags.map((tag) => `<a href="#${escape(tag)}">${escape(tag)}</a>`).join('');
  const parts = tags.map((tag) => {
    const own = operations.filter((operation) => operation.tag === tag).map(operationHtml);
    return `<h2 id="${escape(tag)}">${escape(tag)}</h2>\n${own.join('\n')}`;
  });
  const schemas = Object.entries(document.components?.schemas ?? {})
    .map(([name, schema]) => folded(name, schema))
    .join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escape(document.info.title)}</title>
<style>${STYLE}</style></head><body><h1>${escape(document.info.title)} ${escape(document.info.version)}</h1>
<p>${escape(document.info.description ?? '')}</p><p>Machine-readable: <a href="/openapi.json">/openapi.json</a></p>
<nav>${links}<a href="#schemas">schemas</a></nav>
${parts.join('\n')}
<h2 id="schemas">schemas</h2>
${schemas}
</body></html>`;
}
