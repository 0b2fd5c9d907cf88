import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  Query,
} from '@nestjs/common';
import type { Pool } from 'pg';
import { refusalOf } from './allow-url.js';
import type { NotifierConfig } from './config.js';
import { DeliveryLoop } from './deliver.js';
import { queueTest, readLog, retryDelivery, type Delivery } from './deliveries.js';
import { logQuery, rotation, wantedWebhook, webhooksOf } from './parameters.js';
import { notifierConfig, notifierPool } from './tokens.js';
import {
  createWebhook,
  enableWebhook,
  findWebhook,
  listWebhooks,
  removeWebhook,
  rotateSecret,
  type Webhook,
} from './webhooks.js';

/** Webhooks of recipients, for whoever stands before it with authentication. */
@Controller()
export class ChangeWebhooks {
  constructor(
    @Inject(notifierPool) private readonly pool: Pool,
    @Inject(notifierConfig) private readonly config: NotifierConfig,
    @Inject(DeliveryLoop) private readonly loop: DeliveryLoop,
  ) {}

  /** The secret is shown this once. */
  @Post('webhooks')
  async create(@Body() body: unknown): Promise<Webhook & { secret: string }> {
    const wanted = wantedWebhook(body);
    const { toLoopback, perRecipientMax } = this.config.webhooks;
    const refusal = await refusalOf(wanted.url, toLoopback);
    if (refusal !== null) throw new BadRequestException(`url: ${refusal}`);
    const created = await createWebhook(this.pool, wanted, perRecipientMax);
    if (created === null)
      throw new ConflictException(`${wanted.recipient} has ${perRecipientMax} webhooks, the most it may: remove one.`);
    return { ...(await this.found(created.id)), secret: created.secret };
  }

  @Get('webhooks')
  async list(@Query() query: unknown): Promise<{ items: Webhook[] }> {
    return { items: await listWebhooks(this.pool, webhooksOf(query)) };
  }

  @Get('webhooks/:id')
  async show(@Param('id') id: string, @Query() query: unknown): Promise<Webhook & { deliveries: Delivery[] }> {
    const page = logQuery(query);
    return { ...(await this.found(id)), deliveries: await readLog(this.pool, id, page) };
  }

  @Delete('webhooks/:id')
  @HttpCode(204)
  async remove(@Param('id') id: string): Promise<void> {
    if (!(await removeWebhook(this.pool, id))) throw unknownWebhook(id);
  }

  /** The new secret is shown this once; both sign until `oldUntil`. */
  @Post('webhooks/:id/rotate')
  @HttpCode(200)
  async rotate(@Param('id') id: string, @Body() body: unknown): Promise<{ secret: string; oldUntil: string }> {
    const rotated = await rotateSecret(this.pool, id, rotation(body) ?? this.config.webhooks.secretOverlapMs);
    if (rotated === 'unknown') throw unknownWebhook(id);
    if (rotated === 'too_many')
      throw new ConflictException(
        `Webhook ${id} has too many valid secrets: wait for the old ones to end, or give {"overlapMs": 0}.`,
      );
    return rotated;
  }

  @Post('webhooks/:id/enable')
  @HttpCode(200)
  async enable(@Param('id') id: string): Promise<Webhook> {
    if (!(await enableWebhook(this.pool, id))) throw unknownWebhook(id);
    return this.found(id);
  }

  @Post('webhooks/:id/test')
  @HttpCode(202)
  async test(@Param('id') id: string): Promise<{ deliveryId: string }> {
    const webhook = await this.found(id);
    if (webhook.disabledAt !== null) throw new ConflictException(`Webhook ${id} is switched off: enable it first.`);
    const deliveryId = await queueTest(this.pool, id);
    this.loop.ring();
    return { deliveryId };
  }

  @Post('deliveries/:id/retry')
  @HttpCode(202)
  async retry(@Param('id') id: string): Promise<{ deliveryId: string }> {
    const outcome = await retryDelivery(this.pool, id);
    if (outcome === 'unknown') throw new NotFoundException(`There is no delivery ${id}.`);
    if (outcome === 'disabled')
      throw new ConflictException(`The webhook of delivery ${id} is switched off: enable it first.`);
    this.loop.ring();
    return { deliveryId: id };
  }

  private async found(id: string): Promise<Webhook> {
    const webhook = await findWebhook(this.pool, id);
    if (!webhook) throw unknownWebhook(id);
    return webhook;
  }
}

const unknownWebhook = (id: string): NotFoundException => new NotFoundException(`There is no webhook ${id}.`);
