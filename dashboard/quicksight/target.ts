import { DEFAULT_ENVIRONMENT, databaseName } from '../../core/names';

/** Where in AWS a dashboard is to be; in the stack, strings that Terraform resolves. */
export interface QuickSightTarget {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** What follows the names of an environment that is not the default one, such as `-prod`. */
  readonly suffix: string;
  /** What follows its titles, such as ` (prod)`. */
  readonly titleSuffix: string;
  /** Name of the Glue database. */
  readonly database: string;
}

/** The place of an environment. */
export function targetOf(account: string, region: string, environment: string): QuickSightTarget {
  const [suffix, titleSuffix] =
    environment === DEFAULT_ENVIRONMENT ? ['', ''] : [`-${environment}`, ` (${environment})`];
  return { account, region, suffix, titleSuffix, database: databaseName(environment) };
}

/** Id of something of ours in QuickSight. */
export function idIn({ suffix }: QuickSightTarget, name: string): string {
  return `${name}${suffix}`;
}

/** Title of something of ours in QuickSight. */
export function titleIn({ titleSuffix }: QuickSightTarget, title: string): string {
  return `${title}${titleSuffix}`;
}

/** Amazon Resource Name of something in QuickSight. */
export function arnOf(
  { account, region }: QuickSightTarget,
  kind: 'dataset' | 'datasource' | 'theme',
  id: string,
): string {
  return `arn:aws:quicksight:${region}:${account}:${kind}/${id}`;
}

/** Id of a data set of ours in QuickSight. */
export function dataSetId(target: QuickSightTarget, name: string): string {
  return idIn(target, `clickstream-${name.replaceAll('_', '-')}`);
}

export function dataSourceId(target: QuickSightTarget): string {
  return idIn(target, 'clickstream-athena');
}

export function themeId(target: QuickSightTarget): string {
  return idIn(target, 'clickstream-theme');
}
