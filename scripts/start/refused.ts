const EXIT_WRONG_USE = 2;

/** The start cannot go on, and the message says all that a person needs to know: no stack. */
export class Refused extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = EXIT_WRONG_USE) {
    super(message);
    this.exitCode = exitCode;
  }
}
