import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { parse } from 'yaml';

import { SECURITY_POLICY } from './static-site.js';

const infra = new URL('../../infra/', import.meta.url);

for (const file of ['local-stack/src/site.rs', 'web.yaml']) {
  test(`${file} has the content security policy of the tests`, () => {
    const policies = readFileSync(new URL(file, infra), 'utf8').match(/(?<=")default-src [^"]*(?=")/g);
    assert.deepEqual(policies, [SECURITY_POLICY]);
  });
}

test('the policy allows no inline code and no other sites', () => {
  const sources = SECURITY_POLICY.split('; ').map((directive) => directive.split(' ').slice(1));
  assert.deepEqual([...new Set(sources.flat())].sort(), ["'none'", "'script'", "'self'"]);
});

test('every response of the distribution has the policy and nosniff', () => {
  const template = parse(readFileSync(new URL('web.yaml', infra), 'utf8'), { logLevel: 'silent' });
  const { CacheBehaviors: behaviours, DefaultCacheBehavior: site } = template.Resources.Distribution.Properties.DistributionConfig;
  for (const { PathPattern: path = 'the site', ResponseHeadersPolicyId: policy } of [site, ...behaviours]) {
    const headers = template.Resources[policy]?.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig;
    assert.deepEqual(headers?.ContentSecurityPolicy, { Override: true, ContentSecurityPolicy: SECURITY_POLICY }, path);
    assert.deepEqual(headers?.ContentTypeOptions, { Override: true }, path);
  }
});
