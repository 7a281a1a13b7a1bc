/** `npm run permissions-table`: writes docs/permissions.md anew. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PERMISSIONS_DOCUMENT, permissionsDocument } from './table.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
writeFileSync(join(root, PERMISSIONS_DOCUMENT), permissionsDocument());
process.stdout.write(`${PERMISSIONS_DOCUMENT}\n`);
