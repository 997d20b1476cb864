import { App } from 'cdktf';
import { ClickstreamStack } from './stacks/clickstream-stack';

const app = new App();
new ClickstreamStack(app);
app.synth();
