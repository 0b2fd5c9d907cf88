import type { ApiResponseNoStatusOptions } from '@nestjs/swagger';

// What the schemas of the answers are made of, for the OpenAPI document. Money and ratios are decimal strings.
export type Schema = Exclude<Extract<ApiResponseNoStatusOptions, { schema: unknown }>['schema'], { $ref: string }>;

export const decimalText = { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' } as const;
export const maybeDecimal = { type: ['string', 'null'], pattern: decimalText.pattern } as unknown as Schema;
export const whole = { type: 'integer', minimum: 0 } as const;
export const words = { type: 'string' } as const;
export const time = { type: 'string', format: 'date-time' } as const;
export const maybeTime = { type: ['string', 'null'], format: 'date-time' } as unknown as Schema;

export const object = (properties: Record<string, Schema>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const answer = (description: string, schema: Schema): ApiResponseNoStatusOptions => ({ description, schema });

export const noticeFields: Record<string, Schema> = { notice: words, paperMoney: { type: 'boolean', enum: [true] } };
export const maybeWords = { type: ['string', 'null'] } as unknown as Schema;
export const maybeWhole = { type: ['integer', 'null'] } as unknown as Schema;
export const maybe = (schema: Schema): Schema => ({ oneOf: [schema, { type: 'null' }] });
