import { openLake } from '../local/lake';
import { transform } from '../local/transform';
(async () => {
  const lake = await openLake(process.argv[2]!, { mode: 'write' });
  const t: Record<string, [number, number]> = {};
  for (const m of ['run', 'runAndReadAll', 'runAndReadUntil'] as const) {
    const run = lake.connection[m].bind(lake.connection) as (...a: unknown[]) => Promise<never>;
    (lake.connection as unknown as Record<string, unknown>)[m] = async (sql: string, ...rest: unknown[]) => {
      const t0 = performance.now(), c = process.cpuUsage();
      try { return await run(sql, ...rest); } finally {
        const u = process.cpuUsage(c);
        const k = sql.replace(/\s+/g, ' ').slice(0, 90);
        const x = (t[k] ??= [0, 0]); x[0] += performance.now() - t0; x[1] += (u.user + u.system) / 1000;
      }
    };
  }
  const t0 = performance.now(), c = process.cpuUsage();
  const r = await transform(lake, {});
  const u = process.cpuUsage(c);
  console.log(r, 'wall', performance.now() - t0, 'user', u.user / 1000, 'sys', u.system / 1000);
  for (const [k, [w, cpu]] of Object.entries(t).sort((a, b) => b[1][1] - a[1][1]).slice(0, 14)) console.log(w.toFixed(0), cpu.toFixed(0), k);
  lake.close();
})();
