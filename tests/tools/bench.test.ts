/** The bench: that it keeps what it says in flight, counts right, and writes what it measured. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { between, processorTime } from '../../tools/bench/counters.ts';
import { createSignposts, percentile, runInFlight } from '../../tools/bench/in-flight.ts';
import { result, table, writeResults } from '../../tools/bench/results.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('work in flight', () => {
  it('does every piece once and never more at a time than it was told', async () => {
    const done: number[] = [];
    let now = 0;
    let most = 0;
    const pieces = Array.from({ length: 20 }, (_, at) => at);
    const run = await runInFlight(pieces, 3, async (piece) => {
      now += 1;
      most = Math.max(most, now);
      await turn();
      now -= 1;
      done.push(piece);
    });
    expect(most).toBe(3);
    expect(done.toSorted((a, b) => a - b)).toEqual(pieces);
    expect(run.durationsMs).toHaveLength(20);
  });

  it('ends with the first failure', async () => {
    const failing = runInFlight([1, 2], 1, () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
  });

  it('takes percentiles by rank', () => {
    const sorted = Array.from({ length: 200 }, (_, at) => at + 1);
    expect(percentile(sorted, 0.5)).toBe(100);
    expect(percentile(sorted, 0.95)).toBe(190);
    expect(percentile([7], 0.95)).toBe(7);
  });

  it('lets those who wait and those who come later see the same signpost', async () => {
    const signposts = createSignposts();
    const waiting = signposts.reached('loan', 'OFFER');
    signposts.tell('loan', 'OFFER');
    await waiting;
    await signposts.reached('loan', 'OFFER');
    await expect(signposts.reached('loan', 'SIGN', 1)).rejects.toThrow('did not reach SIGN');
  });
});

describe('results', () => {
  it('puts the ratio to the bare workflow beside the value, and none where there is no baseline', () => {
    expect(result('throughput', 3, 'loans/s', 4)).toEqual({
      name: 'throughput',
      value: 3,
      unit: 'loans/s',
      baseline: 4,
      ratio: 0.75,
    });
    expect(result('round trips', 3, 'n')).toMatchObject({ baseline: null, ratio: null });
    expect(result('processor', 3, 'ms', 0)).toMatchObject({ baseline: 0, ratio: null });
  });

  it('shows in the table what it writes into the file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'xindai-bench-results-'));
    try {
      const results = [result('throughput', 3, 'loans/s', 4)];
      const path = join(folder, 'deep', 'results.json');
      writeResults(path, results);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(results);
      expect(table(results)).toMatch(/throughput +3 +4 +0\.75 +loans\/s/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('counts the processor time of a process by its name', () => {
    const before = processorTime({ me: process.pid });
    for (let at = 0; at < 5e6; at += 1) Math.sqrt(at);
    const used = between(before, processorTime({ me: process.pid }));
    expect(used.bench).toBeGreaterThan(0);
  });
});
