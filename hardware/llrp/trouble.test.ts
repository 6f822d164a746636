import { describe, expect, it } from 'vitest';
import { TROUBLE_CLEAR_MS, Troubles } from './trouble.ts';

describe('Troubles', () => {
  it('misses an antenna until it is connected again, if the installer named it', () => {
    const troubles = new Troubles([1, 2]);
    troubles.hear({ kind: 'antenna', antenna: 2, connected: false }, 0);
    troubles.hear({ kind: 'antenna', antenna: 3, connected: false }, 0);
    expect(troubles.describe(1e15)).toBe('Antenna 2 is disconnected.');
    troubles.hear({ kind: 'antenna', antenna: 2, connected: true }, 0);
    expect(troubles.describe(0)).toBeNull();
  });

  it('forgets a passing trouble when it has not come back for a while', () => {
    const troubles = new Troubles([]);
    troubles.passing('malformed', 'A.', 1_000);
    troubles.passing('malformed', 'A.', 5_000);
    expect(troubles.describe(5_000 + TROUBLE_CLEAR_MS - 1)).toBe('A.');
    expect(troubles.describe(5_000 + TROUBLE_CLEAR_MS)).toBeNull();
  });

  it('tells all that is wrong', () => {
    const troubles = new Troubles([]);
    troubles.hear({ kind: 'reports_delayed', percentFull: 90 }, 0);
    troubles.hear({ kind: 'exception', detail: 'too warm' }, 0);
    troubles.hear({ kind: 'other_client' }, 0);
    expect(troubles.describe(0)).toBe(
      'The report buffer of the reader is 90 % full. The reader reports a fault: too warm',
    );
  });

  it('forgets everything when told to', () => {
    const troubles = new Troubles([1]);
    troubles.hear({ kind: 'antenna', antenna: 1, connected: false }, 0);
    troubles.passing('malformed', 'A.', 0);
    troubles.reset();
    expect(troubles.describe(0)).toBeNull();
  });
});
