import type { JsonObject } from '../../core/json';
import type { SynthesizedStack } from '../../core/terraform/synthesized-stack';

/** A stack of `type path` and attributes; addresses are `type.<path with underscores>`. */
export function stackOf(resources: Readonly<Record<string, JsonObject>>): SynthesizedStack {
  const sections: { resource: Sections; data: Sections } = { resource: {}, data: {} };
  for (const [key, attributes] of Object.entries(resources)) {
    const [, data, type, path] = /^(data\.)?(\S+) (\S+)$/.exec(key)!;
    const section = data ? sections.data : sections.resource;
    const named = {
      [path!.replaceAll('/', '_')]: { ...attributes, '//': { metadata: { path: `clickstream/${path}` } } },
    };
    section[type!] = { ...section[type!], ...named };
  }
  return sections;
}

type Sections = Record<string, Record<string, JsonObject>>;

/** An attribute of another resource, as Terraform writes it. */
export const ref = (attribute: string): string => `\${${attribute}}`;
