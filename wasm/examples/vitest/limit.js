/** Lets a user in so many times a minute. */
export async function allow(client, user, limit) {
  const key = `limit:${user}`;
  const [count] = await client.multi().incr(key).expire(key, 60, 'NX').exec();
  return count <= limit;
}
