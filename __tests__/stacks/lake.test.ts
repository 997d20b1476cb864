import { describe, expect, test } from '@jest/globals';
import { expression } from '../../stacks/expressions';
import { addressOf, at, documentAt, pathsOf, ref, stack } from './synthesized';

interface LifecycleRule {
  readonly id: string;
  readonly status: string;
  readonly filter: readonly [{ readonly prefix: string }];
  readonly transition?: readonly { readonly days: number; readonly storage_class: string }[];
  readonly expiration?: readonly { readonly days?: number }[];
  readonly noncurrent_version_expiration?: readonly { readonly noncurrent_days: number }[];
  readonly abort_incomplete_multipart_upload?: readonly { readonly days_after_initiation: number }[];
}

const PROTECTIONS = ['public-access', 'ownership', 'encryption', 'versioning', 'policy', 'lifecycle'];

describe.each(['lake/bucket', 'lake/replica'])('the bucket %s', (path) => {
  const { rule: rules } = at<{ rule: readonly LifecycleRule[] }>(`${path}/lifecycle`);

  test('is named in every protection of it', () => {
    const bucket = ref(`${path}/bucket`, 'bucket');
    expect(PROTECTIONS.map((id) => at(`${path}/${id}`).bucket)).toEqual(PROTECTIONS.map(() => bucket));
  });

  test('blocks public access in all four ways', () => {
    expect(at(`${path}/public-access`)).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  test('owns its objects, without ACLs', () => {
    expect(at(`${path}/ownership`)).toMatchObject({ rule: { object_ownership: 'BucketOwnerEnforced' } });
  });

  test('denies everybody everything without TLS, and its policy says nothing else', () => {
    const arn = `arn:aws:s3:::${at(`${path}/bucket`).bucket}`;
    const { Statement } = documentAt<{ Statement: readonly object[] }>(`${path}/policy`, 'policy');
    expect(Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  test('has its policy checked against the block of public access', () => {
    expect(at(`${path}/policy`).depends_on).toContain(addressOf(`${path}/public-access`));
  });

  test('encrypts with a bucket key, so that KMS is not asked per object', () => {
    expect(at(`${path}/encryption`)).toMatchObject({ rule: [{ bucket_key_enabled: true }] });
  });

  test('keeps old versions', () => {
    expect(at(`${path}/versioning`)).toMatchObject({ versioning_configuration: { status: 'Enabled' } });
  });

  test('makes archived files cheaper after 30 and 90 days', () => {
    expect(rules).toContainEqual({
      id: expect.any(String),
      status: 'Enabled',
      filter: [{ prefix: 'processed/' }],
      transition: [
        { days: 30, storage_class: 'STANDARD_IA' },
        { days: 90, storage_class: 'GLACIER' },
      ],
    });
  });

  test.each(['raw/', 'results/', 'reference/', 'glue-script/'])(
    'leaves what is current under %s where it is',
    (key) => {
      const concerned = rules.filter(({ filter: [{ prefix }] }) => key.startsWith(prefix) || prefix.startsWith(key));
      expect(concerned.filter(({ transition }) => transition)).toEqual([]);
      expect(concerned.flatMap(({ expiration = [] }) => expiration).filter(({ days }) => days !== undefined)).toEqual(
        [],
      );
    },
  );

  test('removes results of queries after a week', () => {
    expect(rules).toContainEqual(
      expect.objectContaining({
        filter: [{ prefix: 'athena-results/' }],
        expiration: [{ days: 7 }],
        status: 'Enabled',
      }),
    );
  });

  test("removes each day's count of events on demand after a week", () => {
    expect(rules).toContainEqual(
      expect.objectContaining({ filter: [{ prefix: 'on-demand/' }], expiration: [{ days: 7 }], status: 'Enabled' }),
    );
  });

  test('removes old versions after 30 days and unfinished uploads after a week, wherever they are', () => {
    expect(rules).toContainEqual(
      expect.objectContaining({
        filter: [{ prefix: '' }],
        noncurrent_version_expiration: [{ noncurrent_days: 30 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
        status: 'Enabled',
      }),
    );
  });

  test('is destroyed with its objects only if force_destroy says so', () => {
    expect(at(`${path}/bucket`).force_destroy).toBe(expression('var.force_destroy'));
  });
});

describe('the replica', () => {
  const parts = ['bucket', ...PROTECTIONS].map((id) => at(`lake/replica/${id}`));

  test('has every protection that the lake has', () => {
    const below = (folder: string) =>
      Object.keys(stack.resource)
        .flatMap(pathsOf)
        .filter((path) => path.startsWith(folder))
        .map((path) => path.slice(folder.length));
    expect(below('lake/replica/')).toEqual(below('lake/bucket/'));
  });

  test('is in the second provider, and there only with replica_region', () => {
    const every = (value: string) => parts.map(() => value);
    expect(parts.map(({ provider }) => provider)).toEqual(every('aws.replica'));
    expect(parts.map(({ count }) => count)).toEqual(every(expression('var.replica_region != "" ? 1 : 0')));
  });

  test.each(['lake/replication', 'lake/replication-with-key'])('gets every object and deletion by %s', (path) => {
    expect(at(path)).toMatchObject({
      bucket: ref('lake/bucket/bucket', 'bucket'),
      role: ref('lake/replication-role', 'arn'),
      rule: [
        {
          status: 'Enabled',
          filter: { prefix: '' },
          destination: { bucket: ref('lake/replica/bucket', 'arn') },
          delete_marker_replication: { status: 'Enabled' },
        },
      ],
    });
    expect(at(path).depends_on).toEqual(
      expect.arrayContaining(['lake/bucket/versioning', 'lake/replica/versioning'].map(addressOf)),
    );
  });

  test('gets objects under a KMS key too, re-encrypted under the one of its region', () => {
    const [key] = Object.keys(stack.locals).filter((name) => name.includes('replica-key-arn'));
    expect(at('lake/replication-with-key')).toMatchObject({
      rule: [
        {
          source_selection_criteria: { sse_kms_encrypted_objects: { status: 'Enabled' } },
          destination: { encryption_configuration: { replica_kms_key_id: expression(`local.${key}`) } },
        },
      ],
    });
  });
});

test('the name of the bucket is in the SSM parameter that the article names', () => {
  expect(at('lake/parameter')).toMatchObject({
    name: `clickstream_bucket${expression('local.suffix_underscore')}`,
    value: ref('lake/bucket/bucket', 'bucket'),
  });
});

test('nothing is put into the bucket before it is encrypted and versioned', () => {
  const rules = ['lake/bucket/encryption', 'lake/bucket/versioning'].map(addressOf);
  const writers = [...pathsOf('aws_s3_object'), 'generator/history'];
  expect(writers.length).toBeGreaterThan(10);
  for (const path of writers) expect(at(path).depends_on).toEqual(expect.arrayContaining(rules));
});
