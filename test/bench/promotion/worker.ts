import { text } from 'node:stream/consumers';
import { Job } from './figures.ts';
import { measureCatalogue } from './measure_catalogue.ts';
import { measureTorture } from './measure_torture.ts';

/** A process of its own for each set of live promotions: a job on stdin, figures on stdout. */
const { gc } = globalThis;
if (gc === undefined) throw new Error('needs --expose-gc');
const job = Job.parse(JSON.parse(await text(process.stdin)));
const figures =
  job.kind === 'torture'
    ? await measureTorture(job.instances, job.quick)
    : await measureCatalogue(job, () => gc());
process.stdout.write(JSON.stringify(figures));
