import { BadRequestException } from '@nestjs/common';
import type { z } from 'zod';

/**
 * What somebody asks a service for over HTTP, checked.
 * @throws BadRequestException that names everything that is wrong with it
 */
export function checked<T>(schema: z.ZodType<T>, given: unknown): T {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new BadRequestException(
    read.error.issues.map(({ path, message }) => `${path.join('.') || 'the request'}: ${message}`).join('; '),
  );
}
