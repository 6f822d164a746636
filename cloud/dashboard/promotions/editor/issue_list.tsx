import { Notice } from '../../../../shared/ui/components.tsx';
import { fieldId } from '../form/context.ts';
import { type FieldIssue, nameOfField } from '../form/issues.ts';

/** All that stands in the way of saving; each leads to its field where there is one. */
export function IssueList({ issues }: { issues: readonly FieldIssue[] }) {
  return (
    <Notice tone="alarm">
      <strong>{issues.length === 1 ? 'One thing is open' : `${issues.length} things are open`}</strong>
      <ul>
        {issues.map(({ path, message }) => (
          <li key={`${path}${message}`}>
            <button type="button" class="link" onClick={() => lead(path)}>
              {nameOfField(path)}
            </button>
            : {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** To the field itself, or to the one that it is a part of. */
function lead(path: string): void {
  const steps = path.split('.');
  for (let length = steps.length; length > 0; length--) {
    const field = document.getElementById(fieldId(steps.slice(0, length).join('.')));
    if (field === null) continue;
    field.closest('details')?.setAttribute('open', '');
    field.focus();
    return;
  }
}
