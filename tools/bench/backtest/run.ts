/**
 * `npm run bench -- backtest [--rows N]`: how fast a strategy is tried on recorded decisions, read from a PostgreSQL of its
 * own, every input opened under its person's key; beside reading the same rows and nothing else.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { beginBacktest, decidePart, finishBacktest } from '../../../activities/decide/backtest.ts';
import { publishShippedRulebooks } from '../../../activities/shipped-rulebooks.ts';
import { canonicalJson } from '../../../domain/canonical-json.ts';
import { SCORECARD_V1 } from '../../../domain/scorecard-v1.ts';
import { STRATEGY_V2 } from '../../../domain/strategy-v2.ts';
import { type Db, openDatabase } from '../../../db/database.ts';
import { migrateToLatest } from '../../../db/migrator.ts';
import {
  readBacktest,
  readParts,
  recordedDecisions,
  startBacktest,
} from '../../../db/queries/backtests.ts';
import { KEY_STORE } from '../../../db/queries/keys.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import { createVault } from '../../../platform/crypto/vault.ts';
import { createFileKeyService } from '../../../platform/key-service/file.ts';
import { createDevelopmentKeys, readDataKeys } from '../../../platform/keys.ts';
import { prepareDataFolder } from '../../start/data-folder.ts';
import { freePort } from '../../start/ports.ts';
import { preparePostgres } from '../../start/postgres.ts';
import { RunFile } from '../../start/run-file.ts';
import { Supervisor } from '../../start/supervisor.ts';
import { type Result, result } from '../results.ts';
import { SEEDED_AT, seedScored } from './seed.ts';

type Say = (line: string) => void;

interface Bench {
  readonly databaseUrl: string;
  readonly folder: string;
  stop(): Promise<void>;
}

/** PostgreSQL with the settings of `npm start`, its data in a folder that goes. */
async function startPostgres(say: Say): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'xindai-bench-'));
  // PostgreSQL, started by root, runs as a user who must be able to enter.
  chmodSync(folder, 0o711);
  prepareDataFolder(folder);
  const runFile = new RunFile(folder);
  await runFile.takeOver(say);
  const supervisor = new Supervisor(runFile, join(folder, 'logs'), say);
  const postgres = await preparePostgres({
    dataDir: folder,
    port: await freePort(),
    fast: false,
    say,
  });
  const stop = async () => {
    await supervisor.stop();
    rmSync(join(postgres.folder, '..'), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await supervisor.start(postgres.plan);
  } catch (error) {
    await stop();
    throw error;
  }
  return { databaseUrl: postgres.url, folder, stop };
}

const RANGE = { from: new Date(SEEDED_AT.getTime() - 1), until: new Date(SEEDED_AT.getTime() + 1) };

/** The tried strategy: stricter where the score is low, wider where it is high, so that applications swap both ways. */
const TRIED = {
  ...STRATEGY_V2,
  version: STRATEGY_V2.version + 1,
  cutoffs: {
    autoApproveFrom: STRATEGY_V2.cutoffs.autoApproveFrom - 20,
    autoDeclineBelow: STRATEGY_V2.cutoffs.autoDeclineBelow + 20,
  },
  maxDebtRatioPercent: STRATEGY_V2.maxDebtRatioPercent - 5,
};

/** Bytes that the process holds at most, looked at after every batch. */
function peakMemory() {
  let peak = 0;
  return {
    look: () => {
      peak = Math.max(peak, process.memoryUsage.rss());
    },
    mebibytes: () => peak / 1024 ** 2,
  };
}

async function newBacktest(db: Db): Promise<string> {
  const id = randomUUID();
  await startBacktest(db, {
    id,
    draftId: null,
    strategy: TRIED,
    strategySm3: sm3Hex(canonicalJson(TRIED)),
    scorecard: SCORECARD_V1,
    scorecardSm3: sm3Hex(canonicalJson(SCORECARD_V1)),
    decidedFrom: RANGE.from,
    decidedUntil: RANGE.until,
    sampleLimit: 100,
    lgdPercent: 60,
    startedBy: 'bench',
  });
  return id;
}

/** Reads the rows of every part as a backtest does, and lets them go. */
async function readOnly(db: Db, backtestId: string): Promise<number> {
  const startedAt = performance.now();
  const parts = await readParts(db, backtestId);
  await Promise.all(
    parts.map(async ({ after: first, until: upTo }) => {
      for (let after = first; ; ) {
        const batch = await recordedDecisions(db, { ...RANGE, after, upTo, most: 500 });
        const last = batch.at(-1);
        if (last === undefined) return;
        after = last.applicationId;
      }
    }),
  );
  return (performance.now() - startedAt) / 1_000;
}

async function measure(db: Db, deps: Parameters<typeof decidePart>[0], rows: number, say: Say) {
  const id = await newBacktest(db);
  const parts = await beginBacktest({ db }, { backtestId: id });
  const bareSeconds = await readOnly(db, id);
  say(`reading ${rows} rows and nothing else: ${bareSeconds.toFixed(2)} s`);
  const memory = peakMemory();
  const startedAt = performance.now();
  const usedBefore = process.cpuUsage();
  await Promise.all(parts.map((part) => decidePart(deps, { backtestId: id, part }, memory.look)));
  await finishBacktest({ db }, { backtestId: id });
  const seconds = (performance.now() - startedAt) / 1_000;
  const used = process.cpuUsage(usedBefore);
  const report = (await readBacktest(db, id))?.report;
  say(`backtest of ${rows} decisions: ${seconds.toFixed(2)} s`);
  say(
    `matrix: ${JSON.stringify(report?.total.matrix)}; unreadable ${JSON.stringify(report?.unreadable)}`,
  );
  return [
    result('backtest', rows / seconds, 'decisions/s', rows / bareSeconds),
    result('backtest, time', seconds, 's', bareSeconds),
    result(
      'backtest, processor of the worker',
      (used.user + used.system) / 1_000 / rows,
      'ms/decision',
    ),
    result('backtest, peak memory of the worker', memory.mebibytes(), 'MiB'),
    result('backtest, time for 100,000', (seconds * 100_000) / rows, 's'),
  ];
}

/** Seeds a database of its own and measures; `--rows N` says how many decisions there are, 100,000 unless told. */
export async function benchBacktest(argv: readonly string[], say: Say): Promise<readonly Result[]> {
  const { values } = parseArgs({
    args: [...argv],
    options: { rows: { type: 'string', default: '100000' } },
  });
  return await seedAndMeasure(Number(values.rows), say);
}

async function seedAndMeasure(rows: number, say: Say): Promise<readonly Result[]> {
  const postgres = await startPostgres(say);
  try {
    const files = await createDevelopmentKeys(join(postgres.folder, 'keys'));
    const keyService = createFileKeyService(files.DATA_KEYS_FILE, 'development');
    const { fields: former } = readDataKeys(files.DATA_KEYS_FILE, 'development');
    const options = { url: postgres.databaseUrl, schema: 'xindai', poolMax: 8 };
    const db = openDatabase(options, () => undefined);
    await migrateToLatest(db, options.schema);
    await publishShippedRulebooks(db);
    const onBatch = (made: number) => {
      if (made % 10_000 === 0) say(`seeded ${made}`);
    };
    await seedScored(db, keyService, { count: rows, seed: 5, onBatch });
    const indexKey = randomBytes(32);
    const vault = createVault({ keyService, store: KEY_STORE, former, indexKey });
    const results = await measure(db, { db, vault }, rows, say);
    vault.close();
    await db.destroy();
    return results;
  } finally {
    await postgres.stop();
  }
}
