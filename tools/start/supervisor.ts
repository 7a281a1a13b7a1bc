/**
 * Keeps the children of one start: every one is known from the moment it is spawned, and all are stopped in order.
 */
import { join } from 'node:path';
import { reasonOf, StartFailure } from './failure.ts';
import type { RunFile } from './run-file.ts';
import { Service } from './service.ts';
import type { ServicePlan } from './service.ts';

/** Who is stopped first; a name that is not here comes before all others. */
const STOP_ORDER = ['api', 'worker', 'codec-server', 'sandbox', 'temporal', 'postgres'];

/** The children of one start. */
export class Supervisor {
  private readonly services: Service[] = [];
  private readonly runFile: RunFile;
  private readonly logDir: string;
  private readonly say: (line: string) => void;
  private readonly cancelling = new AbortController();
  private ending: Promise<void> | undefined;

  constructor(runFile: RunFile, logDir: string, say: (line: string) => void) {
    this.runFile = runFile;
    this.logDir = logDir;
    this.say = say;
  }

  /** Whether the children are being stopped. */
  get isStopping(): boolean {
    return this.ending !== undefined;
  }

  /** Aborted when the children are being stopped. */
  get cancelled(): AbortSignal {
    return this.cancelling.signal;
  }

  /**
   * Starts one child and waits until it is ready.
   * @throws StartFailure when it does not come up, or when everything is being stopped already
   */
  async start(plan: ServicePlan): Promise<void> {
    if (this.isStopping) throw new StartFailure(`${plan.name} was not started: stopping.`);
    const startedAt = Date.now();
    const service = new Service(plan, {
      logFile: join(this.logDir, `${plan.name}.log`),
      say: this.say,
      onProcess: (identity) =>
        this.remember((children) => {
          if (identity === undefined) delete children[plan.name];
          else
            children[plan.name] = {
              ...identity,
              signal: plan.stopSignal,
              endsAlone: plan.ready === 'message',
            };
        }),
    });
    this.services.push(service);
    await service.start();
    this.say(`${plan.name} is ready (${((Date.now() - startedAt) / 1_000).toFixed(1)} s)`);
  }

  /** Stops every child, one after the other, and waits for each. Called twice it is done once. */
  stop(): Promise<void> {
    this.cancelling.abort();
    this.ending ??= this.stopAll();
    return this.ending;
  }

  private async stopAll(): Promise<void> {
    this.tryToRemember((record) => {
      record.stopping = true;
    });
    const rank = (service: Service) => STOP_ORDER.indexOf(service.plan.name);
    for (const service of this.services.toSorted((a, b) => rank(a) - rank(b))) await service.stop();
    this.tryToRemember((record) => {
      record.children = {};
      delete record.supervisor;
      delete record.stopping;
    });
  }

  private remember(edit: (children: Parameters<Edit>[0]['children']) => void): void {
    this.tryToRemember((record) => edit(record.children));
  }

  /** A record that cannot be written (a full disk) must not take the running children down. */
  private tryToRemember(edit: Edit): void {
    try {
      this.runFile.change(edit);
    } catch (error) {
      this.say(`run.json could not be written (${reasonOf(error)})`);
    }
  }
}

type Edit = Parameters<RunFile['change']>[0];
