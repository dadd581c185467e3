// What a target may be: the channel’s name, and an address where it has one.
import { describe, expect, it } from 'vitest';
import { targetRule } from '../../src/domain/alerts/channels.ts';
import { parseTarget } from '../../src/domain/alerts/policy.ts';

const ruleOf = (target: string): string | undefined => targetRule(parseTarget(target));

describe('a target', () => {
  it.each([
    'log',
    'webhook',
    'webhook:grafana',
    'webhook:grafana-test-2',
    'slack:webhook',
    'slack:webhook-shop',
    'slack:#ops-alerts',
    'slack:C0123456789',
    'email:ops@example.org',
    "email:o'brien+pager_1@mail.example.co.uk",
    'email:a@xn--bcher-kva.example',
  ])('may be %s', (target) => {
    expect(ruleOf(target)).toBeUndefined();
  });

  it.each([
    ['email', 'must name one e-mail address'],
    ['email:', 'must name one e-mail address'],
    ['email:ops', 'must name one e-mail address'],
    ['email:ops@localhost', 'must name one e-mail address'],
    ['email:a@b.de,c@d.de', 'must name one e-mail address'],
    ['email:Ops <a@b.de>', 'must name one e-mail address'],
    ['email:a@b.de\r\nBcc: c@d.de', 'must name one e-mail address'],
    ['email:a@b.de\n', 'must name one e-mail address'],
    ['email:.a@b.de', 'must name one e-mail address'],
    ['email:a@-b.de', 'must name one e-mail address'],
    ['webhook:Grafana', 'must name a webhook in small letters'],
    ['webhook:grafana_test', 'must name a webhook in small letters'],
    ['webhook:-', 'must name a webhook in small letters'],
    ['webhook:https://hooks.example.org/geheim', 'must name a webhook in small letters'],
    ['slack:https://hooks.example.org/geheim', 'never one on the web'],
    ['log:here', 'must be plain log'],
  ])('is not %j', (target, rule) => {
    expect(ruleOf(target)).toContain(rule);
  });
});
