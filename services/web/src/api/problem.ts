// What went wrong, in the server's words (problem+json) or in ours when no server answered.
import type { components } from './schema.gen';

export type Fault = components['schemas']['Reason'];

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly faults: readonly Fault[];
  readonly requestId: string | null;
  /** Seconds the server asks to wait before another try. */
  readonly retryAfter: number | null;

  constructor(facts: {
    status: number;
    title: string;
    detail?: string;
    faults?: readonly Fault[];
    requestId?: string | null;
    retryAfter?: number | null;
    cause?: unknown;
  }) {
    super(facts.title, { cause: facts.cause });
    this.status = facts.status;
    this.title = facts.title;
    this.detail = facts.detail ?? '';
    this.faults = facts.faults ?? [];
    this.requestId = facts.requestId ?? null;
    this.retryAfter = facts.retryAfter ?? null;
  }
}

/** The problem an answer holds; an answer without one is named by its status. */
export async function readProblem(response: Response): Promise<Problem> {
  const wait = Number(response.headers.get('retry-after'));
  const found = {
    status: response.status,
    requestId: response.headers.get('x-request-id'),
    retryAfter: wait > 0 ? wait : null,
  };
  let body: Record<string, unknown> = {};
  try {
    body = (await response.clone().json()) as Record<string, unknown>;
  } catch {
    // A proxy's own page in place of an answer: the status is all there is.
  }
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined);
  return new Problem({
    ...found,
    title: text('title') ?? `The server answered ${response.status}`,
    detail: text('detail') ?? '',
    faults: Array.isArray(body.errors) ? (body.errors as Fault[]) : [],
    requestId: text('request_id') ?? found.requestId,
  });
}

/** The problem of a request that no server answered. */
export function unreachable(cause: unknown): Problem {
  return new Problem({
    status: 0,
    title: 'Bellwether cannot be reached',
    detail:
      'The page is open, but its server does not answer. It may be restarting, or the connection is down.',
    cause,
  });
}

/** Whether another try may help: the server is away, busy or was restarted in between. */
export function isPassing(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 502);
}
