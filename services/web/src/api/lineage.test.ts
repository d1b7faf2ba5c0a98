import { describe, expect, it } from 'vitest';
import { featureNode, reportNode } from './lineage';

describe('ids of nodes', () => {
  it('are encoded as the server does', () => {
    expect(featureNode('flight-delay', 'visibility (miles)')).toBe(
      'feature:bellwether/flight-delay:visibility%20(miles)',
    );
    expect(featureNode('m', "a/b@c=d+e,f;g!$*'~ %:#?&é")).toBe(
      "feature:bellwether/m:a/b@c=d+e,f;g!$*'~%20%25%3A%23%3F%26%C3%A9",
    );
    expect(reportNode('m', '20130416T000000000000Z~batch~e825')).toBe(
      'report:bellwether/m:drift/20130416T000000000000Z~batch~e825',
    );
  });
});
