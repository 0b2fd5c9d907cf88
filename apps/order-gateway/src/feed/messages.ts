/** What the feed tells the process that started it: one JSON object per line on stdout. Logs go to stderr. */
export type FeedMessage =
  | { readonly event: 'seeding'; readonly done: number; readonly total: number }
  | { readonly event: 'seeded'; readonly providers: number; readonly followers: number }
  | { readonly event: 'progress'; readonly orders: number; readonly fills: number; readonly marketTime: number }
  | {
      readonly event: 'malformed';
      readonly file: string;
      readonly line: number;
      readonly reason: string;
      readonly text: string;
    }
  | {
      readonly event: 'finished';
      readonly orders: number;
      readonly fills: number;
      readonly malformed: number;
      readonly marketTime: number;
    };

export type Tell = (message: FeedMessage) => void;

/** How the process ends. */
export const exitCodes = { finished: 0, failed: 1, malformedLines: 2, stoppedAtMalformed: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
