// What the shop remembers, in PostgreSQL: an intent and the jobs that follow from it commit together.
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 30 });
const SCHEMA = `
CREATE TABLE IF NOT EXISTS people (
  id serial PRIMARY KEY, email text UNIQUE NOT NULL, password text NOT NULL, name text NOT NULL, phone text NOT NULL,
  customer text, contact text);
CREATE TABLE IF NOT EXISTS sessions (token text PRIMARY KEY, person int NOT NULL);
CREATE TABLE IF NOT EXISTS purchases (
  id text PRIMARY KEY, person int NOT NULL, request text NOT NULL, item text NOT NULL, amount int NOT NULL,
  currency text NOT NULL, status text NOT NULL DEFAULT 'preparing', secret text, UNIQUE (person, request));
CREATE TABLE IF NOT EXISTS events (id text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS jobs (
  id serial PRIMARY KEY, person int NOT NULL, kind text NOT NULL, ref text NOT NULL, due timestamptz NOT NULL DEFAULT now(),
  tries int NOT NULL DEFAULT 0, taken boolean NOT NULL DEFAULT false);
UPDATE jobs SET taken = false;`;

export async function prepare() {
  await pool.query(SCHEMA);
}

export async function query(sql, ...values) {
  return (await pool.query(sql, values)).rows;
}

export async function transaction(work) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const answer = await work(async (sql, ...values) => (await client.query(sql, values)).rows);
    await client.query("COMMIT");
    return answer;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

export async function enqueue(ask, person, kind, ref = "") {
  await ask("INSERT INTO jobs (person, kind, ref) VALUES ($1, $2, $3)", person, kind, ref);
}

// The next job of somebody for whom nothing else is being done: one person's calls never overtake each other.
async function take() {
  const [job] = await query(`
    UPDATE jobs SET taken = true WHERE id = (
      SELECT id FROM jobs j WHERE due <= now() AND NOT taken
      AND NOT EXISTS (SELECT 1 FROM jobs x WHERE x.person = j.person AND x.id < j.id)
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING *`);
  return job;
}

// Do what is to be done, for ever. What fails is tried again, ever more slowly and as late as the vendor asked; what a
// vendor will never take is given up after three attempts.
export function work(perform, workers) {
  const one = async () => {
    for (;;) {
      const job = await take();
      if (!job) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      try {
        await perform(job);
        await query("DELETE FROM jobs WHERE id = $1", job.id);
      } catch (error) {
        if (error.never && job.tries >= 2) {
          console.error(`given up: ${job.kind} ${job.ref} of ${job.person}: ${error.message}`);
          await query("DELETE FROM jobs WHERE id = $1", job.id);
        } else {
          const wait = Math.max(error.waitS ?? 0, Math.min(0.3 * 2 ** job.tries, 3)) * (1 + Math.random() / 2);
          const sql = "UPDATE jobs SET taken = false, tries = tries + 1, due = now() + $2 * interval '1 second' WHERE id = $1";
          await query(sql, job.id, wait);
        }
      }
    }
  };
  for (let number = 0; number < workers; number++) one();
}
