import { PROJECTS, runVitest } from './run_vitest.ts';

// npm test [-- FILES]
await runVitest(PROJECTS, process.argv.slice(2));
