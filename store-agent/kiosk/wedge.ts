/** Keys of a scanner come faster than a hand can type, and end with Enter. */
const KEY_GAP_MAX_MS = 150;
const CODE_CHARACTERS_MIN = 4;

/** Hears scanners that act as a keyboard, wherever the focus is. Answers how to stop. */
export function listenToWedge(onCode: (code: string) => void): () => void {
  let keys = '';
  let lastAt = 0;
  const onKey = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.altKey || event.metaKey) return;
    // When the key was pressed, not when a busy page got round to it.
    if (event.timeStamp - lastAt > KEY_GAP_MAX_MS) keys = '';
    lastAt = event.timeStamp;
    if (event.key === 'Enter') {
      if (keys.length < CODE_CHARACTERS_MIN) return;
      event.preventDefault();
      onCode(keys);
      keys = '';
    } else if (event.key.length === 1) keys += event.key;
  };
  document.addEventListener('keydown', onKey, true);
  return () => document.removeEventListener('keydown', onKey, true);
}
