import { Module } from '@nestjs/common';
import { ServiceModule } from '@slipstream/streams';
import { loadInstruments } from './config.js';
import { copyEngine } from './fold.js';

@Module({ imports: [ServiceModule.forFold(() => copyEngine(loadInstruments(process.env)))] })
export class AppModule {}
