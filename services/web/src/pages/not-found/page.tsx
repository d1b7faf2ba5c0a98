// An address nothing stands at.
import { Link } from 'react-router';
import { paths } from '../../app/paths';

export function NotFoundPage() {
  return (
    <>
      <title>Not found · Bellwether</title>
      <h1>Nothing stands at this address</h1>
      <p>
        The link may be old or cut off. <Link to={paths.fleet()}>See all models</Link>.
      </p>
    </>
  );
}
