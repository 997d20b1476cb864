import { DEFAULT_ENVIRONMENT } from '../../stacks/names';

/** Where in AWS a dashboard is to be. */
export interface Place {
  /** Twelve digits, or what stands for them in Terraform. */
  readonly account: string;
  readonly region: string;
  readonly environment: string;
}

/** Id of something of ours in QuickSight; in the default environment as it is. */
export function idIn({ environment }: Place, name: string): string {
  return environment === DEFAULT_ENVIRONMENT ? name : `${name}-${environment}`;
}

/** Amazon Resource Name of something in QuickSight. */
export function arnOf({ account, region }: Place, kind: 'dataset' | 'datasource' | 'theme', id: string): string {
  return `arn:aws:quicksight:${region}:${account}:${kind}/${id}`;
}

/** Id of a data set of ours in QuickSight. */
export function dataSetId(place: Place, name: string): string {
  return idIn(place, `clickstream-${name.replaceAll('_', '-')}`);
}

export function dataSourceId(place: Place): string {
  return idIn(place, 'clickstream-athena');
}

export function themeId(place: Place): string {
  return idIn(place, 'clickstream-theme');
}
