/** The last exchanges with callers, for the sandbox's page and its tests. Holds codes and numbers, never a body. */

export interface Exchange {
  readonly at: string;
  readonly service: string;
  readonly operation: string;
  readonly appId: string | null;
  readonly requestNo: string | null;
  /** Answer code, or the refusal of the envelope. */
  readonly result: string;
  /** The fault that struck, null for none. */
  readonly fault: string | null;
  readonly tookMs: number;
}

export interface ExchangeLog {
  add(exchange: Exchange): void;
  /** Newest first. */
  list(): readonly Exchange[];
}

/** Keeps the newest `limit` exchanges in memory. */
export function createExchangeLog(limit = 1000): ExchangeLog {
  const kept: Exchange[] = [];
  return {
    add: (exchange) => {
      kept.push(exchange);
      if (kept.length > limit) kept.shift();
    },
    list: () => kept.toReversed(),
  };
}
