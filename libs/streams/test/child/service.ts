import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { serve, ServiceModule } from '../../src/index.js';
import { providers } from '../toy/providers.js';

@Module({ imports: [ServiceModule.forFold(providers())] })
class AppModule {}

await serve(AppModule, 'copy-engine');
