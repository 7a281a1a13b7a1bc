/** `npm run scorecard-table`: writes the generated part of docs/scorecard.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCORECARD_V1 } from '../../domain/scorecard-v1.ts';
import { SCORECARD_DOCUMENT, withScorecard } from './table.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const path = join(root, SCORECARD_DOCUMENT);
writeFileSync(path, withScorecard(readFileSync(path, 'utf8'), SCORECARD_V1));
process.stdout.write(`${SCORECARD_DOCUMENT}\n`);
