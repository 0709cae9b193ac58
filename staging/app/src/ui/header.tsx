/** The top of every screen: the words for what goes on, what waits on this phone, and what was refused. */

import { Text, View } from 'react-native';

import { headline } from '../core/headline';
import { ids } from '../testIDs';
import { Words } from './blocks';
import { Button } from './controls';
import { Body, Quiet } from './text';
import { SPACE, useTheme } from './theme';
import { app, usePicture } from './use';

export function Header() {
  const picture = usePicture();
  const { colours } = useTheme();
  const { session, entries, error } = picture;
  const { word, detail } = headline(picture);
  return (
    <View role="banner" style={{ borderBottomWidth: 1, borderColor: colours.line, backgroundColor: colours.page }}>
      <View style={{ width: '100%', maxWidth: 560, alignSelf: 'center', paddingHorizontal: SPACE.l, paddingTop: SPACE.m, paddingBottom: SPACE.m, gap: SPACE.m - 2 }}>
        <Top />
        {session || entries.length ? (
          <View role="status" aria-live="polite" style={{ flexDirection: 'row', flexWrap: 'wrap', alignItems: 'center', columnGap: SPACE.m, rowGap: 4 }}>
            <Words id={ids.state} word={word} large />
            <Quiet testID={ids.stateDetail}>{detail}</Quiet>
          </View>
        ) : null}
        {error ? <Refusal text={error} /> : null}
      </View>
    </View>
  );
}

function Top() {
  const { colours, size } = useTheme();
  const { online, session, entries } = usePicture();
  return (
    <View style={{ flexDirection: 'row', alignItems: 'center', gap: SPACE.m }}>
      <Text style={{ color: colours.accent, fontSize: size(17), fontWeight: '800', letterSpacing: -0.3, flexGrow: 1 }}>tern</Text>
      {session ? (
        <View style={{ flexDirection: 'row', alignItems: 'baseline', gap: 4 }}>
          <Quiet testID={ids.outboxCount}>{String(entries.length)}</Quiet>
          <Quiet>waiting</Quiet>
        </View>
      ) : null}
      <View style={{ flexDirection: 'row', alignItems: 'center', gap: 6 }}>
        <View style={{ width: 8, height: 8, borderRadius: 4, backgroundColor: online ? colours.tones.good.ink : colours.tones.bad.ink }} />
        <Quiet testID={ids.network}>{online ? 'online' : 'offline'}</Quiet>
      </View>
    </View>
  );
}

function Refusal({ text }: { text: string }) {
  const { colours } = useTheme();
  return (
    <View role="alert" style={{ flexDirection: 'row', alignItems: 'center', gap: SPACE.m, backgroundColor: colours.tones.bad.paper, borderRadius: 14, paddingLeft: SPACE.m }}>
      <View style={{ flex: 1, paddingVertical: SPACE.s }}>
        <Body testID={ids.error}>{text}</Body>
      </View>
      <Button id={ids.errorClose} label="Close" kind="plain" onPress={() => app.clearError()} />
    </View>
  );
}
