import { type IResolvable, TerraformVariable, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { BUDGET_USD } from '../core/limits';
import { DEFAULT_ENVIRONMENT, DEFAULT_REGION, ENVIRONMENT_PATTERN, REGION_PATTERN } from '../core/names';
import { ROLES } from '../dashboard/quicksight/permissions';
import { expression } from './expressions';

/** A Terraform variable: its type follows from its default. */
interface Variable {
  readonly default: string | number | boolean;
  readonly description: string;
  /** Terraform conditions that must hold, each with what to do where it does not. */
  readonly validation?: readonly (readonly [condition: string, remedy: string])[];
}

const REGION_REMEDY = 'must be a region such as us-east-1 or eu-central-1: "aws ec2 describe-regions" lists them.';

/** Seconds between two runs of the schedule, which is also the length of a window. */
const WINDOW_S =
  'tonumber(regex("[0-9]+", var.lambda_schedule)) * {minute = 60, hour = 3600, day = 86400}[regex("minute|hour|day", var.lambda_schedule)]';

/** As many simulated events as the function lands within its time limit, with room to spare. */
const MAX_HISTORY_EVENTS = 5_000_000;

const LOG_RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Every input of the stack; the first five are the original's. */
const VARIABLES = {
  aws_region: {
    default: DEFAULT_REGION,
    description: 'Region of everything but the replica',
    validation: [[matches('aws_region', REGION_PATTERN), `aws_region ${REGION_REMEDY}`]],
  },
  environment: {
    default: DEFAULT_ENVIRONMENT,
    description: 'Name of the environment, part of every name, so that several live in one account',
    validation: [
      [
        matches('environment', ENVIRONMENT_PATTERN),
        'environment must be 1 to 12 lower-case letters, digits and hyphens, from a letter to a letter or digit, such as dev or prod-eu.',
      ],
    ],
  },
  lambda_schedule: {
    default: 'rate(5 minutes)',
    description: 'How often events are landed; each run lands the window of this length that has just ended',
    validation: [
      [
        `${matches('lambda_schedule', '^rate\\\\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours))\\\\)$')} && try(${WINDOW_S}, 0) <= 86400`,
        'lambda_schedule must be a rate of at most a day, such as rate(5 minutes), rate(1 hour) or rate(1 day): a window is as long as the rate, so cron expressions have none.',
      ],
    ],
  },
  events_per_execution: {
    default: 20,
    description: 'Events that a run of the schedule lands on average',
    validation: [
      [whole('events_per_execution', 1, 100_000), 'events_per_execution must be a whole number from 1 to 100000.'],
    ],
  },
  on_demand_events_per_day: {
    default: 100_000,
    description: 'Events that POST /generate may land in a day (UTC); 0 turns it off',
    validation: [
      [
        whole('on_demand_events_per_day', 0, 1_000_000_000),
        'on_demand_events_per_day must be a whole number from 0 to 1000000000.',
      ],
    ],
  },
  quicksight_user: {
    default: '',
    description: 'QuickSight user who gets the dashboard, by name in aws_region or by ARN; empty: no QuickSight',
    validation: [
      [
        'can(regex("^[^ \\"]*$", var.quicksight_user))',
        'quicksight_user must be a QuickSight user name without spaces: "aws quicksight list-users --namespace default --aws-account-id ACCOUNT" lists them.',
      ],
      [
        '!startswith(var.quicksight_user, "arn:") || can(regex("^arn:aws:quicksight:[a-z0-9-]+:[0-9]{12}:user/[^/]+/.+$", var.quicksight_user))',
        'quicksight_user must be a name or an ARN such as arn:aws:quicksight:us-east-1:111122223333:user/default/ann: "aws quicksight list-users --namespace default --aws-account-id ACCOUNT" prints them.',
      ],
    ],
  },
  quicksight_role: {
    default: 'viewer',
    description: 'What that user may do: viewer: look at the dashboard; author: make analyses of its data too',
    validation: [
      [
        `contains(${JSON.stringify(ROLES)}, var.quicksight_role)`,
        `quicksight_role must be one of ${ROLES.join(', ')}.`,
      ],
    ],
  },
  quicksight_refresh: {
    default: '',
    description: 'How often QuickSight takes the data into its memory (SPICE), hourly or daily; empty: it asks Athena',
    validation: [
      [
        'contains(["", "hourly", "daily"], var.quicksight_refresh)',
        'quicksight_refresh must be hourly, daily, or empty, which asks Athena at each look.',
      ],
    ],
  },
  etl_schedule: {
    default: 'cron(15 0 * * ? *)',
    description: 'When the Glue job runs (UTC); empty: only when started by hand',
    validation: [
      [
        'var.etl_schedule == "" || can(regex("^cron\\\\(([^ ()]+ ){5}[^ ()]+\\\\)$", var.etl_schedule))',
        'etl_schedule must be empty or a cron expression of six fields, such as cron(15 0 * * ? *): Glue triggers take no rates.',
      ],
    ],
  },
  alarm_email: {
    default: '',
    description: 'Address that alarms and the budget are sent to, once it has confirmed; empty: nobody',
    validation: [
      [
        'var.alarm_email == "" || can(regex("^[^@ ]+@[^@ ]+\\\\.[^@ .]+$", var.alarm_email))',
        'alarm_email must be empty or an e-mail address such as data-team@example.com.',
      ],
    ],
  },
  monthly_budget_usd: {
    default: BUDGET_USD,
    description: 'Cost a month, in USD, whose forecast or passing is alerted',
    validation: [['var.monthly_budget_usd > 0', 'monthly_budget_usd must be more than 0, such as 2 or 50.']],
  },
  replica_region: {
    default: '',
    description: 'Region that the lake is replicated to; empty: none',
    validation: [
      [
        `var.replica_region == "" || (${matches('replica_region', REGION_PATTERN)} && var.replica_region != var.aws_region)`,
        `replica_region must be empty, or differ from aws_region and ${REGION_REMEDY.replace('must be', 'be')}`,
      ],
    ],
  },
  kms_key_arn: {
    default: '',
    description:
      'KMS key that encrypts the lake and query results; empty: SSE-S3. With a replica a multi-Region key, replicated there',
    validation: [
      [
        'var.kms_key_arn == "" || can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))',
        'kms_key_arn must be empty or the ARN of a key, such as arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab: "aws kms describe-key" prints it.',
      ],
      [
        'var.kms_key_arn == "" || try(split(":", var.kms_key_arn)[3], var.aws_region) == var.aws_region',
        'kms_key_arn must name a key in aws_region: S3 encrypts with keys of its own region.',
      ],
      [
        'var.kms_key_arn == "" || var.replica_region == "" || can(regex(":key/mrk-", var.kms_key_arn))',
        'kms_key_arn must name a multi-Region key (key/mrk-…) when replica_region is set: replicate one with "aws kms replicate-key", or leave one of the two empty.',
      ],
    ],
  },
  log_retention_days: {
    default: 30,
    description: 'Days that logs are kept',
    validation: [
      [
        `contains([${LOG_RETENTIONS.join(', ')}], var.log_retention_days)`,
        `log_retention_days must be one that CloudWatch knows: ${LOG_RETENTIONS.join(', ')}.`,
      ],
    ],
  },
  history_days: {
    default: 60,
    description: 'Days of history that the first deploy lands; 0: none',
    validation: [
      [whole('history_days', 0, 400), 'history_days must be a whole number from 0 to 400.'],
      [
        `var.history_days * var.events_per_execution * 86400 / try(${WINDOW_S}, 86400) <= ${MAX_HISTORY_EVENTS}`,
        `history_days times the events a day must be at most ${MAX_HISTORY_EVENTS}, as many as one run can land: lower history_days, and land older days afterwards by invoking the function with {"from": "…", "to": "…"}.`,
      ],
    ],
  },
  population: {
    default: 0,
    description: 'Simulated users present at any time; 0: as many as have .2 sessions a day each',
    validation: [[whole('population', 0, 1_000_000_000), 'population must be a whole number from 0 to 1000000000.']],
  },
  force_destroy: {
    default: false,
    description: 'Whether destroying the stack deletes the data too; apply it before you destroy',
  },
  athena_scan_limit_bytes: {
    default: 10_000_000_000,
    description: 'Bytes that one Athena query may scan',
    validation: [
      [
        whole('athena_scan_limit_bytes', 10_000_000, 1_000_000_000_000_000),
        'athena_scan_limit_bytes must be a whole number from 10000000, the least that Athena bills, to 1000000000000000.',
      ],
    ],
  },
} as const satisfies Readonly<Record<string, Variable>>;

type Name = keyof typeof VARIABLES;
type Widened<T> = T extends string ? string : T extends number ? number : T;

/** The variables' values as tokens, by name; booleans as something that Terraform resolves. */
export type Settings = {
  readonly [N in Name]: (typeof VARIABLES)[N]['default'] extends boolean
    ? IResolvable
    : Widened<(typeof VARIABLES)[N]['default']>;
} & {
  /** Seconds between two runs of the schedule. */
  readonly window_s: number;
};

/** Declares every variable in the stack, some with another default than usual. */
export function declareSettings(stack: Construct, defaults: Partial<Record<Name, string>> = {}): Settings {
  const values = Object.entries<Variable>(VARIABLES).map(([name, { default: initial, description, validation }]) => {
    const variable = new TerraformVariable(stack, name, {
      type: typeof initial === 'boolean' ? 'bool' : typeof initial,
      default: defaults[name as Name] ?? initial,
      description,
      nullable: false,
      validation: validation?.map(([condition, errorMessage]) => ({ condition: expression(condition), errorMessage })),
    });
    return [name, tokenOf(variable, initial)];
  });
  return { ...Object.fromEntries(values), window_s: Token.asNumber(expression(WINDOW_S)) };
}

function tokenOf(variable: TerraformVariable, initial: Variable['default']): string | number | IResolvable {
  if (typeof initial === 'string') return variable.stringValue;
  return typeof initial === 'number' ? variable.numberValue : variable.booleanValue;
}

function matches(name: string, pattern: string): string {
  return `can(regex("${pattern}", var.${name}))`;
}

function whole(name: string, min: number, max: number): string {
  return `var.${name} >= ${min} && var.${name} <= ${max} && floor(var.${name}) == var.${name}`;
}
