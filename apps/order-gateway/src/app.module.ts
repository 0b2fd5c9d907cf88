import { Module } from '@nestjs/common';
import { ServiceModule } from '@slipstream/streams';
import { loadInstruments, loadSlippage } from './config.js';
import { orderGateway } from './fold.js';
import { paperVenue } from './paper-venue.js';

@Module({
  imports: [
    ServiceModule.forFold(() => orderGateway(paperVenue(loadInstruments(process.env), loadSlippage(process.env)))),
  ],
})
export class AppModule {}
