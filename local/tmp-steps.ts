import { openLake } from './lake';
import { transform } from './transform';
(async () => {
  const lake = await openLake(process.argv[2]!, { mode: 'write' });
  const run = lake.connection.run.bind(lake.connection);
  lake.connection.run = async (sql: string, ...rest: never[]) => { const t = Date.now(), c = process.cpuUsage(); try { return await run(sql, ...rest); } finally { const u = process.cpuUsage(c); const ms = Math.round((u.user + u.system) / 1000); if (ms > 20) console.log(ms, sql.replace(/\s+/g, ' ').slice(0, 110)); } };
  console.log(await transform(lake, {}));
  lake.close();
})();
