import { type LintFinding, lint } from '../../../../shared/promotion/lint.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';

/** The form's own labels say the real order of what is bought. */
const SAID_BY_FORM: LintFinding['code'] = 'trigger_order_reversed';

/** What looks odd in promotions, but for what these pages say anyway. */
export const odditiesIn = (promotions: readonly Promotion[], now_local: string): LintFinding[] =>
  lint(promotions, { now_local }).filter(({ code }) => code !== SAID_BY_FORM);
