// What the schemas of the package are written from.
export { configJsonSchema } from '../../src/config/schema.ts';
export { openApi } from '../../src/exporter/http/open-api.ts';
export { documentKinds } from '../../src/store/documents/kinds.ts';
export { jsonSchemaOf } from '../../src/store/documents/json-schema.ts';
