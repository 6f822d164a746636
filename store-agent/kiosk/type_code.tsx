import { useRef } from 'preact/hooks';
import { scan } from './state.ts';
import { words } from './words.ts';

/** A code that no scanner reads: typed on the screen's own keypad or a keyboard. */
export function TypeCode() {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const press = (key: string): void => {
    if (input.current === null) return;
    input.current.value = key === '⌫' ? input.current.value.slice(0, -1) : input.current.value + key;
  };
  const add = (): void => {
    const code = input.current?.value.trim() ?? '';
    dialog.current?.close();
    if (input.current !== null) input.current.value = '';
    if (code !== '') void scan(code, 'typed');
  };
  return (
    <>
      <button type="button" class="big" onClick={() => dialog.current?.showModal()}>
        {words().typeCode}
      </button>
      <dialog ref={dialog} aria-label={words().typeCode}>
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <label>
            {words().code}
            <input ref={input} autocomplete="off" inputMode="none" spellcheck={false} />
          </label>
          <div class="keypad">
            {['1', '2', '3', '4', '5', '6', '7', '8', '9', '⌫', '0'].map((key) => (
              <button type="button" key={key} onClick={() => press(key)}>
                {key}
              </button>
            ))}
            <button type="submit" class="primary">
              {words().add}
            </button>
          </div>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            {words().close}
          </button>
        </form>
      </dialog>
    </>
  );
}
