import { Module } from '@nestjs/common';
import { ServiceModule } from '@slipstream/streams';
import { loadInstruments, loadPolicy } from './config.js';
import { positionSizer } from './fold.js';

@Module({
  imports: [ServiceModule.forFold(() => positionSizer(loadInstruments(process.env), loadPolicy(process.env)))],
})
export class AppModule {}
