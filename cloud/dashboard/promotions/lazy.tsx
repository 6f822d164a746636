import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Notice, Wait } from '../../../shared/ui/components.tsx';

interface Loading<P> {
  /** Brings the part's own script. */
  load: () => Promise<ComponentType<P>>;
  props: P;
}

/** A part of the page that comes with a script of its own when it is first shown. */
export function Lazy<P extends object>({ load, props }: Loading<P>) {
  const [part, setPart] = useState<{ show: ComponentType<P> } | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let over = false;
    setFailed(false);
    load().then(
      (show) => over || setPart({ show }),
      () => over || setFailed(true),
    );
    return () => {
      over = true;
    };
  }, [attempt]);
  if (part !== null) return <part.show {...props} />;
  if (!failed) return <Wait>Opening</Wait>;
  return (
    <Notice tone="alarm">
      This part of the page could not be fetched. Nothing was changed.{' '}
      <button type="button" onClick={() => setAttempt(attempt + 1)}>
        Try again
      </button>
    </Notice>
  );
}
