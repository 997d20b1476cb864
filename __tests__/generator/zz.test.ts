import { test } from '@jest/globals';
import { simulation } from '../../functions/generator/simulation';
import { countries, days, independent, journeys, eventsOf } from './simulations';
test('speed', () => {
  for (const o of [journeys, independent]) {
    let t = performance.now(); let n = 0;
    for (const s of simulation({ ...o, eventsPerDay: 48000 }, countries)(days(0, 21))) n += s.length;
    console.log(o.model, n, performance.now() - t); t = performance.now();
    n = eventsOf({ ...o, eventsPerDay: 48000 }, days(0, 21)).length;
    console.log(o.model, n, performance.now() - t);
  }
});
