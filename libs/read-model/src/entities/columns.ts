import { Column, PrimaryColumn, type ColumnType } from 'typeorm';

// Columns of the read model, one decorator per kind of value. Money and ratios are text on this side.
const column =
  (type: ColumnType, nullable: boolean) =>
  (name: string): PropertyDecorator =>
    Column({ name, type, nullable });
const key =
  (type: ColumnType) =>
  (name: string): PropertyDecorator =>
    PrimaryColumn({ name, type });

export const KeyText = key('text');
export const KeyInt = key('integer');
/** An id or a count beyond 2³¹, or an event time in milliseconds. */
export const KeyLong = key('bigint');
export const Text = column('text', false);
export const TextOrNull = column('text', true);
export const Int = column('integer', false);
export const IntOrNull = column('integer', true);
export const Long = column('bigint', false);
export const LongOrNull = column('bigint', true);
export const Exact = column('numeric', false);
export const ExactOrNull = column('numeric', true);
export const Flag = column('boolean', false);
