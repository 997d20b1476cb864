import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import type { Construct } from 'constructs';
import { bucketName, DATABASE, DEFAULT_ENVIRONMENT } from '../core/names';
import { local } from './expressions';
import type { Settings } from './settings';

/** What every construct needs to know of the deployment it is in; strings are tokens that Terraform resolves. */
export interface Deployment {
  readonly settings: Settings;
  readonly account: string;
  readonly region: string;
  /** Name of the lake's bucket. */
  readonly bucket: string;
  /** Name of the Glue database. */
  readonly database: string;
  /** Name of a thing, such as `clickstream-generator-dev`. */
  name(thing: string): string;
  /** A name of the article's: as it is in the default environment, with the environment's in every other one. */
  articleName(name: string, separator: '-' | '_'): string;
  /** What follows titles in every environment but the default one, such as ` (prod)`. */
  readonly titleSuffix: string;
}

/** Puts together the names of a deployment. */
export function describeDeployment(stack: Construct, settings: Settings): Deployment {
  const account = new DataAwsCallerIdentity(stack, 'caller').accountId;
  const { environment, aws_region: region } = settings;
  const suffixes = {
    _: local(stack, 'suffix_underscore', `${IS_DEFAULT} ? "" : "_\${replace(var.environment, "-", "_")}"`),
    '-': local(stack, 'suffix_hyphen', `${IS_DEFAULT} ? "" : "-\${var.environment}"`),
  };
  return {
    settings,
    account,
    region,
    bucket: bucketName(environment, account, region),
    database: `${DATABASE}${suffixes._}`,
    titleSuffix: local(stack, 'suffix_title', `${IS_DEFAULT} ? "" : " (\${var.environment})"`),
    name: (thing) => `clickstream-${thing}-${environment}`,
    articleName: (name, separator) => `${name}${suffixes[separator]}`,
  };
}

const IS_DEFAULT = `var.environment == "${DEFAULT_ENVIRONMENT}"`;
