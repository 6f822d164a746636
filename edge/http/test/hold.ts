import { runInDurableObject } from 'cloudflare:test';
import { type Shop, storeOf } from '../../basket/test/fixture.ts';

/** Holds every scan of the shop until it is let go; `entered` says that one has come. */
export async function holdScans(held: Shop): Promise<{ entered(): Promise<void>; letGo(): void }> {
  const state = { entered: false, open: false };
  await runInDurableObject(storeOf(held), (store) => {
    const prototype = Object.getPrototypeOf(store);
    const real = prototype.take;
    prototype.take = async function take(...given: unknown[]) {
      if (this !== store) return real.apply(this, given);
      state.entered = true;
      while (!state.open) await scheduler.wait(1);
      prototype.take = real;
      return real.apply(this, given);
    };
  });
  return {
    async entered() {
      while (!state.entered) await scheduler.wait(1);
    },
    letGo() {
      state.open = true;
    },
  };
}
