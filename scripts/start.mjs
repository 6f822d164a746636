import { launch } from './launch.mjs';

launch('scripts/start/main.ts', process.argv.slice(2));
