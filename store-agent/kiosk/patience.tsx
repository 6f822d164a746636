import { useEffect, useRef, useState } from 'preact/hooks';
import { forget, step, touched } from './state.ts';
import { fill, words } from './words.ts';

/** Nobody touched anything for this long: the kiosk asks, and then waits a little longer. */
const QUIET_MS = 90_000;
const ASK_S = 30;

/** Asks before it forgets: a basket that somebody walked away from is put away for the next shopper. */
export function Patience() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [left, setLeft] = useState<number | null>(null);
  const busyStep = step.value === 'basket' || step.value === 'pay' || step.value === 'cash';
  const quiet = useRef(Date.now());

  useEffect(() => {
    quiet.current = Date.now();
    setLeft(null);
    const touch = (): void => {
      quiet.current = Date.now();
    };
    document.addEventListener('pointerdown', touch, true);
    document.addEventListener('keydown', touch, true);
    const timer = setInterval(() => {
      const passed = Date.now() - quiet.current;
      if (!busyStep || passed < QUIET_MS) return setLeft(null);
      const remaining = Math.ceil(ASK_S - (passed - QUIET_MS) / 1000);
      if (remaining > 0) return setLeft(remaining);
      setLeft(null);
      void forget();
    }, 500);
    return () => {
      clearInterval(timer);
      document.removeEventListener('pointerdown', touch, true);
      document.removeEventListener('keydown', touch, true);
    };
  }, [busyStep, touched.value]);

  useEffect(() => {
    if (left !== null && dialog.current?.open === false) dialog.current.showModal();
    if (left === null) dialog.current?.close();
  }, [left]);

  return (
    <dialog ref={dialog} aria-label={words().stillThere}>
      <h2>{words().stillThere}</h2>
      <p>{fill(words().forgetIn, { seconds: left ?? ASK_S })}</p>
      <button
        type="button"
        class="primary big"
        onClick={() => {
          quiet.current = Date.now();
          setLeft(null);
        }}
      >
        {words().yes}
      </button>
    </dialog>
  );
}
