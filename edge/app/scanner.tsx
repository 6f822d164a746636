import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { scan } from './actions.ts';

const FRAME_MS = 120;
/** The same code again within this time is the same look of the camera, not another piece. */
const REPEAT_MS = 1_800;
const FORMATS = [
  'ean_13',
  'ean_8',
  'upc_a',
  'upc_e',
  'itf',
  'qr_code',
  'data_matrix',
  'code_128',
  'databar',
  'databar_expanded',
] as const;

type CameraState = 'off' | 'starting' | 'on' | 'denied';

const camera = signal<CameraState>('off');
const typing = signal(false);
const torch = signal<{ can: boolean; on: boolean }>({ can: false, on: false });

let lastCode = '';
let lastAt = 0;

function seen(code: string, symbology: string): void {
  const now = performance.now();
  if (code === lastCode && now - lastAt < REPEAT_MS) return;
  lastCode = code;
  lastAt = now;
  void scan(code, { symbology, source: 'camera' });
}

/** Opens the camera and reads codes from it until `signal` says stop. The reader is loaded only now. */
async function readCamera(video: HTMLVideoElement, stop: AbortSignal): Promise<void> {
  camera.value = 'starting';
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 } },
      audio: false,
    });
  } catch {
    camera.value = 'denied';
    typing.value = true;
    return;
  }
  const end = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  if (stop.aborted) return end();
  stop.addEventListener('abort', end);
  video.srcObject = stream;
  await video.play();
  const [track] = stream.getVideoTracks();
  torch.value = { can: track !== undefined && 'torch' in track.getCapabilities(), on: false };
  const { detectorOf } = await import('./detector.ts');
  const detector = await detectorOf([...FORMATS]);
  camera.value = 'on';
  while (!stop.aborted) {
    try {
      for (const found of await detector.detect(video)) seen(found.rawValue, found.format);
    } catch {
      // A frame that is not ready is no error: the next one comes.
    }
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }
}

async function setTorch(video: HTMLVideoElement | null, on: boolean): Promise<void> {
  const [track] = video?.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
  const wanted: MediaTrackConstraintSet & { torch?: boolean } = { torch: on };
  await track?.applyConstraints({ advanced: [wanted] });
  torch.value = { ...torch.value, on };
}

export function ScannerView() {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const stop = new AbortController();
    if (video.current && navigator.mediaDevices !== undefined)
      readCamera(video.current, stop.signal).catch(() => {
        // Left while the camera was starting, or the reader could not be loaded: a code can still be typed.
        if (stop.signal.aborted) return;
        stop.abort();
        camera.value = 'denied';
        typing.value = true;
      });
    else typing.value = true;
    return () => {
      stop.abort();
      camera.value = 'off';
    };
  }, []);
  return (
    <section class={`scanner ${camera.value}`} aria-label="Scanner">
      <video ref={video} muted playsInline tabIndex={-1} />
      {camera.value === 'on' && !typing.value && <div class="frame" aria-hidden="true" />}
      {camera.value === 'denied' && (
        <p class="hint">The camera is off. Type the digits under the barcode instead.</p>
      )}
      {camera.value === 'starting' && <p class="hint">Starting the camera</p>}
      <div class="tools">
        {torch.value.can && (
          <button
            type="button"
            aria-pressed={torch.value.on}
            onClick={() => void setTorch(video.current, !torch.value.on)}
          >
            Light
          </button>
        )}
        <button type="button" aria-expanded={typing.value} onClick={() => (typing.value = !typing.value)}>
          Type a code
        </button>
      </div>
      {typing.value && <TypeCode />}
    </section>
  );
}

function TypeCode() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <form
      class="type"
      onSubmit={(event) => {
        event.preventDefault();
        const code = input.current?.value.trim() ?? '';
        if (code === '' || !input.current) return;
        input.current.value = '';
        void scan(code, { source: 'typed' });
      }}
    >
      <label>
        <span class="hidden">Code</span>
        <input
          ref={input}
          name="code"
          inputMode="text"
          autoComplete="off"
          placeholder="Digits under the barcode"
        />
      </label>
      <button class="primary" type="submit">
        Add
      </button>
    </form>
  );
}
