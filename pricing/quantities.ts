import { z } from 'zod';
import { UserError } from '../core/errors';
import measuredFile from './measured.json';

/** What was measured, by `make quantities`, and what is assumed since nothing here can measure it. */
export type Quantity = keyof typeof measuredFile.quantities | keyof typeof measuredFile.assumptions;

const measuredSchema = z.strictObject({
  command: z.string(),
  measured: z.iso.date(),
  machine: z.string(),
  quantities: z.record(z.string(), z.strictObject({ value: z.number().min(0), unit: z.string(), what: z.string() })),
  assumptions: z.record(z.string(), z.strictObject({ value: z.number().min(0), unit: z.string(), why: z.string() })),
});

/**  a UserError that names each place of the file that is not as it should be. */
export function parseMeasured(content: unknown): z.infer<typeof measuredSchema> {
  const { data, error } = measuredSchema.safeParse(content);
  if (data) return data;
  throw new UserError(`pricing/measured.json is not valid:\n${z.prettifyError(error)}`);
}

const { quantities, assumptions } = parseMeasured(measuredFile);

/** The value of a quantity, in the unit that the file says. */
export function quantity(name: Quantity): number {
  return (quantities[name] ?? assumptions[name])!.value;
}
