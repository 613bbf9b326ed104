/** The question as a mail. */
import { expect, test } from 'vitest';
import { mailTo } from '../src/widget/mail';

function check(question: string, subject: string, body: string): void {
  const link = mailTo('anneke.visser@merrowline.example', question);
  const [address, fields] = link.slice('mailto:'.length).split('?');
  expect(address).toBe('anneke.visser@merrowline.example');
  const given = new URLSearchParams(fields);
  expect([given.get('subject'), given.get('body')]).toEqual([subject, body]);
}

test('the question is the subject and the body', () => {
  check('Who pays 50 % & when?', 'Who pays 50 % & when?', 'Who pays 50 % & when?');
  check(' One\nline\r\nmore ', 'One line more', 'One\r\nline\r\nmore');
  check('a'.repeat(100), `${'a'.repeat(77)}…`, 'a'.repeat(100));
});

test('an address cannot add fields to the mail', () => {
  expect(mailTo('a?cc=b@c.example', 'x')).toBe('mailto:a%3Fcc%3Db@c.example?subject=x&body=x');
});
