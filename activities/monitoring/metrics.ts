/** Gauges of decisions, drift and experiments on the worker's /metrics, read from the database when they are asked for. */
import { Gauge, type Registry } from 'prom-client';
import {
  DEFAULT_THRESHOLDS,
  monitorsOf,
  type StrategyMonitor,
  windowsOn,
} from '../../domain/monitoring.ts';
import type { Queryable } from '../../db/database.ts';
import { readArmStops, runningExperiments } from '../../db/queries/experiments.ts';
import { readThresholds, readWindows } from '../../db/queries/monitoring.ts';
import { businessDate } from '../../platform/clock.ts';
import type { ActivityDeps } from '../deps.ts';

/** Scrapes come every few seconds, and these figures move by the hour. */
const FRESH_MS = 60_000;

interface Figures {
  readonly monitors: readonly StrategyMonitor[];
  /** Every running experiment's stopped arms. */
  readonly stops: readonly { readonly experiment: string; readonly arms: readonly string[] }[];
}

async function figuresOf(db: Queryable): Promise<Figures> {
  const limits = (await readThresholds(db))?.thresholds ?? DEFAULT_THRESHOLDS;
  const counts = await readWindows(db, windowsOn(businessDate(new Date()), limits));
  const stops: { experiment: string; arms: string[] }[] = [];
  for (const { id, code } of await runningExperiments(db)) {
    const arms = (await readArmStops(db, id)).map(({ arm }) => arm);
    stops.push({ experiment: code, arms });
  }
  return { monitors: monitorsOf(counts), stops };
}

/** Sets every gauge of one strategy's arm. */
type Fill = (figures: Figures) => void;

function gaugesIn(registry: Registry, collect: () => Promise<void>): readonly Fill[] {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labels: readonly L[]) =>
    new Gauge({ name, help, labelNames: ['strategy', 'arm', ...labels], registers, collect });
  const decisions = gauge('xindai_decisions', 'Decisions in the present window', ['outcome']);
  const rules = gauge('xindai_rule_hit_rate', 'Hits over decisions, present window', ['rule']);
  const scores = gauge('xindai_score_psi', 'Stability index of scores', ['scorecard']);
  const variables = gauge('xindai_variable_psi', 'Stability index of a variable', ['dimension']);
  const overrides = gauge('xindai_override_rate', 'Reviews against the side of the score', []);
  const stopped = new Gauge({
    name: 'xindai_arms_stopped',
    help: 'Stopped arms of a running experiment',
    labelNames: ['experiment'],
    registers,
    collect,
  });
  const each =
    (reset: readonly Gauge[], set: (monitor: StrategyMonitor) => void): Fill =>
    ({ monitors }) => {
      for (const one of reset) one.reset();
      monitors.forEach(set);
    };
  return [
    each([decisions, rules, scores, variables, overrides], (monitor) => {
      const by = { strategy: monitor.strategyCode, arm: monitor.arm };
      for (const { outcome, now } of monitor.outcomes)
        decisions.set({ ...by, outcome }, Math.round((now ?? 0) * monitor.decisions.now));
      for (const { rule, now } of monitor.rules) if (now !== null) rules.set({ ...by, rule }, now);
      for (const { scorecard, psi } of monitor.scores)
        if (psi !== null) scores.set({ ...by, scorecard }, psi);
      for (const { dimension, psi } of monitor.variables)
        if (psi !== null) variables.set({ ...by, dimension }, psi);
      if (monitor.overrides.rate !== null) overrides.set(by, monitor.overrides.rate);
    }),
    ({ stops }) => {
      stopped.reset();
      for (const { experiment, arms } of stops) stopped.set({ experiment }, arms.length);
    },
  ];
}

/**
 * Adds the gauges to a registry. Every worker shows the same figures, since they are of the record and not of the process:
 * take the maximum over workers. A database that is away leaves the last figures and is logged.
 */
export function addRiskMetrics(registry: Registry, deps: Pick<ActivityDeps, 'db' | 'log'>): void {
  const readAt = new Gauge({
    name: 'xindai_risk_figures_timestamp_seconds',
    help: 'When the figures of decisions were read last, Unix time',
    registers: [registry],
  });
  const read = async (): Promise<void> => {
    try {
      const figures = await figuresOf(deps.db);
      for (const fill of fills) fill(figures);
      readAt.set(Math.round(Date.now() / 1_000));
    } catch (error) {
      deps.log.error({ err: error }, 'the figures of decisions could not be read');
    }
  };
  // Every gauge of a scrape waits for one reading, and scrapes within a minute share it.
  let reading = Promise.resolve();
  let begunAt = Number.NEGATIVE_INFINITY;
  const fills = gaugesIn(registry, async () => {
    if (Date.now() - begunAt >= FRESH_MS) {
      begunAt = Date.now();
      reading = read();
    }
    await reading;
  });
}
