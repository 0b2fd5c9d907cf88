import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** The OpenAPI 3.1 document of the application. */
export function describeApi(application: INestApplication): OpenAPIObject {
  const description = "Copy trading with paper money. Past results don't guarantee future results.";
  const builder = new DocumentBuilder().setTitle('Slipstream').setVersion('1').setDescription(description);
  return SwaggerModule.createDocument(application, builder.setOpenAPIVersion('3.1.0').build());
}

/** Serves the document at /v1/openapi.json, and no page with it. */
export function serveDescription(application: INestApplication): void {
  SwaggerModule.setup('v1/docs', application, () => describeApi(application), {
    jsonDocumentUrl: 'v1/openapi.json',
    ui: false,
    raw: ['json'],
  });
}
