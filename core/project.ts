import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file that lies at the same place in a checkout, in the installed package and in the Lambda function's zip. */
const LANDMARK = 'etl/reference/countries.csv';

/** Absolute path of the folder that holds the project's files, whether its code runs from its sources or bundled. */
export const PROJECT = findProject(__dirname);

function findProject(folder: string): string {
  if (existsSync(join(folder, LANDMARK))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no folder above ${__dirname} holds ${LANDMARK}: install clickstream again`);
  return findProject(parent);
}
