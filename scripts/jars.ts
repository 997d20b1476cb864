import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UserError } from '../core/errors';
import { info } from '../core/terminal/progress';
import { report } from '../core/terminal/report';
import { digestFolder, findJarFaults, parseJarLock, renderJarLock } from './jar-lock';

/**
 * Checks downloaded jars against a lock, or writes the lock from them: `npx ts-node scripts/jars.ts check|lock LOCK FOLDER`.
 * A check ends with exit code 1 and names every jar that is missing, different or not listed.
 */
main(process.argv.slice(2)).catch(report);

async function main([verb, lock, folder]: readonly string[]): Promise<void> {
  if (!(verb === 'check' || verb === 'lock') || !lock || !folder)
    throw new UserError('usage: npx ts-node scripts/jars.ts check|lock LOCK FOLDER');
  const text = existsSync(lock) ? readFileSync(lock, 'utf8') : '';
  const found = await digestFolder(folder);
  if (verb === 'lock') {
    writeFileSync(lock, renderJarLock(text, found));
    return info(`${lock}: ${found.size} jars locked`);
  }
  const faults = findJarFaults(parseJarLock(text), found);
  if (faults.length === 0) return;
  throw new UserError(
    `the jars in ${folder} are not those of ${lock}, and are not used:\n${faults.map((fault) => `  ${fault}`).join('\n')}\n` +
      'Delete these files from ~/.m2/repository and run make again. If they differ again, find out why Maven gets other files ' +
      'before you trust them with "make locks".',
  );
}
