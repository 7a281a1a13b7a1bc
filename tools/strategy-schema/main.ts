/** `npm run strategy-schema`: writes docs/strategy.schema.json anew. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STRATEGY_SCHEMA_DOCUMENT, strategySchemaText } from './schema.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
writeFileSync(join(root, STRATEGY_SCHEMA_DOCUMENT), strategySchemaText());
process.stdout.write(`${STRATEGY_SCHEMA_DOCUMENT}\n`);
