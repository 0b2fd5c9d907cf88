import { overviewCopiersWeight } from '@slipstream/domain';

/**
 * What providers are listed by, of themselves and of their copies, in one narrow row: to join the tables it comes from takes
 * a leaderboard longer than all the rest. Triggers keep it: providers change seldom, and each of the two writes its own part
 * in its own transaction, whichever comes first. A row without status is of a provider whose line isn't read yet.
 */
export const places = `CREATE TABLE "provider_places" (
    "provider_id" text NOT NULL,
    "ranked" boolean,
    "followers" integer,
    "risk" integer,
    "registered_at" bigint,
    "status" text,
    "strategy" text,
    "risk_level" text,
    "overview_own" numeric,
    "overview" numeric,
    "aum" numeric NOT NULL DEFAULT 0,
    "copier_pnl" numeric,
    "copier_return" numeric,
    "copiers_in_profit" numeric,
    "searched" text,
    CONSTRAINT "provider_places_key" PRIMARY KEY ("provider_id")
  ) WITH (fillfactor = 70)`;

export const overviewOf = (provider: string, copiers: string): string =>
  `CASE WHEN ${provider}.ranked
     THEN ${provider}.overview_own + ${overviewCopiersWeight} * coalesce(${copiers}.copiers_in_profit, 0) END`;

const ofProvider = ['ranked', 'followers', 'risk', 'registered_at', 'status', 'strategy', 'risk_level', 'overview_own'];
const ofCopiers = ['aum', 'copier_pnl', 'copier_return', 'copiers_in_profit'];
const names = (of: readonly string[]): string => of.join(', ');
const given = (of: readonly string[]): string => of.map((name) => `${name} = excluded.${name}`).join(', ');

export const placeProviders = `CREATE FUNCTION "place_providers"() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO provider_places AS t (provider_id, searched, ${names(ofProvider)}, overview)
      SELECT provider_id, lower(display_name || E'\\n' || provider_id), ${names(ofProvider)},
             CASE WHEN ranked THEN overview_own END
        FROM changed ORDER BY provider_id
      ON CONFLICT (provider_id) DO UPDATE
        SET searched = excluded.searched, ${given(ofProvider)}, overview = ${overviewOf('excluded', 't')};
    RETURN NULL;
  END $$`;

const placeCopiers = `CREATE FUNCTION "place_copiers"() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO provider_places AS t (provider_id, ${names(ofCopiers)})
      SELECT provider_id, aum, realised_pnl, realised_return, profit_share FROM changed ORDER BY provider_id
      ON CONFLICT (provider_id) DO UPDATE
        SET ${given(ofCopiers)}, overview = ${overviewOf('t', 'excluded')};
    RETURN NULL;
  END $$`;

/** A statement that inserts some rows and updates others calls both triggers, each with its own. */
const triggers = (['INSERT', 'UPDATE'] as const).flatMap((event) =>
  (
    [
      ['providers', 'place_providers'],
      ['provider_copiers', 'place_copiers'],
    ] as const
  ).map(
    ([table, work]) =>
      `CREATE TRIGGER "${work}_on_${event.toLowerCase()}" AFTER ${event} ON "${table}"
         REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "${work}"()`,
  ),
);

export const makePlaces: readonly string[] = [places, placeProviders, placeCopiers, ...triggers];
/** After the tables of the triggers are dropped. */
export const dropPlaces: readonly string[] = [
  'DROP TABLE "provider_places"',
  'DROP FUNCTION "place_providers"()',
  'DROP FUNCTION "place_copiers"()',
];
