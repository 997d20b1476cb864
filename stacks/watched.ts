import type { Analytics } from './analytics';
import type { EtlJob } from './etl-job';
import type { Generator } from './generator';
import type { GeneratorApi } from './generator-api';

/** What is watched. */
export interface Watched {
  readonly generator: Generator;
  readonly api: GeneratorApi;
  readonly etl: EtlJob;
  readonly analytics: Analytics;
}
