/** The bar at the bottom. */

import { Pressable, Text, View } from 'react-native';

import { ids, type Tab } from '../testIDs';
import { SPACE, useTheme } from './theme';
import { app, usePicture } from './use';

const TABS: [Tab, string][] = [
  ['plans', 'Plans'],
  ['help', 'Help'],
  ['notices', 'Notices'],
  ['account', 'Account'],
];

export function TabBar() {
  const { colours, size } = useTheme();
  const { screen } = usePicture();
  return (
    <View style={{ borderTopWidth: 1, borderColor: colours.line, backgroundColor: colours.card }}>
      <View role="tablist" style={{ flexDirection: 'row', width: '100%', maxWidth: 560, alignSelf: 'center' }}>
        {TABS.map(([name, label]) => {
          const here = screen === name;
          const ink = here ? colours.accent : colours.quiet;
          return (
            <Pressable
              key={name}
              testID={ids.tab(name)}
              role="tab"
              aria-selected={here}
              aria-label={label}
              onPress={() => app.go(name)}
              style={{ flex: 1, minHeight: 58, alignItems: 'center', justifyContent: 'center', paddingVertical: SPACE.m }}
            >
              <View style={{ position: 'absolute', top: -1, width: 34, height: 3, borderRadius: 2, backgroundColor: here ? colours.accent : 'transparent' }} />
              <Text numberOfLines={1} style={{ color: ink, fontSize: Math.min(size(14), 17), fontWeight: here ? '700' : '500' }}>{label}</Text>
            </Pressable>
          );
        })}
      </View>
    </View>
  );
}
