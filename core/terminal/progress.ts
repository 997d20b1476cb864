import { Presets, SingleBar } from 'cli-progress';
import { escapeControlsOfLines } from './escape-controls';

/** Says how far a task is: a bar on a terminal, nothing elsewhere, always on standard error. */
export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

export function progress(task: string): Progress {
  const bar = new SingleBar(
    {
      format: `${task.padEnd(12)} {bar} {percentage}% · {duration_formatted}`,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  let hasStarted = false;
  return {
    update(done, total) {
      if (hasStarted) bar.update(done);
      else if (process.stderr.isTTY) bar.start(total, done);
      hasStarted = true;
    },
    stop: () => bar.stop(),
  };
}

/** Says something to a person, on standard error; control characters are shown as escapes, but for tabs and line breaks. */
export function info(text: string): void {
  process.stderr.write(`${escapeControlsOfLines(text)}\n`);
}
