/** Notices, and the sheet of an opened one: what is true now, not what it said. */

import { Pressable } from 'react-native';

import { ids } from '../testIDs';
import { Card, List, Row, Sheet, Words } from '../ui/blocks';
import { Button } from '../ui/controls';
import { Body, Quiet, Strong, Title } from '../ui/text';
import { app, usePicture } from '../ui/use';

export function NoticesScreen() {
  const { notices } = usePicture();
  return (
    <>
      <Title>Notices</Title>
      <List id={ids.notices} empty="Nothing happened yet. What comes of orders and of your plan is told here.">
        {notices.map((notice, number) => (
          <Pressable
            key={`${notice.kind} ${notice.id} ${notice.state}`}
            testID={ids.notice(number)}
            role="button"
            aria-label={`Open notice: ${notice.title}`}
            onPress={() => void app.openNotice(notice, notice.title)}
          >
            <Card>
              <Row>
                <Strong>{notice.title}</Strong>
                <Quiet>{new Date(notice.at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}</Quiet>
              </Row>
              <Body>{notice.state ? `Then: ${notice.state}` : 'Open to see what is true now'}</Body>
            </Card>
          </Pressable>
        ))}
      </List>
    </>
  );
}

export function OpenedNotice() {
  const { opened } = usePicture();
  if (!opened) return null;
  return (
    <Sheet id={ids.noticeSheet} label="Notice" onClose={() => app.desk.close()}>
      <Title>{opened.claim.kind === 'order' ? 'Your order, now' : 'Your subscription, now'}</Title>
      <Words id={ids.noticeState} word={opened.word} large />
      <Quiet>A notification may be old. This is what the server says at this moment.</Quiet>
      <Button id={ids.noticeClose} label="Close" kind="soft" onPress={() => app.desk.close()} />
    </Sheet>
  );
}
