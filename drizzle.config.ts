import { defineConfig } from 'drizzle-kit';

/** `npm run db:generate` writes the next migration of the cloud's D1 from the schema. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './cloud/db/schema.ts',
  out: './cloud/db/migrations',
});
