import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { DEFAULT_REGION } from '../../core/names';
import { type Check, type Finding, failed, ok, warning } from './check';
import { describe } from './diagnosis';
import { isRegion, REGION_RULE } from './regions';

/** Who calls, once AWS has said so. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** A caller's way into AWS, shared by all checks, so that one sign-in serves them all. */
export interface Access {
  readonly credentials: STSClient['config']['credentials'];
  /** Asks once; throws as the SDK does. */
  identity(): Promise<Identity>;
}

/** A region, and where its name comes from, such as `--region` or `AWS_REGION`. */
export interface ChosenRegion {
  readonly region: string;
  readonly source: string;
}

/** The region of a flag, of the environment or of the profile, in this order, else the stack's own. */
export async function chooseRegion(flag: string | undefined): Promise<ChosenRegion> {
  // The SDK takes an empty variable for a region and does not go on to the profile.
  if (process.env.AWS_REGION === '') delete process.env.AWS_REGION;
  const profileRegion = new STSClient({}).config.region;
  const named = [
    ['--region', flag],
    ['AWS_REGION', process.env.AWS_REGION],
    ['AWS_DEFAULT_REGION', process.env.AWS_DEFAULT_REGION],
    ['the profile', await profileRegion().catch(() => undefined)], // it throws where no profile names one
    ['the default', DEFAULT_REGION],
  ] as const;
  const [source, region] = named.find(([, value]) => value)!;
  return { region: region!, source };
}

export function openAccess(): Access {
  // A region that every account has, so that what fails here is not the region.
  const client = new STSClient({ region: DEFAULT_REGION, credentials: environmentKeys() });
  let asked: Promise<Identity> | undefined;
  const ask = async (): Promise<Identity> => {
    const { Account: account = '', Arn: arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return { account, arn };
  };
  return {
    credentials: client.config.credentials,
    identity() {
      asked ??= ask();
      return asked;
    },
  };
}

/** Checks of the caller; the names `credentials` and `region` are what checks of services come after. */
export function identityChecks(access: Access): readonly Check[] {
  return [{ name: 'credentials', run: async () => judgeIdentity(await access.identity()) }];
}

/** Checks of where the stack goes; without network only the names are looked at. */
export function regionChecks(
  { region, source }: ChosenRegion,
  replicaRegion: string | undefined,
  access: Access | undefined,
): readonly Check[] {
  const check = (name: string, asked: string, judge: () => Finding): Check => ({
    name,
    after: access && ['credentials'],
    async run(signal) {
      const finding = judge();
      return finding.status === 'failed' || !access ? finding : answered(asked, access, signal, finding);
    },
  });
  const own = check('region', region, () => judgeRegion(region, source));
  if (replicaRegion === undefined) return [own];
  return [own, check('replica region', replicaRegion, () => judgeReplicaRegion(replicaRegion, region))];
}

export function judgeIdentity({ account, arn }: Identity): Finding {
  const found = `account ${account}, ${arn}`;
  if (!arn.endsWith(':root')) return ok(found);
  return warning(found, 'deploy as a role or a user of IAM Identity Center, not as the root user, who can do anything');
}

export function judgeRegion(region: string, source: string): Finding {
  if (!isRegion(region)) return failed(`"${region}" (${source})`, `name ${REGION_RULE}`);
  const hint = `deploy with --var aws_region=${region}: without it the stack goes to ${DEFAULT_REGION}`;
  return ok(`${region} (${source})`, region === DEFAULT_REGION ? '' : hint);
}

export function judgeReplicaRegion(replicaRegion: string, region: string): Finding {
  if (!isRegion(replicaRegion)) return failed(`"${replicaRegion}"`, `name ${REGION_RULE}`);
  if (replicaRegion !== region) return ok(replicaRegion);
  return failed(`${replicaRegion} is the region of the lake itself`, 'name another one with --replica-region');
}

async function answered(region: string, access: Access, signal: AbortSignal, finding: Finding): Promise<Finding> {
  const client = new STSClient({ region, credentials: access.credentials });
  try {
    await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return finding;
  } catch (error) {
    const found = `${region}: ${describe(error)}`;
    // The keys are good, as an earlier check saw: so it is the region that does not know them.
    if (/InvalidClientTokenId|UnrecognizedClient/.test(found))
      return failed(found, `the account has not enabled ${region}: aws account enable-region --region-name ${region}`);
    if (/ENOTFOUND/.test(found)) return failed(found, `there may be no such region: name ${REGION_RULE}`);
    throw error;
  } finally {
    client.destroy();
  }
}

/** Keys of the environment win over AWS_PROFILE in Terraform, but not in this SDK. */
function environmentKeys(): STSClientConfig['credentials'] {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  const sessionToken = AWS_SESSION_TOKEN || undefined;
  return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken };
}
