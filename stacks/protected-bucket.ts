import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import type { IResolvable, ITerraformDependable, TerraformCount, TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { ALLOWANCE_FOLDER } from '../sources/landing/daily-allowance';
import { attributeOf, expression } from './expressions';
import { policyText } from './iam';

export interface ProtectedBucketProps {
  readonly name: string;
  /** Terraform expression of the KMS key's ARN, or of null for SSE-S3. */
  readonly keyArn: string;
  readonly forceDestroy: IResolvable;
  /** @default the stack's region */
  readonly provider?: TerraformProvider;
  /** @default always there */
  readonly count?: TerraformCount;
}

/** A bucket that holds the lake: private, owned by its account, TLS only, encrypted, versioned, and cheaper as data ages. */
export class ProtectedBucket extends Construct {
  readonly bucket: S3Bucket;
  readonly versioning: S3BucketVersioningA;
  readonly lifecycle: S3BucketLifecycleConfiguration;
  /** Created before what puts objects into the bucket, so that none escapes the rules. */
  readonly rules: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, keyArn, forceDestroy, provider, count }: ProtectedBucketProps) {
    super(scope, id);
    this.bucket = new S3Bucket(this, 'bucket', { bucket: name, forceDestroy, provider, count });
    const bucket = count ? attributeOf(this.bucket, 'bucket') : this.bucket.bucket;
    const common = { bucket, provider, count };
    const block = new S3BucketPublicAccessBlock(this, 'public-access', {
      ...common,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', { ...common, rule: { objectOwnership: 'BucketOwnerEnforced' } });
    const encryption = new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      ...common,
      rule: [
        {
          bucketKeyEnabled: true,
          applyServerSideEncryptionByDefault: {
            sseAlgorithm: expression(`${keyArn} == null ? "AES256" : "aws:kms"`),
            kmsMasterKeyId: expression(keyArn),
          },
        },
      ],
    });
    this.versioning = new S3BucketVersioningA(this, 'versioning', {
      ...common,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketPolicy(this, 'policy', { ...common, policy: tlsOnly(name), dependsOn: [block] });
    this.lifecycle = new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      ...common,
      rule: LIFECYCLE,
      dependsOn: [this.versioning],
    });
    this.rules = [encryption, this.versioning];
  }
}

/** Never `results/`: Athena can't read what is in GLACIER. */
const LIFECYCLE = [
  {
    id: 'archive',
    status: 'Enabled',
    filter: [{ prefix: 'processed/' }],
    transition: [
      { days: 30, storageClass: 'STANDARD_IA' },
      { days: 90, storageClass: 'GLACIER' },
    ],
  },
  { id: 'query-results', status: 'Enabled', filter: [{ prefix: 'athena-results/' }], expiration: [{ days: 7 }] },
  { id: 'on-demand-counts', status: 'Enabled', filter: [{ prefix: ALLOWANCE_FOLDER }], expiration: [{ days: 7 }] },
  {
    id: 'old-versions',
    status: 'Enabled',
    filter: [{ prefix: '' }],
    noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
    expiration: [{ expiredObjectDeleteMarker: true }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
  },
];

function tlsOnly(name: string): string {
  const arn = `arn:aws:s3:::${name}`;
  const denied = {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return policyText([denied]);
}
