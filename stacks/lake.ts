import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3BucketReplicationConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-replication-configuration';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Deployment } from './deployment';
import { attributeOf, conditions, countIf, local } from './expressions';
import { serviceRole, useOfKey } from './iam';
import { ProtectedBucket } from './protected-bucket';

/** Key of a customer's, or null for SSE-S3; in the replica's region a multi-Region key has the same id. */
const KEY_ARN = '(var.kms_key_arn == "" ? null : var.kms_key_arn)';
const REPLICA_KEY_ARN =
  '(var.kms_key_arn == "" ? null : replace(var.kms_key_arn, "/:kms:[^:]+:/", format(":kms:%s:", var.replica_region)))';

/**
 * The lake: one bucket, with `raw/` where events land, `processed/` where they go once their rows are committed, `results/` for the
 * tables, `reference/`, `athena-results/`, `glue-script/` and `on-demand/` with a count a day; optionally replicated to another region.
 */
export class Lake extends Construct {
  /** Name of the bucket; using it waits for the bucket to be there. */
  readonly bucket: string;
  readonly bucketArn: string;
  /** To wait for before anything is put into the bucket. */
  readonly rules: readonly ITerraformDependable[];
  readonly lifecycle: ITerraformDependable;

  constructor(scope: Construct, deployment: Deployment, replicaProvider: AwsProvider) {
    super(scope, 'lake');
    const { settings, bucket: name, articleName } = deployment;
    const lake = new ProtectedBucket(this, 'bucket', { name, keyArn: KEY_ARN, forceDestroy: settings.force_destroy });
    this.bucket = lake.bucket.bucket;
    this.bucketArn = lake.bucket.arn;
    this.rules = lake.rules;
    this.lifecycle = lake.lifecycle;
    new SsmParameter(this, 'parameter', {
      name: articleName('clickstream_bucket', '_'),
      description: 'Bucket of the clickstream lake',
      type: 'String',
      value: this.bucket,
    });
    this.replicate(lake, deployment, replicaProvider);
  }

  /** Existing objects stay where they are: S3 Batch Replication copies them. */
  private replicate(lake: ProtectedBucket, deployment: Deployment, provider: AwsProvider): void {
    const { settings, bucket, name } = deployment;
    const count = countIf(conditions.replica);
    const replicaName = `${bucket}-replica`;
    const replicaKeyArn = local(this, 'replica-key-arn', REPLICA_KEY_ARN);
    const replicaArn = `arn:aws:s3:::${replicaName}`;
    const replica = new ProtectedBucket(this, 'replica', {
      name: replicaName,
      keyArn: REPLICA_KEY_ARN,
      forceDestroy: settings.force_destroy,
      provider,
      count,
    });
    const { role, policies } = serviceRole(this, 'replication-role', deployment, {
      name: name('replication'),
      description: 'S3 copies new objects of the lake to its replica',
      service: 's3.amazonaws.com',
      when: conditions.replica,
      statements: [
        { Sid: 'ReadLake', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: [this.bucketArn] },
        {
          Sid: 'ReadVersions',
          Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
          Resource: [`${this.bucketArn}/*`],
        },
        {
          Sid: 'WriteReplica',
          Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
          Resource: [`${replicaArn}/*`],
        },
      ],
      keyStatements: [
        useOfKey('kms:Decrypt'),
        { Sid: 'ReplicaKey', Action: ['kms:Encrypt', 'kms:GenerateDataKey'], Resource: [replicaKeyArn] },
      ],
    });
    const rule = {
      id: 'everything',
      status: 'Enabled',
      filter: { prefix: '' },
      deleteMarkerReplication: { status: 'Enabled' },
    };
    const destination = { bucket: attributeOf(replica.bucket, 'arn') };
    const common = {
      bucket: this.bucket,
      role: attributeOf(role, 'arn'),
      dependsOn: [...policies, lake.versioning, replica.versioning],
    };
    new S3BucketReplicationConfigurationA(this, 'replication', {
      ...common,
      count: countIf(conditions.replica, `!(${conditions.key})`),
      rule: [{ ...rule, destination }],
    });
    new S3BucketReplicationConfigurationA(this, 'replication-with-key', {
      ...common,
      count: countIf(conditions.replica, conditions.key),
      rule: [
        {
          ...rule,
          destination: { ...destination, encryptionConfiguration: { replicaKmsKeyId: replicaKeyArn } },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
        },
      ],
    });
  }
}
