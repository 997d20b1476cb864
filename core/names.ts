/** Name of the database that holds the tables, here and, in the default environment, in AWS. */
export const DATABASE = 'clickstream_db';

/** The environment that has the article's own names; every other one adds its name to them. */
export const DEFAULT_ENVIRONMENT = 'dev';

/** Region of a deployment that names none. */
export const DEFAULT_REGION = 'us-east-1';

/** Commercial regions, which all have the partition `aws`. */
export const REGION_PATTERN = '^(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-[0-9]$';

/** What an environment may be called, so that every name made of it is valid and short enough. */
export const ENVIRONMENT_PATTERN = '^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$';

/** Name of the lake's bucket: at most 55 characters, and nobody else's, since it holds the account. */
export function bucketName(environment: string, account: string, region: string): string {
  return `clickstream-bi-${environment}-${account}-${region}`;
}

/** Name of the Glue job in the default environment. */
export const JOB = 'clickstream-gluejob';

/** Name of the Glue job, such as `clickstream-gluejob` or `clickstream-gluejob-prod`. */
export function jobName(environment: string): string {
  return environment === DEFAULT_ENVIRONMENT ? JOB : `${JOB}-${environment}`;
}

/** Name of the Glue database, such as `clickstream_db` or `clickstream_db_prod`. */
export function databaseName(environment: string): string {
  return environment === DEFAULT_ENVIRONMENT ? DATABASE : `${DATABASE}_${environment.replaceAll('-', '_')}`;
}
