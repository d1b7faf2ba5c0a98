// Light or dark by hand; until then the system decides.
import { chooseScheme, useScheme } from '../theme/scheme';
import { IconButton } from '../ui/button';

const SUN =
  'M12 3v2m0 14v2M5.600 5.600 7 7m10 10 1.400 1.400M3 12h2m14 0h2M5.600 18.400 7 17M17 7l1.400-1.400M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z';
const MOON = 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z';

export function SchemeSwitch() {
  const scheme = useScheme();
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <IconButton
      kind="quiet"
      label={`Use the ${other} scheme`}
      d={scheme === 'dark' ? SUN : MOON}
      onClick={() => chooseScheme(other)}
    />
  );
}
