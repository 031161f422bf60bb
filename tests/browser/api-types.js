/** Generates the TypeScript types of the API contract, infra/openapi.d.ts. */
import { writeFileSync } from 'node:fs';

import openapiTS, { astToString } from 'openapi-typescript';

export const target = new URL('../../infra/openapi.d.ts', import.meta.url);

export async function apiTypes() {
  const contract = new URL('../../infra/openapi.yaml', import.meta.url);
  const notice = '/* Generated from infra/openapi.yaml by `npm run api-types` in tests/browser. Do not edit. */\n';
  return notice + astToString(await openapiTS(contract, { alphabetize: true }));
}

if (import.meta.url === new URL(process.argv[1] ?? '', 'file:').href) writeFileSync(target, await apiTypes());
