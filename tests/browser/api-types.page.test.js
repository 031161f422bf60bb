import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { apiTypes, target } from './api-types.js';

test("the generated types match the contract (npm run api-types)", async () => {
  assert.equal(readFileSync(target, 'utf8'), await apiTypes());
});
