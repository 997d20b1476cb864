import { UserError } from '../core/errors';

/**
 * Loads a part of the command line that needs packages of a full installation, which are for deployment and tests.
 *
 * @throws UserError that says how to install them
 */
export async function loadWithAllPackages<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String((error as NodeJS.ErrnoException).code)))
      throw error;
    throw new UserError(
      'this command needs packages that this installation leaves out: run "make install" in a checkout of clickstream-bi',
      {
        cause: error,
      },
    );
  }
}
