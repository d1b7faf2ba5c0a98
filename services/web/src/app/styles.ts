// The parts of Mantine's style sheet that are used: a few kB in place of the whole sheet.
import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '../theme/tokens.css';
import '../theme/global.css';
