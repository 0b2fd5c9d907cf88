import { Module } from '@nestjs/common';
import { ServiceModule } from '@slipstream/streams';
import { loadInstruments } from './config.js';
import { positionSizer } from './fold.js';

@Module({ imports: [ServiceModule.forFold(() => positionSizer(loadInstruments(process.env)))] })
export class AppModule {}
