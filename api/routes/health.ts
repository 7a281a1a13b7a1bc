/** Health: whether the process lives, and whether it can do its work. */
import { sql } from 'kysely';
import { z } from '@hono/zod-openapi';
import type { Db } from '../../db/database.ts';
import { type App, defineRoute } from '../route.ts';
import { jsonAnswer } from '../schemas/common.ts';

const tags = ['health'];
const state = z.enum(['up', 'down']);
const readiness = z.object({ database: state, temporal: state }).openapi('Readiness');

const live = defineRoute('GET /livez', {
  summary: 'The process answers',
  tags,
  responses: {
    200: jsonAnswer('It lives', z.object({ status: z.literal('up') }).openapi('Liveness')),
  },
});

const ready = defineRoute('GET /readyz', {
  summary: 'Database and Temporal answer',
  tags,
  responses: {
    200: jsonAnswer('Ready', readiness),
    503: jsonAnswer('Not ready', readiness),
  },
});

async function databaseAnswers(db: Db): Promise<boolean> {
  try {
    await sql`select 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}

export function registerHealth(app: App): void {
  app.openapi(live, (c) => c.json({ status: 'up' as const }, 200));

  app.openapi(ready, async (c) => {
    const { db, loans } = c.get('deps');
    const [database, temporal] = await Promise.all([databaseAnswers(db), loans.reachable()]);
    const body = {
      database: database ? ('up' as const) : ('down' as const),
      temporal: temporal ? ('up' as const) : ('down' as const),
    };
    return database && temporal ? c.json(body, 200) : c.json(body, 503);
  });
}
