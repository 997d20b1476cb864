import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { loadCountries } from '../../schema/countries';
import { dailyAllowance } from '../../sources/landing/daily-allowance';
import { s3Store, s3VersionedStore } from '../../sources/landing/s3-store';
import { ssmWatermark } from '../../sources/landing/ssm-watermark';
import { backfill } from '../../sources/simulator/backfill';
import { newLandings, type Tally } from '../../sources/simulator/landings';
import { landScheduled } from '../../sources/simulator/schedule';
import { simulation } from '../../sources/simulator/simulation';
import { type Invocation, invocationOf } from './invocation';
import { answer } from './on-demand';
import { generatorSettings } from './settings';

// Once per execution environment, while it starts, when Lambda gives it a whole processor.
const settings = generatorSettings(process.env);
const countries = loadCountries();
const simulate = simulation(settings.simulation, countries);
const store = s3Store(settings.bucket);
const allowance = dailyAllowance(s3VersionedStore(settings.bucket), settings.onDemandEventsPerDay);
const watermark = ssmWatermark(settings.landedUntilParameter);
const log = new Logger({ serviceName: 'clickstream-generator' });
const metrics = new Metrics({ namespace: 'Clickstream' });

/** Lands what a tick of the schedule, a backfill or a request asks for. */
export async function handler(event: unknown, context: Context): Promise<unknown> {
  log.resetKeys();
  log.addContext(context);
  const landings = newLandings(simulate, store, log);
  let kind: Invocation['kind'] | undefined;
  try {
    const invocation = invocationOf(event);
    kind = invocation.kind;
    log.appendKeys({ invoked_by: kind });
    const options = { ...settings, countries, watermark, allowance, landings, log, now: Date.now() / 1000 };
    if (invocation.kind === 'schedule') return await landScheduled(invocation.time, options);
    if (invocation.kind === 'backfill') return await backfill(invocation.event, options);
    return await answer(invocation.request, options);
  } finally {
    publish(kind, landings.total);
  }
}

/** What the schedule lands is counted apart, since an alarm watches whether it does. */
function publish(kind: Invocation['kind'] | undefined, { events, bytes, windows, windowsCaughtUp }: Tally): void {
  metrics.addMetric('BytesLanded', MetricUnit.Bytes, bytes);
  if (kind === 'schedule') {
    metrics.addMetric('EventsLanded', MetricUnit.Count, events);
    metrics.addMetric('WindowsLanded', MetricUnit.Count, windows);
    metrics.addMetric('WindowsCaughtUp', MetricUnit.Count, windowsCaughtUp);
  } else metrics.addMetric('EventsLandedOnDemand', MetricUnit.Count, events);
  metrics.publishStoredMetrics();
}
