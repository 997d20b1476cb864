import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConcurrentRunsExceededException,
  EntityNotFoundException,
  GetJobRunCommand,
  GlueClient,
  type JobRun,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { UserError } from '../core/errors';
import { jobName } from '../core/names';
import { info } from '../core/terminal/progress';
import { chooseRegion } from './doctor/account';
import { diagnose } from './doctor/diagnosis';

export interface GlueRunOptions {
  readonly environment: string;
  /** @default that of the environment or of the profile, else us-east-1 */
  readonly region?: string;
  /** Arguments of `etl/job.py` beside those that the job has. */
  readonly args: Readonly<Record<string, string>>;
  /** Minutes after which Glue stops the run. @default what the job says */
  readonly timeoutMin?: number;
  /** Milliseconds between two looks at it. @default 5000 */
  readonly everyMs?: number;
}

/** States in which a run stays (AWS Glue, "Job run statuses"). */
const ENDS = ['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMEOUT', 'ERROR', 'EXPIRED'];

/**
 * Runs the deployed Glue job to its end, and says how it goes. Throws a UserError if there is none, if one runs already, or if it
 * fails, with Glue's reason.
 */
export async function runGlueJob({
  environment,
  region: flag,
  args,
  timeoutMin: Timeout,
  everyMs = 5000,
}: GlueRunOptions): Promise<void> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // "clickstream doctor" has a check of Node
  const { region } = await chooseRegion(flag);
  const glue = new GlueClient({ region });
  const JobName = jobName(environment);
  const { JobRunId: RunId } = await explained(
    JobName,
    region,
    glue.send(new StartJobRunCommand({ JobName, Arguments: args, Timeout })),
  );
  info(`${JobName} in ${region}, run ${RunId}`);
  let state: string | undefined;
  for (;;) {
    const { JobRun: run } = await explained(JobName, region, glue.send(new GetJobRunCommand({ JobName, RunId })));
    if (run?.JobRunState !== state) info(describeRun(run!));
    state = run!.JobRunState;
    if (state === 'SUCCEEDED') return info(`what it did is the last line of its log: /aws-glue/jobs/${JobName}/output`);
    if (ENDS.includes(state!))
      throw new UserError(
        `the run ended as ${state}: ${run?.ErrorMessage ?? 'Glue gives no reason'}; its log is /aws-glue/jobs/${JobName}/output`,
      );
    await sleep(everyMs);
  }
}

function describeRun({ JobRunState, ExecutionTime = 0 }: JobRun): string {
  return `${JobRunState}${ExecutionTime > 0 ? ` after ${ExecutionTime} s` : ''}`;
}

async function explained<T>(job: string, region: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof EntityNotFoundException)
      throw new UserError(
        `there is no job ${job} in ${region}: name the environment (--aws NAME) and the --region of the deployment`,
        {
          cause: error,
        },
      );
    if (error instanceof ConcurrentRunsExceededException)
      throw new UserError(`${job} is running: try again when it has finished`, { cause: error });
    const [found, remedy] = diagnose(error, 'glue:StartJobRun and glue:GetJobRun');
    throw new UserError(`${found}: ${remedy}`, { cause: error });
  }
}
