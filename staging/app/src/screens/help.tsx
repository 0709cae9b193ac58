/** Asking the team, with a file if need be; and what was asked before. */

import { useState } from 'react';
import { View } from 'react-native';

import { ticketsOf } from '../core/ordering';
import { FilePicker, type Picked } from '../device/picker';
import { newKey, type Question } from '../model/app';
import { ids } from '../testIDs';
import { Card, List, Stack, Words } from '../ui/blocks';
import { Button, Choice, Field } from '../ui/controls';
import { Heading, Quiet, Strong, Title } from '../ui/text';
import { SPACE } from '../ui/theme';
import { app, usePicture } from '../ui/use';

const CATEGORIES = { technical: 'Technical', billing: 'Billing', account_access: 'Account access', other: 'Something else' };
const blank = (): Question => ({ draft: newKey(), subject: '', message: '', category: 'technical', file: null });

export function HelpScreen() {
  const { known } = usePicture();
  const [form, setForm] = useState(blank);
  const change = (more: Partial<Question>): void => setForm((now) => ({ ...now, ...more }));
  const complete = form.subject.trim() && form.message.trim();

  const submit = async (): Promise<void> => {
    const question = { ...form, subject: form.subject.trim(), message: form.message.trim() };
    // A new form has a new draft; two taps on one form are one question.
    if (await app.help(question)) setForm(blank());
  };

  return (
    <>
      <Title>Ask us</Title>
      <Field id={ids.helpSubject} label="Subject" value={form.subject} onChangeText={(subject) => change({ subject })} maxLength={200} />
      <Field id={ids.helpMessage} label="What happened?" value={form.message} onChangeText={(message) => change({ message })} multiline maxLength={10_000} />
      <Stack gap={SPACE.s}>
        <Quiet>What is it about?</Quiet>
        <View role="radiogroup" aria-label="What is it about?" style={{ flexDirection: 'row', flexWrap: 'wrap', gap: SPACE.s + 2 }}>
          {Object.entries(CATEGORIES).map(([name, label]) => (
            <Choice key={name} id={ids.helpCategory(name)} label={label} grow chosen={form.category === name} onPress={() => change({ category: name })} />
          ))}
        </View>
      </Stack>
      <FilePicker key={form.draft} picked={form.file} onPick={(file: Picked | null) => change({ file })} onRefuse={(error) => app.hub.set({ error })} />
      <Button id={ids.helpSubmit} label="Send" busy={!complete} onPress={submit} />
      <Heading>Your questions</Heading>
      <List id={ids.tickets} empty="You have not asked anything yet.">
        {ticketsOf(known).map((ticket) => (
          <Card key={ticket.ticket_id} id={ids.ticket(ticket.ticket_id)}>
            <Strong>{ticket.subject}</Strong>
            <Words id={ids.ticketState(ticket.ticket_id)} word={ticket.state} />
          </Card>
        ))}
      </List>
    </>
  );
}
