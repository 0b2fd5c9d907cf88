import { Feed1764331200000 } from './1764331200000-feed.js';
import { Webhooks1764331260000 } from './1764331260000-webhooks.js';
import { Totals1764334800000 } from './1764334800000-totals.js';

/** Migrations of the schema `notifications`, oldest first. */
export const migrations = [Feed1764331200000, Webhooks1764331260000, Totals1764334800000];
