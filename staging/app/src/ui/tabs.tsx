/** The bar at the bottom. */

import { Pressable, Text, View } from 'react-native';

import { ids, type Tab } from '../testIDs';
import { useTheme } from './theme';
import { app, usePicture } from './use';

const TABS: [Tab, string, string][] = [
  ['plans', 'Plans', '◇'],
  ['help', 'Help', '?'],
  ['notices', 'Notices', '◔'],
  ['account', 'Account', '○'],
];

export function TabBar() {
  const { colours, size } = useTheme();
  const { screen } = usePicture();
  return (
    <View style={{ borderTopWidth: 1, borderColor: colours.line, backgroundColor: colours.card }}>
      <View role="tablist" style={{ flexDirection: 'row', width: '100%', maxWidth: 560, alignSelf: 'center' }}>
        {TABS.map(([name, label, sign]) => {
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
              style={{ flex: 1, minHeight: 58, alignItems: 'center', justifyContent: 'center', paddingVertical: 6 }}
            >
              <Text aria-hidden style={{ color: ink, fontSize: size(18), lineHeight: size(22) }}>{sign}</Text>
              <Text numberOfLines={1} style={{ color: ink, fontSize: size(12), lineHeight: size(16), fontWeight: here ? '700' : '500' }}>{label}</Text>
            </Pressable>
          );
        })}
      </View>
    </View>
  );
}
