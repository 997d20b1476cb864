import {
  type Declared,
  declaredResources,
  referencesIn,
  type SynthesizedStack,
} from '../core/terraform/synthesized-stack';

/** A Mermaid flowchart of a synthesized stack: a subgraph by stage; arrows follow references and what roles allow. */
export function architecture(stack: SynthesizedStack): string {
  const resources = resourcesOf(stack);
  const nodes = nodesOf(resources);
  const edges = [...edgesBetween(resources, nodes)].sort();
  const stages = [...new Set([...nodes.values()].map(({ stage }) => stage))];
  return ['flowchart LR', ...stages.flatMap((stage) => subgraph(stage, [...new Set(nodes.values())])), ...edges].join(
    '\n',
  );
}

interface Resource extends Declared {
  /** Addresses in its attributes. */
  readonly references: ReadonlySet<string>;
}

interface Node {
  readonly id: string;
  readonly stage: string;
  readonly text: string;
}

/** What is drawn; every other type is folded into the arrows. `together`: all of a stage are one node. */
const DRAWN: Readonly<
  Record<string, { readonly is: string; readonly together?: true; readonly shape?: 'store' | 'queue' }>
> = {
  aws_apigatewayv2_api: { is: 'HTTP API' },
  aws_athena_named_query: { is: 'Athena queries', together: true },
  aws_athena_workgroup: { is: 'Athena workgroup' },
  aws_budgets_budget: { is: 'budget' },
  aws_cloudwatch_dashboard: { is: 'CloudWatch dashboard' },
  aws_cloudwatch_event_rule: { is: 'EventBridge rule' },
  aws_cloudwatch_metric_alarm: { is: 'alarms', together: true },
  aws_glue_catalog_table: { is: 'Glue tables', together: true, shape: 'store' },
  aws_glue_job: { is: 'Glue job' },
  aws_glue_trigger: { is: 'Glue trigger' },
  aws_lambda_function: { is: 'Lambda' },
  aws_quicksight_analysis: { is: 'QuickSight analysis' },
  aws_quicksight_dashboard: { is: 'QuickSight dashboard' },
  aws_quicksight_data_set: { is: 'QuickSight data sets', together: true },
  aws_quicksight_data_source: { is: 'QuickSight data source' },
  aws_s3_bucket: { is: 'S3 bucket', shape: 'store' },
  aws_scheduler_schedule: { is: 'schedule' },
  aws_sfn_state_machine: { is: 'Step Functions' },
  aws_sns_topic: { is: 'SNS topic', shape: 'queue' },
  aws_sqs_queue: { is: 'SQS queue', shape: 'queue' },
};

/** Types that only connect: the attribute that says from where; the rest of their references say to where. */
const CONNECTORS: Readonly<Record<string, string>> = {
  aws_apigatewayv2_integration: 'api_id',
  aws_cloudwatch_event_target: 'rule',
  aws_lambda_event_source_mapping: 'event_source_arn',
  aws_lambda_function_event_invoke_config: 'function_name',
  aws_s3_bucket_notification: 'bucket',
  aws_s3_bucket_replication_configuration: 'bucket',
};

/** Attributes that name what is watched, so that the arrow comes from there. */
const WATCHED = ['dimensions', 'metric_query', 'event_pattern', 'dashboard_body'];

/** More members than this are counted, not named. */
const MOST_NAMES = 6;

function resourcesOf(stack: SynthesizedStack): Resource[] {
  return declaredResources(stack).map((declared) => ({ ...declared, references: referencesIn(declared.body) }));
}

/** The node of each resource that is drawn, by address. */
function nodesOf(resources: readonly Resource[]): Map<string, Node> {
  const members = new Map<string, Resource[]>();
  for (const resource of resources) {
    const kind = DRAWN[resource.type];
    if (!kind || resource.address.startsWith('data.')) continue;
    const id = kind.together ? `${resource.path[0]}_${resource.type}` : resource.path.join('_');
    members.set(id, [...(members.get(id) ?? []), resource]);
  }
  return new Map(
    [...members].flatMap(([id, together]) => {
      const node = { id: id.replace(/\W/g, '_'), stage: together[0]!.path[0]!, text: nodeText(together) };
      return together.map(({ address }) => [address, node] as const);
    }),
  );
}

function nodeText(members: readonly Resource[]): string {
  const { is, together, shape } = DRAWN[members[0]!.type]!;
  const names = members.map(({ path }) => path.slice(1).join(' ')).sort();
  const detail = together && names.length > MOST_NAMES ? String(names.length) : names.join('<br/>');
  const label = `"${is}<br/><i>${detail}</i>"`;
  return shape === 'store' ? `[(${label})]` : shape === 'queue' ? `[[${label}]]` : `[${label}]`;
}

function subgraph(stage: string, nodes: readonly Node[]): string[] {
  const own = nodes.filter((node) => node.stage === stage).sort((a, b) => (a.id < b.id ? -1 : 1));
  return [`  subgraph ${stage}`, ...own.map(({ id, text }) => `    ${id}${text}`), '  end'];
}

function edgesBetween(resources: readonly Resource[], nodes: ReadonlyMap<string, Node>): Set<string> {
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const edges = new Set<string>();
  const connect = (froms: Iterable<string>, tos: Iterable<string>, arrow = '-->'): void => {
    for (const from of [...froms].map((address) => nodes.get(address)))
      for (const to of [...tos].map((address) => nodes.get(address)))
        if (from && to && from !== to) edges.add(`  ${from.id} ${arrow} ${to.id}`);
  };
  for (const resource of resources) {
    const watched = new Set(WATCHED.flatMap((name) => [...referencesIn(resource.body[name])]));
    connect(watched, [resource.address], '-.->');
    connect(
      [resource.address],
      [...resource.references].filter((address) => !watched.has(address)),
    );
    const origin = CONNECTORS[resource.type];
    if (origin) connect(referencesIn(resource.body[origin]), resource.references);
    if (resource.type === 'aws_iam_role_policy')
      connect(holdersOf(resource, resources), reachable(resource.references, byAddress));
  }
  return edges;
}

/** What acts in the role that a policy is for. */
function holdersOf(policy: Resource, resources: readonly Resource[]): string[] {
  const roles = referencesIn(policy.body.role);
  return resources
    .filter(({ references }) => [...roles].some((role) => references.has(role)))
    .map(({ address }) => address);
}

/** What is referred to, also by way of data sources, such as policy documents. */
function reachable(addresses: ReadonlySet<string>, byAddress: ReadonlyMap<string, Resource>): string[] {
  return [...addresses].flatMap((address) => [
    address,
    ...(address.startsWith('data.') ? reachable(byAddress.get(address)?.references ?? new Set(), byAddress) : []),
  ]);
}
