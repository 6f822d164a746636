import { FAMILIES } from '../data/family_words.ts';
import type { Family } from '../form/draft.ts';

/** First what it is, in the words of the shop. */
export function ChooseFamily({ onChoose }: { onChoose: (family: Family) => void }) {
  return (
    <>
      <h1>What shall it be?</h1>
      <ul class="families">
        {FAMILIES.map(({ family, title, example }) => (
          <li key={family}>
            <button type="button" class="family card" onClick={() => onChoose(family)}>
              <span>{title}</span>
              <span class="soft small">{example}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
