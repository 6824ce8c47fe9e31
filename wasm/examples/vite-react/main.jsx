// A cart that is drawn from keys: whoever changes them, and wherever, the page shows it.
import { createRoot } from 'react-dom/client';
import { open } from 'redstart';
import { useKey } from 'redstart/react';

const db = await open('memory:');

function Cart() {
  const cart = useKey(db, 'cart');
  if (cart === undefined) return <p>…</p>;
  return (
    <main>
      <button onClick={() => db.hincrby('cart', 'apples', 1)}>An apple</button>
      <button onClick={() => db.del('cart')}>Empty</button>
      <ul>{[...(cart ?? [])].map(([what, count]) => <li key={what}>{count} {what}</li>)}</ul>
    </main>
  );
}

createRoot(document.getElementById('app')).render(<Cart />);
