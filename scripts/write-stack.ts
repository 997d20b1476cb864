import { writeFileSync } from 'node:fs';
import { synthesizeStack } from '../stacks/synthesize';

/** Writes the synthesized stack for the npm package, whose `clickstream-bi cost` has no CDKTF: `npx ts-node scripts/write-stack.ts FILE`. */

writeFileSync(process.argv[2]!, JSON.stringify(synthesizeStack()));
