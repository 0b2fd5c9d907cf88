import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** Characters of a part of a path; the longest id, a settlement's, has fewer. */
export const pathPartMax = 300;

/** What services answer HTTP with. What the router itself refuses is told as problem details (RFC 9457) too. */
export const httpAdapter = (): FastifyAdapter =>
  new FastifyAdapter({
    routerOptions: { maxParamLength: pathPartMax },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const status = error.statusCode ?? 400;
      const isLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH';
      const detail = isLong
        ? `A part of the address is longer than ${pathPartMax} characters; no id is.`
        : 'The address is no valid one: percent signs must begin an escaped character.';
      const problem = {
        type: 'urn:slipstream:problem:bad_parameter',
        title: 'Bad parameter',
        ...{ status, detail, code: 'bad_parameter', instance: request.url },
      };
      void reply.status(status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
    },
  });
