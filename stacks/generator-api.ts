import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import type { Deployment } from './deployment';

/** One line of the access log, as JSON. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  request_id: '$context.requestId',
  time: '$context.requestTime',
  caller: '$context.identity.userArn',
  ip: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  error: '$context.error.message',
  integration_error: '$context.integrationErrorMessage',
  latency_ms: '$context.responseLatency',
});

/** `POST /generate`: events at once, for callers that IAM allows (`execute-api:Invoke`). */
export class GeneratorApi extends Construct {
  /** Where to send the signed request. */
  readonly url: string;
  readonly apiId: string;

  constructor(scope: Construct, { settings, name }: Deployment, generator: LambdaFunction) {
    super(scope, 'api');
    const api = new Apigatewayv2Api(this, 'api', {
      name: name('generator'),
      description: 'Lands events at once: POST /generate {"events": 20}, signed by an IAM identity',
      protocolType: 'HTTP',
    });
    const integration = new Apigatewayv2Integration(this, 'integration', {
      apiId: api.id,
      integrationType: 'AWS_PROXY',
      integrationUri: generator.invokeArn,
      payloadFormatVersion: '2.0',
    });
    new Apigatewayv2Route(this, 'route', {
      apiId: api.id,
      routeKey: 'POST /generate',
      authorizationType: 'AWS_IAM',
      target: `integrations/${integration.id}`,
    });
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/apigateway/${name('generator')}`,
      retentionInDays: settings.log_retention_days,
    });
    new Apigatewayv2Stage(this, 'stage', {
      apiId: api.id,
      name: '$default',
      autoDeploy: true,
      // How often: the day's events are bounded by on_demand_events_per_day, in the function.
      defaultRouteSettings: { throttlingRateLimit: 1, throttlingBurstLimit: 5 },
      accessLogSettings: { destinationArn: logs.arn, format: ACCESS_LOG_FORMAT },
    });
    new LambdaPermission(this, 'permission', {
      functionName: generator.functionName,
      action: 'lambda:InvokeFunction',
      principal: 'apigateway.amazonaws.com',
      sourceArn: `${api.executionArn}/*/POST/generate`,
    });
    this.url = `${api.apiEndpoint}/generate`;
    this.apiId = api.id;
  }
}
