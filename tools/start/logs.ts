/**
 * The children's log files: one per child, the last starts kept beside it, and the line that explains a failure.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';

const KEPT = 3;

/** Moves `x.log` to `x.1.log` and so on, so that each start writes a file of its own. */
export function rotate(path: string): void {
  const numbered = (n: number) => (n === 0 ? path : path.replace(/\.log$/, `.${n}.log`));
  for (let n = KEPT - 1; n >= 0; n -= 1)
    if (existsSync(numbered(n))) renameSync(numbered(n), numbered(n + 1));
}

/** The last bytes of a file as text; empty when it cannot be read. */
export function tail(path: string, bytes = 8_192): string {
  try {
    const file = openSync(path, 'r');
    try {
      const size = fstatSync(file).size;
      const buffer = Buffer.alloc(Math.min(bytes, size));
      readSync(file, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8');
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

/**
 * The line of a log that best says why its process ended: the last fatal line, else the last line that names an
 * error, else the last line. JSON lines give their message.
 */
export function lastReason(path: string): string | undefined {
  const lines = tail(path)
    .split('\n')
    .map((line) => messageOf(line.trim()))
    .filter((line) => line !== '' && !line.startsWith('at ') && !line.startsWith('Node.js v'));
  const fatal = lines.findLast((line) => /\b(FATAL|PANIC)\b/.test(line));
  const error = lines.findLast((line) => /error|cannot|refus|fail|not /i.test(line));
  return fatal ?? error ?? lines.at(-1);
}

function messageOf(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed)
      return String(parsed.message);
  } catch {
    // A line cut by the tail, or one that merely begins like JSON.
  }
  return line;
}
