/** Hands a request the database of its area: the role of PostgreSQL and the subject whose rows are in sight. */
import type { ApiDeps } from './deps.ts';
import type { Role } from './permissions.ts';
import { SIGHTS } from './sight.ts';

/** The same parts, with a database that sees what this role of this person sees and nothing more. */
export function inArea(deps: ApiDeps, role: Role, subject: string): ApiDeps {
  return { ...deps, db: deps.areas.of(SIGHTS[role].area, subject) };
}
