/** How a recorded history lies in a file: the protobuf message as JSON, with names for enums and base64 for bytes. */
import { readFileSync, writeFileSync } from 'node:fs';
import protos from '@temporalio/proto';

const { History } = protos.temporal.api.history.v1;
export type RecordedHistory = protos.temporal.api.history.v1.History;

export function writeHistory(path: string, history: protos.temporal.api.history.v1.IHistory): void {
  const plain = History.toObject(History.fromObject(history), {
    longs: String,
    enums: String,
    bytes: String,
  });
  writeFileSync(path, `${JSON.stringify(plain)}\n`);
}

/** @throws when the file does not hold a history */
export function readHistory(path: string): RecordedHistory {
  const plain: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof plain !== 'object' || plain === null) throw new Error(`${path} holds no history`);
  return History.fromObject(plain);
}
