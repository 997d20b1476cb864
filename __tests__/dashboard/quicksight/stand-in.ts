import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { PROJECT } from '../../../core/project';
import { accountAnswer } from '../../cli/quicksight-stand-in';
import { type Loopback, serve } from '../../server/loopback';

/**
 * QuickSight as far as Terraform and `doctor` need it, since no emulator has enough: each request is checked against AWS's service
 * model, what AWS is known to refuse is refused, and the rest is kept and given back as it came.
 */
export interface StandIn extends Loopback {
  /** What was asked that changes something, in order: method and path below the account. */
  readonly changes: string[];
  /** What `describe-dashboard-definition` gives of a dashboard. */
  described(dashboard: string): { readonly Name: string; readonly Definition: object };
  /** How many there are, by kind. */
  counts(): Readonly<Record<string, number>>;
}

type Body = Readonly<Record<string, unknown>>;
type Answer = readonly [code: number, body: Body];

interface Stored {
  readonly arn: string;
  body: Body;
  version: number;
  permissions: readonly Permission[];
  readonly schedules: Map<string, Body>;
}

interface Permission {
  readonly Principal: string;
  readonly Actions: readonly string[];
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Kinds by their part of a path, with their part of an ARN, and the sets of actions that can be given (AWS, "Permissions"). */
const KINDS: Readonly<
  Record<string, { readonly kind: string; readonly arn: string; readonly sets: readonly string[] }>
> = {
  'data-sources': {
    kind: 'DataSource',
    arn: 'datasource',
    sets: ['DescribeDataSource DescribeDataSourcePermissions PassDataSource'],
  },
  'data-sets': {
    kind: 'DataSet',
    arn: 'dataset',
    sets: ['DescribeDataSet DescribeDataSetPermissions DescribeIngestion ListIngestions PassDataSet'],
  },
  dashboards: { kind: 'Dashboard', arn: 'dashboard', sets: ['DescribeDashboard ListDashboardVersions QueryDashboard'] },
  analyses: {
    kind: 'Analysis',
    arn: 'analysis',
    sets: [
      'DeleteAnalysis DescribeAnalysis DescribeAnalysisPermissions QueryAnalysis RestoreAnalysis UpdateAnalysis UpdateAnalysisPermissions',
    ],
  },
  themes: {
    kind: 'Theme',
    arn: 'theme',
    sets: ['DescribeTheme DescribeThemeAlias ListThemeAliases ListThemeVersions'],
  },
};

const TYPES: Readonly<Record<number, string>> = {
  400: 'InvalidParameterValueException',
  404: 'ResourceNotFoundException',
  409: 'ResourceExistsException',
};

/** An account in us-east-1 that has signed up, with users by name and role. */
export async function startQuickSightStandIn(users: Readonly<Record<string, string>>): Promise<StandIn> {
  const account = { edition: 'ENTERPRISE', identityRegion: 'us-east-1', users };
  const store = new Map<string, Stored>();
  const tags = new Map<string, Map<string, string>>();
  const changes: string[] = [];
  const model = validator();

  const loopback = await serve(async (request, response) => {
    const [code, answer] = await answerTo(request).catch((error: Error) => refusal(400, error.message));
    const type = code < 400 ? {} : { 'x-amzn-errortype': String(answer.type) };
    response.writeHead(code, { 'content-type': 'application/json', ...type }).end(JSON.stringify(answer));
  });

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const { method = '', url = '', headers } = request;
    const body = Number(headers['content-length'] ?? 0) > 0 ? ((await json(request)) as Body) : {};
    const path = url.split('?')[0]!.split('/').filter(Boolean).map(decodeURIComponent);
    const region = /\/(\w+-\w+-\d)\/quicksight\//.exec(headers.authorization ?? '')?.[1] ?? 'none';
    if (path[0] === 'resources') return [200, { Tags: tagged(path.slice(1, -1).join('/'), body.Tags as Tag[]) }];
    const known = KINDS[path[2] ?? ''];
    if (known === undefined) return accountAnswer(account, url, region);
    const { kind } = known;
    const [AwsAccountId, id, sub, subId] = [path[1]!, path[3] ?? String(body[`${kind}Id`]), path[4], path[5]];
    const key = `${kind}/${id}`;
    const stored = store.get(key);
    if (method !== 'GET') changes.push(`${method} ${path.slice(2).join('/')}`);
    if (method === 'POST' && sub === undefined) {
      await check(`Create${kind}`, { AwsAccountId, [`${kind}Id`]: id, ...body });
      if (stored) return refusal(409, `${key} exists`);
      const arn = `arn:aws:quicksight:${region}:${AwsAccountId}:${known.arn}/${id}`;
      const permissions = granted(body.Permissions, known.sets);
      store.set(key, { arn, body, version: 1, permissions, schedules: new Map() });
      tagged(arn, body.Tags as Tag[]);
      return [201, { Arn: arn, [`${kind}Id`]: id, VersionArn: `${arn}/version/1` }];
    }
    if (!stored) return refusal(404, `${key} is not there`);
    switch (sub) {
      case 'permissions': {
        const given = granted(body.GrantPermissions, known.sets);
        const changed = [...given, ...((body.RevokePermissions as Permission[] | undefined) ?? [])];
        stored.permissions = [
          ...stored.permissions.filter((own) => !changed.some(({ Principal }) => Principal === own.Principal)),
          ...given,
        ];
        return [200, { Permissions: stored.permissions, [`${kind}Arn`]: stored.arn, [`${kind}Id`]: id }];
      }
      case 'definition':
        return [200, { [`${kind}Id`]: id, ...definitionOf(stored), ResourceStatus: 'CREATION_SUCCESSFUL' }];
      case 'refresh-schedules':
        return scheduleAnswer(stored, method, body.Schedule as Body | undefined, subId);
      case 'ingestions':
        return [200, { Ingestions: [] }];
      case 'refresh-properties':
        return refusal(404, 'there are no refresh properties');
      case 'versions':
        return [200, { DashboardId: id, DashboardArn: stored.arn }];
    }
    if (method === 'DELETE') {
      store.delete(key);
      return [200, { Arn: stored.arn, [`${kind}Id`]: id }];
    }
    if (method === 'PUT') {
      await check(`Update${kind}`, { AwsAccountId, [`${kind}Id`]: id, ...body });
      stored.body = { ...stored.body, ...body };
      stored.version++;
      return [200, { Arn: stored.arn, [`${kind}Id`]: id, VersionArn: `${stored.arn}/version/${stored.version}` }];
    }
    return [200, { [kind]: description(kind, id, stored) }];
  }

  function tagged(arn: string, added: readonly Tag[] = []): readonly Tag[] {
    const own = tags.get(arn) ?? new Map<string, string>();
    for (const { Key, Value } of added) own.set(Key, Value);
    tags.set(arn, own);
    return [...own].map(([Key, Value]) => ({ Key, Value }));
  }

  /** Throws if the users or the sets of actions are not those of AWS. */
  function granted(permissions: unknown, sets: readonly string[]): readonly Permission[] {
    const given = (permissions as readonly Permission[] | undefined) ?? [];
    for (const { Principal, Actions } of given) {
      const user = Principal.split('user/default/')[1] ?? '';
      if (!(user in users)) throw new Error(`the principal ${Principal} is not valid`);
      const set = Actions.map((action) => action.replace('quicksight:', '')).sort();
      if (!sets.includes(set.join(' '))) throw new Error(`the permissions are an unsupported set: ${set.join(' ')}`);
    }
    return given;
  }

  async function check(operation: string, input: object): Promise<void> {
    const problems = [...(await model.problems(operation, input)), ...refusedByAws(input)];
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  return {
    ...loopback,
    changes,
    described: (dashboard) => definitionOf(store.get(`Dashboard/${dashboard}`)!),
    counts() {
      const kinds = [...store].flatMap(([key, { schedules }]) => [
        key.split('/')[0]!,
        ...[...schedules].map(() => 'RefreshSchedule'),
      ]);
      return Object.fromEntries(kinds.map((kind) => [kind, kinds.filter((each) => each === kind).length]));
    },
    async stop() {
      await model.stop();
      await loopback.stop();
    },
  };
}

function definitionOf({ body: { Name, Definition, ThemeArn } }: Stored) {
  return { Name: Name as string, Definition: Definition as object, ThemeArn };
}

function scheduleAnswer(
  { arn, schedules }: Stored,
  method: string,
  schedule: Body | undefined,
  id: string | undefined,
): Answer {
  const found = schedules.get(id ?? String(schedule?.ScheduleId));
  if (method === 'POST' || method === 'PUT') schedules.set(String(schedule?.ScheduleId), schedule!);
  else if (id === undefined) return [200, { RefreshSchedules: [...schedules.values()] }];
  else if (found === undefined) return refusal(404, `the schedule ${id} is not there`);
  else if (method === 'DELETE') schedules.delete(id);
  const ScheduleId = id ?? schedule?.ScheduleId;
  return [200, { Arn: `${arn}/refresh-schedule/${ScheduleId}`, ScheduleId, RefreshSchedule: found }];
}

function description(kind: string, id: string, { arn, body, version }: Stored): Body {
  const { Name, VersionDescription: Description, Configuration, BaseThemeId, ThemeArn, Definition: _, ...rest } = body;
  const { Permissions: __, Tags: ___, ...own } = rest;
  const now = Date.now() / 1000;
  const common = { Arn: arn, [`${kind}Id`]: id, Name, CreatedTime: now, LastUpdatedTime: now };
  const Version = {
    VersionNumber: version,
    Status: 'CREATION_SUCCESSFUL',
    Arn: `${arn}/version/${version}`,
    CreatedTime: now,
    Description,
    Configuration,
    BaseThemeId,
    ThemeArn,
    DataSetArns: [],
  };
  switch (kind) {
    case 'Dashboard':
      return { ...common, Version, LastPublishedTime: now };
    case 'Theme':
      return { ...common, Version, Type: 'CUSTOM' };
    case 'Analysis':
      return { ...common, Status: 'CREATION_SUCCESSFUL', ThemeArn, DataSetArns: [] };
    case 'DataSource':
      return { ...common, ...own, Status: 'CREATION_SUCCESSFUL' };
    default:
      return { ...common, ...own };
  }
}

/** What AWS refuses beyond its model: the provider's requests of filter actions (its issue #39715). */
function refusedByAws(input: unknown, path = ''): string[] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([name, value]) => {
    const isRefused = name === 'SelectedFieldsConfiguration' || name === 'SameSheetTargetVisualConfiguration';
    const own = isRefused ? [`${path}/${name}: filter actions come with empty lists`] : [];
    return [...own, ...refusedByAws(value, `${path}/${name}`)];
  });
}

function refusal(code: number, Message: string): Answer {
  return [code, { type: TYPES[code], Message }];
}

/** AWS's service model, in a Python that stays. */
function validator() {
  const python = spawn(join(PROJECT, '.venv/ministack/bin/python3'), ['-u', join(__dirname, 'validate.py')]);
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  let before: Promise<unknown> = Promise.resolve();
  return {
    problems(operation: string, input: object): Promise<string[]> {
      const answered = before.then(async () => {
        python.stdin.write(`${JSON.stringify({ operation, input })}\n`);
        return JSON.parse((await lines.next()).value as string) as string[];
      });
      before = answered;
      return answered;
    },
    async stop() {
      python.stdin.end();
      await once(python, 'close');
    },
  };
}
