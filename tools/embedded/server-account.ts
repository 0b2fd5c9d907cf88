import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartError } from './common.ts';

/** The unprivileged account that runs PostgreSQL when we are root, which PostgreSQL refuses; {} otherwise. */
export type Account = Ids | { readonly uid?: never; readonly gid?: never };

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** As root: the account `postgres`, made when it isn't there, else `nobody`. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const known = accountOf('postgres');
  if (known !== undefined) return known;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'ignore' });
  } catch {
    // No useradd here (a slim container): nobody will do.
  }
  const account = accountOf('postgres') ?? accountOf('nobody');
  if (account !== undefined) return account;
  throw new StartError('PostgreSQL refuses to run as root and no account for it can be made: run as an ordinary user.');
}

function accountOf(name: string): Ids | undefined {
  try {
    const id = (option: string) => Number(execFileSync('id', [option, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

export async function giveTo(account: Account, path: string): Promise<void> {
  if (account.uid !== undefined) await chown(path, account.uid, account.gid);
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly ids: Account;
}

/**
 * The command as that account. Folders closed to everybody but root (root's home, a temporary folder) lie on the way to
 * the program or its data more often than not; then the account is given the right to pass through them, no more.
 */
export function asAccount(account: Account, program: string, args: readonly string[]): Command {
  if (account.uid === undefined) return { command: program, args, ids: {} };
  const folders = [program, ...args.map((arg) => arg.replace(/^--\w+=/, ''))].filter((path) => path.startsWith('/'));
  const closed = folders.map((path) => closedFolder(dirname(path), account)).find((folder) => folder !== undefined);
  if (closed === undefined) return { command: program, args, ids: account };
  const ids = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const passThrough = ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
  try {
    execFileSync('setpriv', [...ids, ...passThrough, 'true'], { stdio: 'ignore' });
  } catch {
    throw new StartError(
      `PostgreSQL refuses to run as root, and the account it runs as can't enter ${closed}: run as an ordinary user, ` +
        'or keep the project and --data-dir in a folder that everybody may enter.',
    );
  }
  return { command: 'setpriv', args: [...ids, ...passThrough, program, ...args], ids: {} };
}

/** The first folder on the way that the account may not enter. */
function closedFolder(folder: string, account: Ids): string | undefined {
  const parent = dirname(folder);
  const above = parent === folder ? undefined : closedFolder(parent, account);
  if (above !== undefined) return above;
  const { mode, uid, gid } = statSync(folder);
  const right = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return (mode & right) === 0 ? folder : undefined;
}
