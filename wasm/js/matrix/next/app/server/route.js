import { open } from 'redstart';

export const dynamic = 'force-dynamic';

/** And so has a handler on the server. */
export async function GET() {
  const db = await open('memory:');
  await db.set('k', 'v');
  return new Response(await db.get('k'));
}
