// Colours and sizes, then the elements as they stand without a class.
import '../theme/tokens.css';
import '../theme/global.css';
