import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import {
  DescribeDashboardCommand,
  DescribeDataSetCommand,
  ListIngestionsCommand,
  QuickSightClient,
} from '@aws-sdk/client-quicksight';
import { bucketName } from '../../core/names';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { dataSetsOf } from '../../dashboard/quicksight/filters';
import { dataSetId, idIn, targetOf } from '../../dashboard/quicksight/target';
import type { Access } from './account';
import { type Check, type Finding, failed, ok, warning } from './check';
import { orAbsent } from './quicksight';
import type { Target } from './services';

/** The role that QuickSight takes, unless its administrator chose another (AWS, "Using existing IAM roles in QuickSight"). */
const ROLE = 'aws-quicksight-service-role-v0';

/** Policies that QuickSight's own page attaches to it. */
const ATHENA_POLICY = 'AWSQuicksightAthenaAccess';
const S3_POLICY = 'AWSQuickSightS3Policy';

/** Checks of what Terraform can't do or see in QuickSight: its access to the lake, and how dashboard and data sets are. */
export function quickSightDashboardChecks({ environment, region }: Target, access: Access): readonly Check[] {
  const { credentials } = access;
  const client = new QuickSightClient({ region, credentials });
  const iam = new IAMClient({ region, credentials });
  const target = async () => targetOf((await access.identity()).account, region, environment);
  const after = ['quicksight'];
  return [
    {
      name: 'quicksight access',
      after,
      permission: 'iam:ListAttachedRolePolicies',
      async run(abortSignal) {
        const bucket = bucketName(environment, (await access.identity()).account, region);
        const policies = await attachedPolicies(iam, abortSignal);
        const s3 = policies?.get(S3_POLICY);
        const document = s3 === undefined ? '' : await policyDocument(iam, s3, abortSignal);
        return judgeAccess(bucket, policies && [...policies.keys()], document);
      },
    },
    {
      name: 'quicksight dashboard',
      after,
      permission: 'quicksight:DescribeDashboard',
      async run(abortSignal) {
        const own = await target();
        const DashboardId = idIn(own, clickstreamDashboard.id);
        const command = new DescribeDashboardCommand({ AwsAccountId: own.account, DashboardId });
        const Version = await orAbsent(client.send(command, { abortSignal }), ({ Dashboard }) => Dashboard?.Version);
        return judgeDashboard(
          DashboardId,
          Version?.Status,
          Version?.Errors?.map(({ Message }) => Message ?? ''),
        );
      },
    },
    {
      name: 'quicksight data',
      after,
      permission: 'quicksight:ListIngestions',
      async run(abortSignal) {
        const own = await target();
        const AwsAccountId = own.account;
        const visuals = clickstreamDashboard.sheets.flatMap((sheet) => sheet.visuals);
        const states = dataSetsOf(visuals).map(async ({ name }): Promise<DataSetState> => {
          const DataSetId = dataSetId(own, name);
          const command = new DescribeDataSetCommand({ AwsAccountId, DataSetId });
          const mode = await orAbsent(client.send(command, { abortSignal }), ({ DataSet }) => DataSet?.ImportMode);
          if (mode !== 'SPICE') return { name, mode };
          const { Ingestions = [] } = await client.send(new ListIngestionsCommand({ AwsAccountId, DataSetId }), {
            abortSignal,
          });
          const [last] = Ingestions.sort((a, b) => Number(b.CreatedTime) - Number(a.CreatedTime));
          return { name, mode: 'SPICE', ingestion: last?.IngestionStatus, error: last?.ErrorInfo?.Message };
        });
        return judgeDataSets(await Promise.all(states));
      },
    },
  ];
}

/** Policies of QuickSight's role, undefined if it has none. */
export function judgeAccess(bucket: string, policies: readonly string[] | undefined, s3Document: string): Finding {
  const remedy = `in QuickSight: Manage QuickSight, Security & permissions, QuickSight access to AWS services: tick Amazon Athena, and under Amazon S3 the bucket ${bucket} with "Write permission for Athena Workgroup" (once it is deployed)`;
  if (policies === undefined)
    return warning(`the role ${ROLE} is not there`, `${remedy}; of another role, give it these permissions`);
  const missing = [
    ...(policies.includes(ATHENA_POLICY) ? [] : ['Athena']),
    ...(s3Document.includes(`arn:aws:s3:::${bucket}`) || s3Document.includes('"arn:aws:s3:::*"') ? [] : ['the bucket']),
  ];
  return missing.length === 0
    ? ok('Athena and the bucket')
    : warning(`without access to ${missing.join(' and ')}`, remedy);
}

export function judgeDashboard(id: string, status: string | undefined, errors: readonly string[] = []): Finding {
  if (status === undefined) return ok('not deployed yet');
  if (status.endsWith('SUCCESSFUL')) return ok(`${id}, ${status}`);
  if (!status.endsWith('FAILED')) return warning(`${id}, ${status}`, 'ask again in a minute');
  return failed(
    [`${id}, ${status}`, ...errors].join(': '),
    'correct what it names in dashboard/, or the access of QuickSight, and deploy again',
  );
}

interface DataSetState {
  readonly name: string;
  /** Undefined if it is not there. */
  readonly mode: string | undefined;
  readonly ingestion?: string | undefined;
  readonly error?: string | undefined;
}

export function judgeDataSets(states: readonly DataSetState[]): Finding {
  const there = states.filter(({ mode }) => mode !== undefined);
  if (there.length === 0) return ok('not deployed yet');
  if (there.length < states.length) {
    const missing = states.filter(({ mode }) => mode === undefined).map(({ name }) => name);
    return failed(`without ${missing.join(', ')}`, 'deploy again: somebody deleted them, or a deploy broke off');
  }
  const broken = there.filter(({ ingestion }) => ingestion === 'FAILED' || ingestion === 'CANCELLED');
  if (broken.length > 0) {
    const said = broken.map(({ name, ingestion, error }) => `${name} ${ingestion}${error ? ` (${error})` : ''}`);
    return failed(
      `last ingestion: ${said.join(', ')}`,
      'see "quicksight access", then refresh the data set in QuickSight',
    );
  }
  const kept = there.filter(({ mode }) => mode === 'SPICE');
  if (kept.length === 0) return ok(`${there.length} data sets, asked directly`);
  const waiting = kept.filter(({ ingestion }) => ingestion !== 'COMPLETED');
  return ok(
    `${kept.length} data sets in SPICE${waiting.length > 0 ? `, ${waiting.length} not taken in yet` : ', all taken in'}`,
  );
}

async function attachedPolicies(iam: IAMClient, abortSignal: AbortSignal): Promise<Map<string, string> | undefined> {
  try {
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: ROLE }), {
      abortSignal,
    });
    return new Map(AttachedPolicies.map(({ PolicyName, PolicyArn }) => [PolicyName!, PolicyArn!]));
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined;
    throw error;
  }
}

async function policyDocument(iam: IAMClient, PolicyArn: string, abortSignal: AbortSignal): Promise<string> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }), { abortSignal });
  const VersionId = Policy?.DefaultVersionId;
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }), { abortSignal });
  return decodeURIComponent(PolicyVersion?.Document ?? '');
}
