/**
 * Ports on this machine: is one free, and which one is.
 */
import { connect, createServer } from 'node:net';
import { StartFailure } from './failure.ts';

/** Whether a program may listen on this port of the loopback address now. */
export async function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const bound = await tryToListen(port, host);
  return bound !== undefined;
}

/** A port that is free now, chosen by the system. */
export async function freePort(): Promise<number> {
  const port = await tryToListen(0, '127.0.0.1');
  if (port === undefined) throw new StartFailure('No port can be opened on the loopback address.');
  return port;
}

/** Whether somebody takes connections at `host:port`. */
export function somebodyListens(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
    socket.setTimeout(2_000);
    const answer = (listens: boolean) => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}

/** One port that a service is to have. */
export interface WantedPort {
  readonly port: number;
  /** What it is for, in words. */
  readonly title: string;
  /** The environment variable that changes it. */
  readonly variable: string;
}

/**
 * Refuses a start whose ports are taken, or are the same.
 * @throws StartFailure naming the first such port and the variable that changes it
 */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  const seen = new Map<number, WantedPort>();
  for (const one of wanted) {
    const other = seen.get(one.port);
    if (other !== undefined)
      throw new StartFailure(
        `Port ${one.port} is wanted twice: by ${other.variable} for ${other.title} and by ${one.variable} for ${one.title}.`,
      );
    seen.set(one.port, one);
    if (!(await portIsFree(one.port)))
      throw new StartFailure(
        `Port ${one.port} (${one.title}) is in use by another program: stop that one, or choose another port by ${one.variable}.`,
      );
  }
}

function tryToListen(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
