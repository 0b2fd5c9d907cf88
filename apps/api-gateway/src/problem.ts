import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { BadCursor } from '@slipstream/read-model';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Codes of what can be wrong with a request. */
export const problemCodes = ['bad_parameter', 'not_found', 'not_ready', 'internal_error'] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** Problem details (RFC 9457): a code for programs, a sentence for people. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly instance: string;
}

/** A request that is answered with problem details. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: ProblemCode,
    sentence: string,
  ) {
    super(sentence);
  }
}

const titles: Readonly<Record<ProblemCode, string>> = {
  bad_parameter: 'Bad parameter',
  not_found: 'Not found',
  not_ready: 'Not ready',
  internal_error: 'Internal error',
};

/** After so long it is worth to ask again. */
const retryAfterSeconds = 5;

/** Turns whatever a handler throws into problem details; what wasn't meant for the caller stays in the log. */
@Catch()
export class AnswerProblem implements ExceptionFilter {
  private readonly logger = new Logger('api-gateway');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const problem = problemOf(error);
    if (problem.code === 'internal_error') this.logger.error(error);
    if (isWithoutReadModel(error)) this.logger.warn(error);
    const body: ProblemDetails = {
      type: `urn:slipstream:problem:${problem.code}`,
      title: titles[problem.code],
      status: problem.status,
      detail: problem.message,
      code: problem.code,
      instance: request.url,
    };
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (problem.status === 503) void reply.header('retry-after', retryAfterSeconds);
    void reply.status(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(body));
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof BadCursor) return new Problem(400, 'bad_parameter', error.message);
  if (isWithoutReadModel(error))
    return new Problem(
      503,
      'not_ready',
      'The read model is not there yet, is of an earlier version, or does not answer; try again later.',
    );
  if (error instanceof HttpException && error.getStatus() === 404)
    return new Problem(404, 'not_found', 'There is nothing at this address.');
  if (error instanceof HttpException && error.getStatus() === 503)
    return new Problem(503, 'not_ready', `Not ready: ${downOf(error)}. Try again later.`);
  if (error instanceof HttpException && error.getStatus() < 500)
    return new Problem(error.getStatus(), 'bad_parameter', `${error.message}.`);
  return new Problem(500, 'internal_error', 'Something went wrong on our side; try again later.');
}

/**
 * PostgreSQL's codes for a missing schema, table or column (the tables are those of an earlier version until the projector has
 * migrated them) and for no connection, and Node's for the latter.
 */
function isWithoutReadModel(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^(3F000|42P01|42703|08...|57P..|53...|ECONN.*|ETIMEDOUT|EPIPE)$/.test(code);
}

/** What the readiness check found missing. */
function downOf(error: HttpException): string {
  const answer = error.getResponse();
  const down = typeof answer === 'object' && 'error' in answer ? answer.error : undefined;
  const names = typeof down === 'object' && down !== null ? Object.keys(down) : [];
  return names.length === 0 ? 'something is missing' : `no answer from ${names.join(' and ')}`;
}
