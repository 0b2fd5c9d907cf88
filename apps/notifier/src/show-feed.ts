import { BadRequestException, Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { Pool } from 'pg';
import { feedQuery, readMark, recipientOf } from './parameters.js';
import { countUnread, markRead, readFeed, type FeedPage } from './read-feed.js';
import { notifierPool } from './tokens.js';

/** Feeds, for whoever stands before it with authentication: `account/<id>` or `provider/<id>`. */
@Controller('feeds/:kind/:id')
export class ShowFeed {
  constructor(@Inject(notifierPool) private readonly pool: Pool) {}

  @Get()
  feed(@Param('kind') kind: string, @Param('id') id: string, @Query() query: unknown): Promise<FeedPage> {
    return readFeed(this.pool, recipientOf(kind, id), feedQuery(query));
  }

  @Get('unread')
  async unread(@Param('kind') kind: string, @Param('id') id: string): Promise<{ unread: number }> {
    return { unread: await countUnread(this.pool, recipientOf(kind, id)) };
  }

  @Post('read')
  @HttpCode(200)
  async read(@Param('kind') kind: string, @Param('id') id: string, @Body() body: unknown): Promise<{ unread: number }> {
    const recipient = recipientOf(kind, id);
    const unknown = await markRead(this.pool, recipient, readMark(body));
    if (unknown.length > 0) {
      const named = unknown.slice(0, 5).join(', ');
      throw new BadRequestException(`${recipient} has no notification ${named}: nothing is marked; reload the feed.`);
    }
    return { unread: await countUnread(this.pool, recipient) };
  }
}
