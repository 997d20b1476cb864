/** A valid event as a line, but for its newline. */
export function event(id: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    event_id: id,
    event_type: 'click',
    user_id: 'u',
    user_action: 'home',
    timestamp: 1_700_000_000,
    ...fields,
  });
}
