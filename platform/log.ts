/**
 * Structured logs: one JSON line per event in Elastic Common Schema, without personal data.
 */
import { ecsFormat } from '@elastic/ecs-pino-format';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Config } from './config.ts';
import { scrub } from './scrub.ts';

/** Ids a part of the program gives to every line it writes: `log.child({ loanId } satisfies LogContext)`. */
export interface LogContext {
  readonly loanId?: string;
  readonly applicationId?: string;
  readonly requestId?: string;
}

export type { Logger };

/**
 * A logger to standard output.
 * Every finished line passes the scrubber (scrub.ts), so that fields, messages, errors and child bindings are covered
 * alike: cleaning the parts before pino joins them misses the last two.
 * @param name of the process, `service.name` in the lines
 * @param destination another place to write to, for tests
 */
export function createLogger(
  name: string,
  config: Pick<Config, 'logLevel' | 'environment'>,
  destination?: DestinationStream,
): Logger {
  const ecs = ecsFormat({
    serviceName: name,
    serviceEnvironment: config.environment,
    apmIntegration: false,
  });
  const options: LoggerOptions = {
    ...ecs,
    level: config.logLevel,
    hooks: { streamWrite: scrubLine },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function scrubLine(line: string): string {
  const fields: unknown = JSON.parse(line);
  return `${JSON.stringify(scrub(fields))}\n`;
}
