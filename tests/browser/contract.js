/** Validates the prepared responses of the tests against the API contract, infra/openapi.yaml. */
import { readFileSync } from 'node:fs';

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/**
 * @typedef {{ $ref: string } | { content?: Record<string, { schema?: object }> }} Response
 * @typedef {Record<string, Record<string, { responses: Record<string, Response> }>>} Paths
 * @typedef {{ paths: Paths, components: { schemas: Record<string, { enum?: string[] }> } }} Contract
 */

/** @type {Contract} */
const contract = parse(readFileSync(new URL('../../infra/openapi.yaml', import.meta.url), 'utf8'));

/** Returns the values of an enumeration. @param {keyof import('../../web/js/api.js').Schemas} name */
export function valuesOf(name) {
  return contract.components.schemas[name]?.enum ?? [];
}

const NAME = 'contract';

const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true });
addFormats.default(ajv);
ajv.addSchema(contract, NAME);

/**
 * Returns the contract violations of a response. A violation is an unknown operation, an unknown status, or a body that
 * does not match the schema.
 *
 * @param {string} method
 * @param {string} path
 * @param {{ status: number, body: object }} answer
 * @returns {string[]}
 */
export function faultsOf(method, path, { status, body }) {
  const place = placeOf(method, path, status);
  if (place === null) return [`the contract has no status ${status} of ${method} ${path}`];
  const validate = ajv.compile({ $ref: `${NAME}#${place}` });
  if (validate(body)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, data }) => `${method} ${path} ${status}: ${instancePath} ${message}: ${JSON.stringify(data)}`,
  );
}

/**
 * Returns the JSON pointer to a response's schema, or null.
 *
 * @param {string} method
 * @param {string} path
 * @param {number} status
 */
function placeOf(method, path, status) {
  const template = Object.keys(contract.paths).find((each) => matches(each, path));
  const response = template && contract.paths[template]?.[method.toLowerCase()]?.responses[status];
  if (!response) return null;
  const isShared = '$ref' in response;
  const place = isShared ? response.$ref.slice(1) : pointer('paths', template, method.toLowerCase(), 'responses', String(status));
  return place + pointer('content', status < 400 ? 'application/json' : 'application/problem+json', 'schema');
}

/** @param {string} template @param {string} path */
function matches(template, path) {
  const steps = path.split('/');
  const expected = template.split('/');
  return steps.length === expected.length && expected.every((step, index) => step.startsWith('{') || step === steps[index]);
}

/** @param {...string} steps */
function pointer(...steps) {
  return steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
}
