#!/usr/bin/python3
"""A provider that calls everybody dead: what import, review, why and summary make of it."""
import cli_case
from cli_case import *  # noqa: F403

GMAIL = '550-5.1.1 The email account that you tried to reach does not exist. https://support.google.com/mail/?p=NoSuchUser a1si{}.45 - gsmtp'
WAVE, ORDINARY = 230, 12


class Review(Case):
    def setUp(self):
        super().setUp()
        self.alarm = self.dir / 'alarm'
        self.settings.write_text(self.settings.read_text() + f'[breaker]\ncommand = ["/bin/sh", "-c", "cat >> {self.alarm}"]\n')

    def read_wave(self):
        mails = [dsn(f'user{i}@gmail.com', reply=GMAIL.format(i)) for i in range(WAVE)]
        mails += [dsn(f'dead{i}@example.org') for i in range(ORDINARY)]
        for i, mail in enumerate(mails): self.write(f'mails/{i:03}', mail)
        return self.right('import', '--json', self.dir / 'mails')

    def suppressed(self): return [row[0] for row in self.right('suppressions', 'list').rows]
    def waves(self, *words): return self.right('review', 'list', '--json', *words).json

    def test_a_wave_is_held_and_discarded(self):
        counts = self.read_wave()
        self.assertEqual((counts.json[0]['suppressed'], counts.json[0]['held']), (ORDINARY, WAVE))
        self.assertIn('google calls 230 addresses dead', counts.err)
        self.assertIn('bounced review discard 1', self.alarm.read_text())
        self.assertNotIn('@', self.alarm.read_text())
        ordinary = sorted(f'dead{i}@example.org' for i in range(ORDINARY))
        self.assertEqual(self.suppressed(), ordinary)

        wave, = self.waves()
        self.assertEqual((wave['wave'], wave['kind'], wave['name'], wave['state'], wave['held'], wave['count']), (1, 'provider', 'google', 'waiting', WAVE, WAVE))
        self.assertEqual(self.right('review', 'list').rows[0][:4], ['1', 'waiting', '230', '230'])
        held = self.right('review', 'show', '--json', 1).json
        self.assertEqual(len(held), WAVE)
        self.assertEqual((held[0]['address'], held[0]['reason'], held[0]['wave']), ('user0@gmail.com', 'user_unknown', 1))
        self.assertEqual(len(self.right('review', 'show', '--provider', 'google').rows), WAVE)
        for text in ('not suppressed', 'held', 'belongs to wave 1', 'counts towards nothing, unless'):
            self.assertIn(text, self.right('why', 'user7@gmail.com').out)
        event, hold = self.right('why', '--json', 'user7@gmail.com').json
        self.assertEqual((event['outcome'], event['wave'], hold['wave'], hold['provider']), ('held', 1, 1, 'google'))
        self.wrong(DATA, 'suppressions', 'show', 'user7@gmail.com', says='the circuit breaker holds it')
        self.assertIn('230 suppressions are held: google', self.right('summary').out)
        self.assertEqual(json.loads(self.right('summary', '--format', 'json').out)['waves'][0]['held'], WAVE)

        before = self.right('review', 'show', 1).out
        dry = self.right('review', 'discard', 1)
        self.assertIn('230 held suppressions would be discarded', dry.err)
        self.assertIn('--apply does it', dry.err)
        self.assertEqual(self.right('review', 'show', 1).out, before)
        done = self.right('review', 'discard', 1, '--apply', '--why', 'an outage', '--json').json
        self.assertEqual(done[-1], dict(applied=True, waves=1, settled=WAVE, without_suppression=0))
        self.assertEqual(len(done), WAVE + 1)
        self.assertEqual(self.suppressed(), ordinary)
        self.assertEqual(self.waves(), [])
        self.assertEqual([w['state'] for w in self.waves('--all')], ['discarded'])
        self.assertIn('1: discarded, counts towards nothing', self.right('why', 'user7@gmail.com').out)
        self.assertIn(': an outage (wave 1)', self.right('why', 'user7@gmail.com').out)
        self.assertIn('wave 1 of google (230 addresses) was discarded', self.right('summary').out)
        self.write('more/1', dsn('late@gmail.com', reply=GMAIL.format('x')))
        again = self.right('import', '--json', self.dir / 'more')
        self.assertEqual((again.json[0]['suppressed'], again.json[0]['held'], again.err), (0, 0, ''))
        self.assertEqual(self.alarm.read_text().count('calls 230'), 1)   # once a wave

    def test_a_wave_is_released(self):
        self.read_wave()
        self.assertIn('1 held suppression released', self.right('review', 'release', '--address', 'USER3@gmail.com').err)
        self.assertIn('user3@gmail.com', self.suppressed())
        self.right('review', 'discard', '--address', 'user4@gmail.com', '--why', 'she wrote')
        self.assertIn('228 held suppressions would be released', self.right('review', 'release', '--all').err)
        self.right('review', 'release', '--provider', 'google', '--apply')
        self.assertEqual(len(self.suppressed()), ORDINARY + WAVE - 1)
        self.assertNotIn('user4@gmail.com', self.suppressed())
        changes = self.right('suppressions', 'export', '--plain').lines
        self.assertEqual(len(changes), ORDINARY + WAVE - 1)
        self.assertIn('release by ', self.right('why', 'user9@gmail.com').out)

    def test_off(self):
        self.settings.write_text(self.settings.read_text() + 'mode = "off"\n')
        counts = self.read_wave().json[0]
        self.assertEqual((counts['suppressed'], counts['held']), (ORDINARY + WAVE, 0))
        self.assertFalse(self.alarm.exists())

    def test_an_alarm_that_fails_is_told_and_costs_nothing(self):
        self.settings.write_text(self.settings.read_text().replace('"/bin/sh"', '"/nonexistent"'))
        ran = self.read_wave()
        self.assertIn("breaker.command /nonexistent can't be started", ran.err)
        self.assertEqual(ran.json[0]['held'], WAVE)

    def test_wrong_words(self):
        self.import_mails(dsn('dead@example.org'))
        self.assertEqual(self.right('review', 'list').out, '')
        self.wrong(USAGE, 'review', says='which command?')
        self.wrong(USAGE, 'review', 'discard', says=['which wave?', '--provider'])
        self.wrong(USAGE, 'review', 'discard', '--apply', says='which wave?')
        self.wrong(USAGE, 'review', 'discard', 1, '--all', says='in one way only')
        self.wrong(USAGE, 'review', 'release', 'google', says="'google' is no wave")
        for word in ('0', '1x', '99999999999999999999'): self.wrong(USAGE, 'review', 'show', word, says='is no wave')
        self.wrong(USAGE, 'review', 'release', 7, '--apply', says='there is no wave 7')
        self.wrong(USAGE, 'review', 'release', '--address', 'nobody', says='is no mail address')
        self.assertIn('0 held suppressions released', self.right('review', 'release', '--address', 'nobody@example.org').err)


if __name__ == '__main__': cli_case.main()
