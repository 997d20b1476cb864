import { jest } from '@jest/globals';
import { type EventField, eventFields } from '../../schema/event';

/** Loads modules as they would be with more fields in the schema. */
export function withFields<T>(more: readonly EventField[], load: () => T): T {
  const actual = jest.requireActual<typeof import('../../schema/event')>('../../schema/event');
  let loaded: T | undefined;
  jest.isolateModules(() => {
    jest.doMock('../../schema/event', () => ({ ...actual, eventFields: [...eventFields, ...more] }));
    loaded = load();
    jest.dontMock('../../schema/event');
  });
  return loaded!;
}
