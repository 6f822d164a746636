import { PROJECTS, runVitest } from './run_vitest.ts';

// npm run test:long [-- FILES]: the same properties, walks, mutations and kills at their full counts.
await runVitest(PROJECTS, process.argv.slice(2), { LONG: '1' });
