import {
  DescribeAccountSubscriptionCommand,
  DescribeUserCommand,
  QuickSightClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-quicksight';
import { DEFAULT_REGION } from '../../core/names';
import type { Access } from './account';
import { type Check, type Finding, failed, ok, warning } from './check';

const WITHOUT = 'or deploy without quicksight_user';

/** Checks of the account's QuickSight and of the user who is to get the dashboard, by name or by ARN. */
export function quickSightChecks(given: string, access: Access): readonly Check[] {
  const [, namespace = 'default', user = given] = /^arn:aws:quicksight:[^/]*:user\/([^/]+)\/(.+)$/.exec(given) ?? [];
  return [
    {
      name: 'quicksight',
      after: ['credentials'],
      permission: 'quicksight:DescribeAccountSubscription',
      async run(abortSignal) {
        const { account } = await access.identity();
        const command = new DescribeAccountSubscriptionCommand({ AwsAccountId: account });
        const answer = await inIdentityRegion(access, (client) =>
          orAbsent(client.send(command, { abortSignal }), (found) => found.AccountInfo),
        );
        return judgeSubscription(answer?.Edition, answer?.AccountSubscriptionStatus);
      },
    },
    {
      name: 'quicksight user',
      after: ['quicksight'],
      permission: 'quicksight:DescribeUser',
      async run(abortSignal) {
        const { account } = await access.identity();
        const command = new DescribeUserCommand({ AwsAccountId: account, Namespace: namespace, UserName: user });
        return inIdentityRegion(access, async (client, region) => {
          const found = await orAbsent(client.send(command, { abortSignal }), (answer) => answer.User);
          return found
            ? judgeUser(user, found.Role)
            : failed(
                `there is no user "${user}" in ${region}`,
                `choose one of: aws quicksight list-users --aws-account-id ${account} --namespace ${namespace} --region ${region} --query 'UserList[].UserName'; a user of a role is called ROLE/SESSION`,
              );
        });
      },
    },
  ];
}

export function judgeSubscription(edition: string | undefined, status = ''): Finding {
  if (edition === undefined || /^UNSUBSCRIBE/.test(status))
    return failed(
      'the account has not signed up for QuickSight',
      `sign up for the Enterprise edition at https://quicksight.aws.amazon.com, ${WITHOUT}`,
    );
  if (edition.startsWith('ENTERPRISE')) return ok(`${edition} ${status}`.trim());
  return failed(
    `edition ${edition}`,
    `dashboards as code need the Enterprise edition: upgrade under "Manage QuickSight", ${WITHOUT}`,
  );
}

export function judgeUser(user: string, role = 'no role'): Finding {
  if (/ADMIN|AUTHOR/.test(role)) return ok(`${user}, ${role}`);
  if (/READER/.test(role))
    return ok(`${user}, ${role}`, 'can view: quicksight_role=author needs an author or an admin');
  return warning(`${user}, ${role}`, 'make this user a reader, an author or an admin under "Manage QuickSight"');
}

/** The region where an account's QuickSight users are, as the error of asking elsewhere names it. */
export function identityRegion(error: unknown): string | undefined {
  return /identity region is ([a-z0-9-]+)/.exec((error as Error).message)?.[1];
}

/** Asks where most accounts have their users, then, if QuickSight says so, where this one has. */
async function inIdentityRegion<T>(
  { credentials }: Access,
  ask: (client: QuickSightClient, region: string) => Promise<T>,
): Promise<T> {
  const askIn = (region: string): Promise<T> => ask(new QuickSightClient({ region, credentials }), region);
  try {
    return await askIn(DEFAULT_REGION);
  } catch (error) {
    const region = identityRegion(error);
    if (region === undefined || region === DEFAULT_REGION) throw error;
    return askIn(region);
  }
}

/** What is read from an answer, undefined if QuickSight has no such thing. */
export async function orAbsent<A, T>(answer: Promise<A>, read: (answer: A) => T): Promise<T | undefined> {
  try {
    return read(await answer);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
