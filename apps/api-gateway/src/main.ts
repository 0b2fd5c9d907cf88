import { serve } from '@slipstream/streams';
import { AppModule } from './app.module.js';
import { serveDescription } from './describe-api.js';

await serve(AppModule, 'api-gateway', serveDescription);
