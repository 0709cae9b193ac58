/** The payment sheet: what the vendor's mobile SDK shows in an app that charges real cards. This one knows test cards only. */

import { useState } from 'react';
import { Text, View } from 'react-native';

import { shown } from '../core/money';
import { CARDS, type Card } from '../core/provider';
import { RETRYING } from '../core/words';
import type { Sheet as Picture } from '../model/hub';
import { ids } from '../testIDs';
import { Sheet, Stack, Words } from '../ui/blocks';
import { Button, Choice } from '../ui/controls';
import { Body, Quiet } from '../ui/text';
import { SPACE, useTheme } from '../ui/theme';
import { app, usePicture } from '../ui/use';

export function PaySheet() {
  const { sheet } = usePicture();
  return sheet ? <Till key={sheet.name} sheet={sheet} /> : null;
}

function Till({ sheet }: { sheet: Picture }) {
  const [card, setCard] = useState<Card>('good_card');
  const { colours, size } = useTheme();
  const busy = sheet.phase !== 'choosing';
  const amount = shown(sheet.amount, sheet.currency);
  return (
    <Sheet id={ids.paySheet} label="Payment" onClose={() => app.till.dismiss()}>
      <View style={{ gap: 2 }}>
        <Quiet>{sheet.title}</Quiet>
        <Text testID={ids.payAmount} style={{ color: colours.ink, fontSize: size(34), lineHeight: size(41), fontWeight: '700', letterSpacing: -0.8 }}>{amount}</Text>
      </View>
      <View role="radiogroup" aria-label="Card" style={{ gap: SPACE.s + 2 }}>
        {(Object.keys(CARDS) as Card[]).map((name) => (
          <Choice key={name} id={ids.payCard(name)} label={CARDS[name].title} hint="Test card" chosen={card === name} onPress={() => setCard(name)} />
        ))}
      </View>
      {sheet.error ? (
        <View role="alert" style={{ backgroundColor: colours.tones.bad.paper, borderRadius: 14, padding: SPACE.m }}>
          <Body testID={ids.payError}>{sheet.error}</Body>
        </View>
      ) : null}
      {sheet.phase === 'retrying' ? <Words id={ids.payState} word={RETRYING} /> : null}
      <Stack>
        <Button id={ids.payConfirm} label={busy ? 'Paying' : `Pay ${amount}`} busy={busy} onPress={() => app.payWith(card)} />
        <Button id={ids.payDismiss} label="Not now" kind="plain" onPress={() => app.till.dismiss()} />
      </Stack>
      <Quiet centred>The card goes to the payment provider only. Test cards: no money moves.</Quiet>
    </Sheet>
  );
}
