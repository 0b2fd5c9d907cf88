import { decimal, one, zero, type Decimal } from './money.js';
import { defaultPolicy, type Jurisdiction, type Level, type Policy } from './policy.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * A policy from JSON text; what it doesn't name has its default, `"levels": "off"` switches levels off.
 * @throws Error naming the field that is unknown or wrong
 */
export function parsePolicy(json: string): Policy {
  const given = asObject(JSON.parse(json) as unknown, 'the policy');
  const read: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(given)) {
    const known = defaultPolicy[field as keyof Policy] as unknown;
    if (known === undefined) throw new Error(`policy field ${field} is unknown`);
    if (field === 'levels') read[field] = value === 'off' ? null : asLevels(value);
    else if (field === 'jurisdictions') read[field] = { ...defaultPolicy.jurisdictions, ...asJurisdictions(value) };
    else if (Array.isArray(known)) read[field] = asTexts(value, field);
    else if (typeof known === 'number') read[field] = asCount(value, field);
    else read[field] = asDecimal(value, field);
  }
  const policy: Policy = { ...defaultPolicy, ...read };
  if (policy.platformFeeRatio.gt(one)) throw new Error('policy field platformFeeRatio must be a fraction, at most 1');
  return policy;
}

function asObject(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${name} must be an object`);
  return value as Json;
}

function asDecimal(value: unknown, field: string): Decimal {
  if (typeof value !== 'string' || !/^\d{1,18}(\.\d{1,18})?$/.test(value))
    throw new Error(`policy field ${field} must be a decimal number in quotes, not below 0`);
  return decimal(value);
}

function asCount(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw new Error(`policy field ${field} must be a whole number above 0`);
  return value;
}

function asTexts(value: unknown, field: string): string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw new Error(`policy field ${field} must be a list of texts`);
  return value;
}

function onlyFields(value: Json, fields: readonly string[], name: string): void {
  const unknown = Object.keys(value).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw new Error(`policy field ${name}.${unknown} is unknown`);
}

function asLevels(value: unknown): Level[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error('policy field levels must be "off" or a list');
  const levels = value.map((one, index) => {
    const name = `levels[${index}]`;
    const level = asObject(one, `policy field ${name}`);
    onlyFields(level, ['aum', 'profitShareMax', 'slots'], name);
    return {
      aum: asDecimal(level['aum'], `${name}.aum`),
      profitShareMax: asDecimal(level['profitShareMax'], `${name}.profitShareMax`),
      slots: asCount(level['slots'], `${name}.slots`),
    };
  });
  const rising = levels.every(({ aum }, index) => aum.gt(levels[index - 1]?.aum ?? decimal('-1')));
  if (!rising || !levels[0]?.aum.eq(zero)) throw new Error('policy field levels must rise by aum, from "0"');
  return levels;
}

function asJurisdictions(value: unknown): Record<string, Jurisdiction> {
  const fallback = defaultPolicy.jurisdictions['*'] as Jurisdiction;
  const read = Object.entries(asObject(value, 'policy field jurisdictions')).map(([country, one]) => {
    const name = `jurisdictions.${country}`;
    if (country !== '*' && !/^[A-Z]{2}$/.test(country)) throw new Error(`policy field ${name} is no country code`);
    const given = asObject(one, `policy field ${name}`);
    onlyFields(given, Object.keys(fallback), name);
    const optional = (field: 'maxPerCopy' | 'maxTotal'): Decimal | null =>
      given[field] === undefined || given[field] === null ? null : asDecimal(given[field], `${name}.${field}`);
    const texts = (field: 'blockedInstruments' | 'disclaimers'): readonly string[] =>
      given[field] === undefined ? fallback[field] : asTexts(given[field], `${name}.${field}`);
    const jurisdiction: Jurisdiction = {
      roles: given['roles'] === undefined ? fallback.roles : asRoles(given['roles'], `${name}.roles`),
      blockedInstruments: texts('blockedInstruments'),
      maxPerCopy: optional('maxPerCopy'),
      maxTotal: optional('maxTotal'),
      disclaimers: texts('disclaimers'),
    };
    return [country, jurisdiction] as const;
  });
  return Object.fromEntries(read);
}

function asRoles(value: unknown, name: string): Jurisdiction['roles'] {
  const roles = asTexts(value, name);
  const known = roles.filter((role): role is 'follower' | 'provider' => role === 'follower' || role === 'provider');
  if (known.length < roles.length) throw new Error(`policy field ${name} knows follower and provider`);
  return known;
}
