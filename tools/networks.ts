/**
 * `npm run networks -- FILE.csv`: loads a list of networks, which counts from then on in place of the one before.
 *
 * A line each: `range,kind,region,latitude,longitude` with the head line of these names; kind is ACCESS (people's own access),
 * HOSTING, VPN, PROXY or TOR. A file with one line that does not fit is refused as a whole, with the number of the line.
 */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { loadNetworks, type NewNetwork } from '../db/queries/networks.ts';
import { runDatabaseCommand } from './database-command.ts';
import { StartFailure } from './start/failure.ts';

const HEAD = 'range,kind,region,latitude,longitude';

/** An address without bits behind its prefix is checked by PostgreSQL, which knows both families' arithmetic. */
const cidr = z.string().refine((text) => {
  const [address = '', prefix = '', ...more] = text.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  return (
    bits !== undefined && more.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits
  );
});

const row = z.object({
  range: cidr,
  kind: z.enum(['ACCESS', 'HOSTING', 'VPN', 'PROXY', 'TOR']),
  region: z.string().min(1).max(64),
  latitude: z.coerce.number().min(-90).max(90),
  longitude: z.coerce.number().min(-180).max(180),
});

/** Reads the file's text. @throws StartFailure with the number of the first line that does not fit */
export function readNetworks(text: string): readonly NewNetwork[] {
  const [head, ...lines] = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  if (head?.trim() !== HEAD) throw new StartFailure(`The first line must be ${HEAD}.`);
  if (lines.length === 0) throw new StartFailure('The list holds no network.');
  return lines.map((line, at) => {
    const [range, kind, region, latitude, longitude, ...more] = line
      .split(',')
      .map((cell) => cell.trim());
    const parsed = row.safeParse({ range, kind, region, latitude, longitude });
    const empty = latitude === '' || longitude === '';
    if (!parsed.success || more.length > 0 || empty)
      throw new StartFailure(`Line ${at + 2} is no network: ${HEAD}.`);
    return parsed.data;
  });
}

async function load(db: Db, [file = '']: readonly string[]): Promise<string> {
  if (file === '') throw new StartFailure('Usage: networks FILE.csv');
  const networks = readNetworks(await readFile(file, 'utf8'));
  const version = await db.transaction().execute((tx) => loadNetworks(tx, networks));
  return `${networks.length} networks are version ${version} of the list and count from now on.`;
}

await runDatabaseCommand(import.meta.url, load);
