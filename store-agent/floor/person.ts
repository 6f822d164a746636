import { signal } from '@preact/signals';

const KEY = 'sesame.floor.name';

/** Who carries this page: asked for once, since it is mostly the same. */
export const person = signal(sessionStorage.getItem(KEY) ?? '');

export function rememberPerson(name: string): void {
  person.value = name;
  sessionStorage.setItem(KEY, name);
}
