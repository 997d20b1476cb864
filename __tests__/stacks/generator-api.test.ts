import { expect, test } from '@jest/globals';
import { expression } from '../../stacks/expressions';
import { at, pathsOf, ref } from './synthesized';

test('the only route takes requests that IAM allows', () => {
  expect(pathsOf('aws_apigatewayv2_route')).toEqual(['api/route']);
  expect(at('api/route')).toMatchObject({
    api_id: ref('api/api', 'id'),
    route_key: 'POST /generate',
    authorization_type: 'AWS_IAM',
    target: `integrations/${ref('api/integration', 'id')}`,
  });
});

test('the route leads to the generator, in the format that it reads', () => {
  expect(at('api/integration')).toMatchObject({
    api_id: ref('api/api', 'id'),
    integration_type: 'AWS_PROXY',
    integration_uri: ref('generator/function', 'invoke_arn'),
    payload_format_version: '2.0',
  });
});

test('callers are throttled', () => {
  expect(at('api/stage').default_route_settings).toEqual({ throttling_rate_limit: 1, throttling_burst_limit: 5 });
});

test('every request leaves a line of JSON that says who, what and how it went', () => {
  expect(at('api/stage').access_log_settings).toMatchObject({ destination_arn: ref('api/logs', 'arn') });
  const { format } = at<{ access_log_settings: { format: string } }>('api/stage').access_log_settings;
  expect(JSON.parse(format)).toMatchObject({
    request_id: '$context.requestId',
    caller: '$context.identity.userArn',
    route: '$context.routeKey',
    status: '$context.status',
  });
  expect(format).not.toContain('\n');
});

test('the access log is kept as long as log_retention_days says', () => {
  expect(at('api/logs').retention_in_days).toBe(expression('var.log_retention_days'));
});

test('this route of this API may invoke the function, and no other', () => {
  expect(at('api/permission')).toMatchObject({
    action: 'lambda:InvokeFunction',
    function_name: ref('generator/function', 'function_name'),
    principal: 'apigateway.amazonaws.com',
    source_arn: `${ref('api/api', 'execution_arn')}/*/POST/generate`,
  });
});
