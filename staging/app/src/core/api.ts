/** One request to the pipeline, and what may be believed of its end. Never throws; retries nothing itself. */

export type Answer =
  | { kind: 'ok'; body: Record<string, unknown> }
  | { kind: 'refused'; status: number; message: string }
  | { kind: 'unknown'; why: string };

export interface Wanted {
  method: 'GET' | 'POST';
  url: string;
  token?: string | undefined;
  key?: string | undefined;
  body?: unknown;
  form?: Record<string, string> | undefined;
  timeoutMs?: number;
}

const AGAIN = new Set([408, 425, 429]);
const TIMEOUT_MS = 10_000;

/** `unknown` is everything after which the effect may or may not be there: it is asked again with the same key. */
export async function ask(wanted: Wanted, fetcher: typeof fetch = fetch): Promise<Answer> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), wanted.timeoutMs ?? TIMEOUT_MS);
  try {
    const answer = await fetcher(wanted.url, { ...request(wanted), signal: stop.signal });
    const body = parsed(await answer.text());
    if (answer.ok) return body ? { kind: 'ok', body } : { kind: 'unknown', why: 'the answer could not be read' };
    return failure(answer.status, body);
  } catch {
    return { kind: 'unknown', why: stop.signal.aborted ? 'no answer in time' : 'no connection' };
  } finally {
    clearTimeout(timer);
  }
}

function request(wanted: Wanted): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (wanted.token) headers['Authorization'] = `Bearer ${wanted.token}`;
  if (wanted.key) headers['Idempotency-Key'] = wanted.key;
  if (wanted.form) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
    return { method: wanted.method, headers, body: encoded(wanted.form), cache: 'no-store' };
  }
  if (wanted.body === undefined) return { method: wanted.method, headers, cache: 'no-store' };
  headers['Content-Type'] = 'application/json';
  return { method: wanted.method, headers, body: JSON.stringify(wanted.body), cache: 'no-store' };
}

function failure(status: number, body: Record<string, unknown> | null): Answer {
  const error = (body?.['error'] ?? {}) as Record<string, unknown>;
  const busy = status === 409 && error['code'] === 'in_progress';
  if (status >= 500 || AGAIN.has(status) || busy) return { kind: 'unknown', why: `the server answered ${status}` };
  return { kind: 'refused', status, message: String(error['message'] ?? `Refused (${status}).`) };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(text);
    return body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function encoded(form: Record<string, string>): string {
  return Object.entries(form)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}
