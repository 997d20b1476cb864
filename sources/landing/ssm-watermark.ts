import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { formatTime, parseTime } from '../../core/time';
import type { Watermark } from './watermark';

/** What the parameter holds before anything was landed; a parameter can't be empty. */
export const NOTHING_LANDED = '-';

/**
 * A watermark in an SSM parameter, which must exist, as an ISO time in UTC. Reading throws a RangeError if it holds anything
 * else. Region, credentials and endpoint come from the environment, as for any AWS client.
 */
export function ssmWatermark(name: string, client: SSMClient = new SSMClient({})): Watermark {
  return {
    async read() {
      const { Parameter } = await client.send(new GetParameterCommand({ Name: name }));
      const value = Parameter?.Value ?? '';
      if (value === NOTHING_LANDED) return undefined;
      const time = parseTime(value);
      if (Number.isNaN(time))
        throw new RangeError(
          `the parameter ${name} is "${value}" instead of a time: set it to one such as 2026-11-25T01:45:00Z, or to ${NOTHING_LANDED}`,
        );
      return time;
    },
    async write(time) {
      await client.send(new PutParameterCommand({ Name: name, Value: formatTime(time), Overwrite: true }));
    },
  };
}
