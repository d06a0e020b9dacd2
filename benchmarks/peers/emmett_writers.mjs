// Writers that append one event after the other to fresh streams of an Emmett store; each line of JSON on standard
// input asks for one run and is answered with one line.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';

const connectionString = process.env.DATABASE_URL;
const pool = new pg.Pool({ connectionString, max: 128 });
const store = getPostgreSQLEventStore(connectionString, { connectionOptions: { pool } });

async function run({ writers, seconds, bytes }) {
  const frame = 'x'.repeat(bytes - JSON.stringify({ frame: '' }).length);
  const began = performance.now();
  const end = began + seconds * 1000;
  let events = 0;
  const writer = async () => {
    while (performance.now() < end) {
      const event = { type: 'case.admitted-to-facility', data: { frame } };
      await store.appendToStream(`case-${randomUUID()}`, [event], { expectedStreamVersion: STREAM_DOES_NOT_EXIST });
      events += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return { events, seconds: (performance.now() - began) / 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  const answer = question.prepare ? await store.schema.migrate().then(() => ({ ready: 1 })) : await run(question);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await store.close();
await pool.end();
