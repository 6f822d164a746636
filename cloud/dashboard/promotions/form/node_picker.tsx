import { useEffect, useState } from 'preact/hooks';
import { ALL_ITEMS } from '../../../../shared/promotion/schema.ts';
import { money } from '../../../../shared/ui/money.ts';
import { items, readItems } from '../data/items.ts';
import { fieldId, useForm } from './context.ts';
import type { DraftGroup, DraftNode } from './draft.ts';
import { Issue } from './fields.tsx';
import { isSameNode } from './find_nodes.ts';
import { OwnReward } from './reward.tsx';
import { SearchBox } from './search_box.tsx';

const SHOWN = 12;

/** The items and categories of one part of the promotion. */
export function NodePicker({ at, label }: { at: number; label: string }) {
  const form = useForm();
  const [all, setAll] = useState(false);
  const group = form.draft.groups[at];
  const shown = group?.nodes.slice(0, all ? group.nodes.length : SHOWN) ?? [];
  const skus = shown.filter((node) => node.node_type === 'item' && node.node_id !== ALL_ITEMS);
  useEffect(() => void readItems(skus.map(({ node_id }) => node_id)), [skus.length, all]);
  if (group === undefined) return null;

  const path = `groups.${at}.nodes`;
  const issue = form.issueAt(path);
  const setNodes = (nodes: DraftNode[]) => form.changeGroup(at, { nodes });
  return (
    <div class="field">
      <label for={fieldId(path)}>{label}</label>
      {shown.length > 0 && (
        <ul class="nodes">
          {shown.map((node, n) => (
            <NodeRow
              key={`${node.node_type}${node.node_id}`}
              at={at}
              place={n}
              node={node}
              group={group}
              onChange={(fields) =>
                setNodes(group.nodes.map((one) => (one === node ? { ...one, ...fields } : one)))
              }
              onRemove={() => setNodes(group.nodes.filter((one) => one !== node))}
            />
          ))}
        </ul>
      )}
      {group.nodes.length > shown.length && (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          Show all {group.nodes.length}
        </button>
      )}
      {!form.readOnly && (
        <SearchBox
          id={fieldId(path)}
          label={`Add to: ${label}`}
          currency={form.currency}
          invalid={issue !== null}
          onBlur={() => form.touch(path)}
          onPick={({ node }) => {
            if (group.nodes.some((one) => isSameNode(one, node))) return;
            // Who names something means that, and no longer everything.
            const others = group.nodes.filter((one) => one.is_excluded || one.node_id !== ALL_ITEMS);
            setNodes([
              ...(node.node_id === ALL_ITEMS ? group.nodes.filter((one) => one.is_excluded) : others),
              node,
            ]);
          }}
        />
      )}
      <Issue path={path} issue={issue} />
    </div>
  );
}

interface NodeRowProps {
  at: number;
  place: number;
  node: DraftNode;
  group: DraftGroup;
  onChange: (fields: Partial<DraftNode>) => void;
  onRemove: () => void;
}

function NodeRow({ at, place, node, group, onChange, onRemove }: NodeRowProps) {
  const { currency, draft, readOnly } = useForm();
  const item = node.node_type === 'item' ? items.value.get(node.node_id) : undefined;
  const isAll = node.node_id === ALL_ITEMS;
  const name = isAll ? 'Everything' : (item?.name ?? node.node_id);
  const kind = node.node_type === 'item' ? (item === undefined || isAll ? '' : node.node_id) : 'category';
  const mayExclude = !isAll && (node.is_excluded || group.nodes.length > 1);
  return (
    <li class={node.is_excluded ? 'excluded' : ''}>
      <span class="node-name">
        {node.is_excluded && <strong>but not </strong>}
        {name} <span class="soft small">{kind}</span>
      </span>
      {item !== undefined && <span class="money">{money(item.unit_price, currency)}</span>}
      {draft.family === 'line_special' && !node.is_excluded && (
        <OwnReward path={`groups.${at}.nodes.${place}`} node={node} name={name} onChange={onChange} />
      )}
      {!readOnly && (
        <span class="node-buttons">
          {mayExclude && (
            <button
              type="button"
              class="quiet small"
              onClick={() => onChange({ is_excluded: !node.is_excluded })}
            >
              {node.is_excluded ? 'Include' : 'Leave out'}
              <span class="hidden"> {name}</span>
            </button>
          )}
          <button type="button" class="quiet" aria-label={`Remove ${name}`} onClick={onRemove}>
            ✕
          </button>
        </span>
      )}
    </li>
  );
}
