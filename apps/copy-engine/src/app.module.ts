import { Module } from '@nestjs/common';
import { ServiceModule } from '@slipstream/streams';
import { loadInstruments, loadPolicy } from './config.js';
import { copyEngine } from './fold.js';

@Module({
  imports: [ServiceModule.forFold(() => copyEngine(loadInstruments(process.env), loadPolicy(process.env)))],
})
export class AppModule {}
