/**
 * Records the history of every ending anew, for replay.test.ts: `npm run record-histories [ending ...]`.
 *
 * A recorded history is a contract with the loans that are under way. Record one anew only when its story is not in
 * production, or together with a new version that leaves the old one served. Payloads are sealed under keys.json, which
 * holds keys for these recordings and nothing else.
 */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../../tools/setup/temporal-cli.mjs';
import { buildTestBundle } from '../../tools/test/bundle.ts';
import { startTestServers } from '../../tools/test/servers.ts';
import { openHouse } from '../support/house.ts';
import { ENDINGS, HASTE } from './endings.ts';
import { writeHistory } from './history-file.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const HISTORIES = join(HERE, 'histories');
const CLOSED_WITHIN_MS = 20_000;

const say = (line: string): void => void process.stdout.write(`[record] ${line}\n`);

async function record(names: readonly string[]): Promise<void> {
  const servers = await startTestServers(
    await findTemporalCli({ dataDir: join(ROOT, '.data') }),
    say,
  );
  try {
    const codePath = await buildTestBundle(ROOT, servers.folder, say);
    const house = await openHouse({
      servers: servers.env,
      bundle: { codePath, buildId: basename(codePath, '.js') },
      policy: HASTE,
      dataKeysFile: join(HERE, 'keys.json'),
    });
    try {
      for (const name of names) {
        const ending = ENDINGS[name];
        if (ending === undefined) throw new Error(`there is no ending ${name}`);
        const handle = house.client.workflow.getHandle(await ending(house));
        await house.client.withDeadline(Date.now() + CLOSED_WITHIN_MS, () => handle.result());
        const history = await handle.fetchHistory();
        writeHistory(join(HISTORIES, `${name}.json`), history);
        say(`${name}: ${history.events?.length ?? 0} events`);
      }
    } finally {
      await house.close();
    }
  } finally {
    await servers.stop();
  }
}

mkdirSync(HISTORIES, { recursive: true });
const asked = process.argv.slice(2);
await record(asked.length > 0 ? asked : Object.keys(ENDINGS));
