import { AthenaNamedQuery } from '@cdktf/provider-aws/lib/athena-named-query';
import { AthenaWorkgroup } from '@cdktf/provider-aws/lib/athena-workgroup';
import { Construct } from 'constructs';
import { DATABASE } from '../core/names';
import { analyses } from '../metrics/analyses';
import type { Catalog } from './catalog';
import type { Deployment } from './deployment';
import { conditions, expression } from './expressions';
import type { Lake } from './lake';

/** Where analysts ask: a workgroup with its limits, and the analyses of `metrics/` as named queries. */
export class Analytics extends Construct {
  readonly workgroup: AthenaWorkgroup;

  constructor(scope: Construct, { settings, name }: Deployment, lake: Lake, catalog: Catalog) {
    super(scope, 'analytics');
    this.workgroup = new AthenaWorkgroup(this, 'workgroup', {
      name: name('analytics'),
      description: 'Queries on the clickstream lake, with a limit on what one may scan',
      forceDestroy: settings.force_destroy,
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: settings.athena_scan_limit_bytes,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${lake.bucket}/athena-results/`,
          encryptionConfiguration: {
            encryptionOption: expression(`${conditions.key} ? "SSE_KMS" : "SSE_S3"`),
            kmsKeyArn: expression(`${conditions.key} ? var.kms_key_arn : null`),
          },
        },
      },
    });
    for (const { name: query, sql, description } of analyses())
      new AthenaNamedQuery(this, query, {
        name: query,
        description,
        workgroup: this.workgroup.id,
        database: catalog.database,
        query: sql.replaceAll(`${DATABASE}.`, `${catalog.database}.`),
      });
  }
}
