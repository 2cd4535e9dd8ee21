import * as z from 'zod';
import { packageVersion } from '../../base/version.ts';
import { namePattern } from '../../base/name-pattern.ts';
import {
  operations,
  reason,
  refusedReading,
  type OperationAnswer,
  type AnswerContent,
  type Operation,
} from './operations.ts';

/** The OpenAPI 3.1 description, from the schemas that the routes check by. */
export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = described(operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'flipgate',
      version: packageVersion(),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: {
        act: { type: 'http', scheme: 'bearer', description: 'serve.token' },
        read: { type: 'http', scheme: 'bearer', description: 'serve.readToken, where one is set' },
      },
    },
  };
}

function described({ path, summary, query, body, answers, security }: Operation): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name = '']) =>
    parameter(name, 'path', name === 'gate' ? z.string().regex(namePattern) : z.string()),
  );
  const inQuery = Object.entries<z.core.$ZodType>(query?.shape ?? {}).map(([name, schema]) =>
    parameter(name, 'query', schema),
  );
  const responses: Record<string, object> = {};
  const all = security === 'read' ? { ...answers, 401: refusedReading } : answers;
  for (const [status, [description, content]] of Object.entries<OperationAnswer>(all))
    responses[status] = { description, content: contentOf(content) };
  return {
    summary,
    ...(security === undefined
      ? {}
      : { security: security === 'read' ? [{}, { read: [] }] : [{ [security]: [] }] }),
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(body !== undefined && { requestBody: { content: contentOf(body) } }),
    responses,
  };
}

function parameter(name: string, place: 'path' | 'query', schema: z.core.$ZodType): object {
  return { name, in: place, required: place === 'path', schema: schemaOf(schema) };
}

function contentOf(content: AnswerContent): object {
  if (content === 'text') return { 'text/plain': { schema: { type: 'string' } } };
  if (content === 'html') return { 'text/html': { schema: { type: 'string' } } };
  if (content === 'no report') return { ...contentOf(reason), ...contentOf('html') };
  if (content !== 'metrics') return { 'application/json': { schema: schemaOf(content) } };
  return {
    'text/plain': { schema: { type: 'string' } },
    'application/openmetrics-text': { schema: { type: 'string' } },
  };
}

function schemaOf(schema: z.core.$ZodType): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
