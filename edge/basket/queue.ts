/** Callers beyond this many are told to come back: each may wait for a provider. */
export const COMMANDS_WAITING_MAX = 32;

/**
 * Commands of one trip run one after the other, in the order in which they came; reads do not pass here. So
 * no command ever sees another's half-done work, however long it awaits the network.
 */
export class CommandQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  get full(): boolean {
    return this.#waiting >= COMMANDS_WAITING_MAX;
  }

  /** Runs the command after all that came before it, whether they succeeded or threw. */
  run<T>(command: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const turn = this.#tail.then(command).finally(() => {
      this.#waiting--;
    });
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
