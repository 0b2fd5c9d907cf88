import type { MigrationInterface, QueryRunner } from 'typeorm';
import { overviewOf, placeProviders, places } from './statistics-places.js';

/** Places say who is public, and their columns lie in the order they are read in. Made anew of the tables they come from. */
export class PublicPlaces1764028800000 implements MigrationInterface {
  readonly name = 'PublicPlaces1764028800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const isPublic = ['is_public', "p.visibility = 'public'"] as const;
    for (const statement of [dropPlaces, publicPlaces, placePublicly, fill(isPublic)])
      await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [dropPlaces, places, replaced(placeProviders), fill()]) await queryRunner.query(statement);
  }
}

const dropPlaces = 'DROP TABLE "provider_places"';
const replaced = (statement: string): string => statement.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');

/**
 * A row is taken apart from its first column on, up to the last one that is asked for: those of one length come first, then
 * what is filtered and sorted by, the most usual before the rest.
 */
const publicPlaces = `CREATE TABLE "provider_places" (
    "is_public" boolean,
    "ranked" boolean,
    "risk" integer,
    "followers" integer,
    "registered_at" bigint,
    "overview" numeric,
    "status" text,
    "strategy" text,
    "risk_level" text,
    "aum" numeric NOT NULL DEFAULT 0,
    "copier_pnl" numeric,
    "copier_return" numeric,
    "copiers_in_profit" numeric,
    "provider_id" text NOT NULL,
    "searched" text,
    "overview_own" numeric,
    CONSTRAINT "provider_places_key" PRIMARY KEY ("provider_id")
  ) WITH (fillfactor = 70)`;

const ofProvider = ['ranked', 'followers', 'risk', 'registered_at', 'status', 'strategy', 'risk_level', 'overview_own'];

const placePublicly = `CREATE OR REPLACE FUNCTION "place_providers"() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO provider_places AS t (provider_id, is_public, searched, ${ofProvider.join(', ')}, overview)
      SELECT provider_id, visibility = 'public', lower(display_name || E'\\n' || provider_id), ${ofProvider.join(', ')},
             CASE WHEN ranked THEN overview_own END
        FROM changed ORDER BY provider_id
      ON CONFLICT (provider_id) DO UPDATE
        SET is_public = excluded.is_public, searched = excluded.searched,
            ${ofProvider.map((name) => `${name} = excluded.${name}`).join(', ')},
            overview = ${overviewOf('excluded', 't')};
    RETURN NULL;
  END $$`;

/** @param more a further column, and what it is made of */
function fill(more?: readonly [column: string, from: string]): string {
  const [column, from] = more === undefined ? ['', ''] : more.map((part) => `, ${part}`);
  return `INSERT INTO "provider_places" (provider_id, ${ofProvider.join(', ')}, overview, searched,
        aum, copier_pnl, copier_return, copiers_in_profit${column})
    SELECT provider_id, ${ofProvider.map((name) => `p.${name}`).join(', ')}, ${overviewOf('p', 'c')},
           lower(p.display_name || E'\\n' || provider_id),
           coalesce(c.aum, 0), c.realised_pnl, c.realised_return, c.copiers_in_profit${from}
      FROM "providers" p
      FULL JOIN (SELECT *, profit_share AS copiers_in_profit FROM "provider_copiers") c USING (provider_id)
     ORDER BY provider_id`;
}
