import type { NextAction } from '../../../shared/api/order.ts';

/** Goes to the provider's page; with a payload that page wants to be opened by a form with those fields. */
export function leaveFor({ url, payload }: NextAction): void {
  if (url === undefined) return;
  if (payload === undefined) {
    location.assign(url);
    return;
  }
  const form = document.createElement('form');
  form.method = 'post';
  form.action = url;
  form.hidden = true;
  for (const [name, value] of new URLSearchParams(payload)) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}
