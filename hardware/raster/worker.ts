import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Drawing, type Renderer } from './draw.ts';
import { drawSymbol } from './draw_symbol.ts';
import type { RasterAnswer, RasterRequest, RasterSettings, RasterTask } from './messages.ts';

/** Optional: a machine that has no build of it prints what code pages show and "?" for the rest. */
const RENDERER = '@resvg/resvg-js';

const port = parentPort;
if (port === null) throw new Error('this file runs in a worker thread');

const settings: RasterSettings = workerData;
let opening: Promise<Drawing> | undefined;

function drawing(): Promise<Drawing> {
  opening ??= import(RENDERER).then((renderer: Renderer) => new Drawing(renderer, settings));
  return opening;
}

async function answer({ id, task }: RasterRequest): Promise<RasterAnswer> {
  try {
    return { id, ok: true, ...(await done(task)) };
  } catch (error) {
    return { id, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function done(task: RasterTask) {
  switch (task.kind) {
    case 'dots':
      return { picture: (await drawing()).dots(task.svg) };
    case 'png':
      return { png: (await drawing()).png(task.svg, task.zoom) };
    case 'logo': {
      const file = settings.logos[task.name];
      if (file === undefined) throw new Error('the store keeps no such picture');
      return { picture: (await drawing()).logo(readFileSync(file), task.widthDotsMax) };
    }
    case 'symbol':
      return { picture: drawSymbol(task) };
  }
}

port.on('message', (request: RasterRequest) => {
  void answer(request).then((message) => port.postMessage(message));
});
