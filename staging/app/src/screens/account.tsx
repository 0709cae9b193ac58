/** Who one is, and what waits on this phone. */

import { wordOf } from '../core/headline';
import { ids } from '../testIDs';
import { Card, List, Words } from '../ui/blocks';
import { Button } from '../ui/controls';
import { Heading, Quiet, Strong, Title } from '../ui/text';
import { app, usePicture } from '../ui/use';

export function AccountScreen() {
  const { session, known, entries, now } = usePicture();
  return (
    <>
      <Title>Account</Title>
      <Card>
        {known.me ? <Strong>{known.me.account.name}</Strong> : null}
        <Quiet testID={ids.accountEmail}>{session?.email ?? ''}</Quiet>
        <Button id={ids.refresh} label="Look again now" kind="soft" onPress={() => app.reading.refresh()} />
      </Card>
      <Heading>Waiting on this phone</Heading>
      <List id={ids.outbox} empty="Nothing waits. Everything you asked for has reached us.">
        {entries.map((entry, number) => (
          <Card key={entry.slot}>
            <Strong>{entry.about}</Strong>
            <Words id={ids.outboxEntry(number)} word={wordOf(entry, now)} />
          </Card>
        ))}
      </List>
      <Button id={ids.signOut} label="Sign out" kind="danger" onPress={() => app.signOut()} />
      {entries.length ? <Quiet>What waits stays on this phone and goes out when you sign in again.</Quiet> : null}
    </>
  );
}
