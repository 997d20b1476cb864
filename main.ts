import { resolve } from 'node:path';
import { App, LocalBackend, S3Backend } from 'cdktf';
import { DEFAULT_ENVIRONMENT } from './core/names';
import { ClickstreamStack } from './stacks/clickstream-stack';

/**
 * `CLICKSTREAM_ENVIRONMENT`: the environment to deploy, which has a state of its own. `CLICKSTREAM_STATE_BUCKET`: an S3 bucket for
 * the state, so that a team shares it (in the region of the AWS settings around); without it the state lies in this folder.
 */
const { CLICKSTREAM_ENVIRONMENT: environment = DEFAULT_ENVIRONMENT, CLICKSTREAM_STATE_BUCKET: stateBucket } =
  process.env;

const app = new App();
const stack = new ClickstreamStack(app, { environment });
if (stateBucket) {
  new S3Backend(stack, { bucket: stateBucket, key: `clickstream-bi/${environment}.tfstate`, encrypt: true });
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
} else {
  new LocalBackend(stack, { path: resolve(`terraform.${environment}.tfstate`) });
}
app.synth();
