/** An error that a user can mend: its message says what is wrong and what to do, and is shown without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** A command was called in a wrong way, such as with the name of something that there is not: it ends with exit code 2. */
export class UsageError extends UserError {}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'this is a folder, where a file is needed',
  ENOSPC: 'the disk is full: free some space, or choose another folder with --lake',
  EROFS: 'the file system is read-only: choose another folder with --lake',
  EACCES: 'permission denied: change its owner or mode, or choose another folder with --lake',
  EPERM: 'permission denied: change its owner or mode, or choose another folder with --lake',
  ENOTDIR: 'a file is where a folder should be: choose another folder with --lake',
  EEXIST: 'a file is where a folder should be: choose another folder with --lake',
};

/** What DuckDB says, by the system's code for it. */
const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/i, 'ENOSPC'],
  [/Read-only file system/i, 'EROFS'],
  [/: Permission denied/i, 'EACCES'],
];

/** Turns an error of the file system or of DuckDB into a failure that names the remedy; other errors pass unchanged. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && syscall === 'mkdir') return new UserError(`${path}: ${REMEDIES.EROFS}`, { cause: error }); // as Node has it
  if (code && REMEDIES[code]) return new UserError(`${path ?? 'the lake'}: ${REMEDIES[code]}`, { cause: error });
  const [, remedy] = MESSAGES.find(([message]) => message.test(error.message)) ?? [];
  if (remedy === undefined) return error;
  const [, file] = /"([^"]+)"/.exec(error.message) ?? [];
  return new UserError(`${file ?? 'the lake'}: ${REMEDIES[remedy]}`, { cause: error });
}
