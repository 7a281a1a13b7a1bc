/** The API's own description: the OpenAPI 3.1 document and a page to read it. */
import { ACTS_KEPT_DAYS } from '../housekeeping.ts';
import { type ApiDocument, docsPage } from '../docs-page.ts';
import { z } from '@hono/zod-openapi';
import type { JSONValue } from 'hono/utils/types';
import { withNulls } from '../openapi-nulls.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer } from '../schemas/common.ts';

const VERSION = '1.0.0';

const DESCRIPTION =
  'Loan applications, offers, contracts, payouts and loans. Amounts are integers in fen (1/100 yuan); rates are decimal ' +
  'strings in percent a year; moments are UTC, days are days in Shanghai. Every POST that acts needs an Idempotency-Key, ' +
  `under which its answer can be had again for ${ACTS_KEPT_DAYS} days. ` +
  'Problems are RFC 9457 problem details, in Chinese or English by Accept-Language.';

const tags = ['documentation'];

const json = defineRoute('GET /openapi.json', {
  summary: 'This document',
  tags,
  responses: {
    200: jsonAnswer('The OpenAPI 3.1 document', z.record(z.string(), z.unknown())),
  },
});

const page = defineRoute('GET /docs', {
  summary: 'This document as a page',
  tags,
  responses: {
    200: { description: 'HTML', content: { 'text/html': { schema: { type: 'string' } } } },
  },
});

/** The document of every registered route. */
function describe(app: App, publicUrl: string): unknown {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Xindai (信贷) API',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: publicUrl }],
  });
  return withNulls(document);
}

export function registerDocs(app: App): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-xindai',
    description:
      'Staff in a browser. What changes something needs X-CSRF-Token of GET /v1/session too.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'envelope', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Signature',
    description: 'SM2 signature over method, path, X-Timestamp, X-Nonce and SM3 of the body.',
  });

  app.openapi(json, (c) => {
    // A document it stays: schemas that may be null say so, and nothing else changes.
    const document = describe(app, c.get('deps').publicUrl) as Record<string, JSONValue>;
    return c.json(document, 200);
  });
  app.openapi(page, (c) =>
    // As above: the generator's document.
    c.html(docsPage(describe(app, c.get('deps').publicUrl) as ApiDocument)),
  );
}
