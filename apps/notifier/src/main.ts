import { serve } from '@slipstream/streams';
import { AppModule } from './app.module.js';

await serve(AppModule, 'notifier');
