export type FormValue =
  | string
  | number
  | boolean
  | readonly FormValue[]
  | { [name: string]: FormValue | undefined };

/** A body as Stripe reads it: `metadata[order_id]=…`, `expand[0]=…`. What is undefined is left out. */
export function formOf(fields: Readonly<Record<string, FormValue | undefined>>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) append(pairs, name, value);
  return pairs.toString();
}

function append(pairs: URLSearchParams, name: string, value: FormValue | undefined): void {
  if (value === undefined) return;
  if (typeof value !== 'object') pairs.append(name, String(value));
  else for (const [key, inner] of Object.entries(value)) append(pairs, `${name}[${key}]`, inner);
}
