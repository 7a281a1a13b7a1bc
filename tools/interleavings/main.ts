/** `npm run interleavings -- --count 200 --seed 7`: the desk's random interleavings against real servers, as many as asked for. */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string' } },
});
const whole = /^\d{1,9}$/;
if (!whole.test(values.count) || (values.seed !== undefined && !whole.test(values.seed))) {
  process.stderr.write('--count and --seed are whole numbers.\n');
  process.exit(2);
}
const child = spawn(
  process.execPath,
  ['tools/test.mjs', 'tests/journeys/desk-interleavings.test.ts'],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      INTERLEAVINGS: values.count,
      ...(values.seed === undefined ? {} : { INTERLEAVINGS_SEED: values.seed }),
    },
  },
);
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
