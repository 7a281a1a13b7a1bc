/**
 * `npm run audit:verify`: proves the audit chain, or names the first broken link and ends with 1.
 *
 *   npm run audit:verify -- [--anchor POSITION:VALUE]
 *
 * Reads DATABASE_URL and DATABASE_SCHEMA, and of GATEWAY_KEYS_FILE the public halves alone. The last line names the end
 * of the chain; noted outside of this installation it is an anchor that shows later whether the end was cut off.
 */
import { parseArgs } from 'node:util';
import { openDatabase } from '../../db/database.ts';
import { loadConfig } from '../../platform/config.ts';
import { readGatewayKeys } from '../../platform/keys.ts';
import { sentence } from './findings.ts';
import { DEFAULTS, verifyAudit, type VerifyOptions } from './verify.ts';

function readAnchor(text: string | undefined): VerifyOptions['anchor'] {
  if (text === undefined) return undefined;
  const [, position, value] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (position === undefined || value === undefined)
    throw new Error('--anchor takes POSITION:VALUE as a former verification printed it');
  return { position: Number(position), value };
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { anchor: { type: 'string' } } });
  const anchor = readAnchor(values.anchor);
  const config = loadConfig();
  const keys = readGatewayKeys(config.gateway.keysFile, config.environment);
  const auditKeys = new Map(
    [keys.audit, ...keys.formerAudit].map(({ keyId, publicKey }) => [keyId, publicKey]),
  );
  const trust = { auditKeys, tsaCertificates: [keys.tsaCertificatePem] };
  const db = openDatabase({ ...config.database, poolMax: 1 }, () => undefined);
  try {
    const verdict = await verifyAudit(db, { ...DEFAULTS, trust, anchor, now: new Date() });
    for (const one of verdict.found) process.stdout.write(`BROKEN ${sentence(one)}\n`);
    if (verdict.first !== null)
      process.stdout.write(`The first broken place is ${sentence(verdict.first)}.\n`);
    const { links, seals, end } = verdict;
    const state = verdict.first === null ? 'holds' : `holds up to position ${links}`;
    process.stdout.write(`The audit chain ${state}: ${links} links, ${seals} seals.\n`);
    process.stdout.write(`anchor ${end.position}:${end.value}\n`);
    return verdict.first === null;
  } finally {
    await db.destroy();
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`audit:verify: ${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 2;
}
