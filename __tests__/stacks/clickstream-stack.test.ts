import { expect, test } from '@jest/globals';
import { expression } from '../../stacks/expressions';
import { at, pathsOf, stack } from './synthesized';

const [home, replica] = stack.provider.aws;

test('everything is in aws_region, the replica in replica_region, or nowhere else if there is none', () => {
  expect(home).toMatchObject({ region: expression('var.aws_region') });
  expect(home).not.toHaveProperty('alias');
  expect(replica).toMatchObject({
    alias: 'replica',
    region: expression('var.replica_region != "" ? var.replica_region : var.aws_region'),
  });
});

test.each(['aws', 'aws.replica'])('%s tags all that it makes with project, environment and deployment', (provider) => {
  expect(provider === 'aws' ? home : replica).toMatchObject({
    default_tags: [
      {
        tags: {
          Project: 'clickstream-bi',
          Environment: expression('var.environment'),
          Deployment: `clickstream-bi-${expression('var.environment')}`,
          ManagedBy: 'cdktf',
          Architecture: 'serverless',
        },
      },
    ],
  });
});

test('only resources of the replica are in its provider', () => {
  const elsewhere = Object.keys(stack.resource)
    .flatMap(pathsOf)
    .filter((path) => at(path).provider !== undefined);
  expect(elsewhere.length).toBeGreaterThan(0);
  expect(elsewhere.filter((path) => !path.startsWith('lake/replica/'))).toEqual([]);
});

test('the stack asks for a Terraform whose validations may refer to other variables', () => {
  expect(stack.terraform).toMatchObject({ required_version: '>= 1.9' });
});
