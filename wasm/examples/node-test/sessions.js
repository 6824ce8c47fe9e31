/** Sessions of a program: kept in Redis for an hour. */
export class Sessions {
  constructor(redis) {
    this.redis = redis;
  }

  async begin(user) {
    const id = `${user}-${Math.random().toString(36).slice(2)}`;
    await this.redis.set(`session:${id}`, user, 'EX', 3600);
    return id;
  }

  userOf(id) {
    return this.redis.get(`session:${id}`);
  }
}
