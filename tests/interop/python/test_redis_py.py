"""redis-py, connected with its defaults, in both protocols."""

import os
import unittest

import redis

PORT = int(os.environ["REDIS_PORT"])


class RedisPy(unittest.TestCase):
    """With RESP2; the class below repeats it with RESP3."""

    protocol = 2

    def setUp(self):
        self.redis = redis.Redis(port=PORT, protocol=self.protocol)
        self.addCleanup(self.redis.close)
        self.redis.flushall()

    def test_a_value_comes_back(self):
        self.assertTrue(self.redis.set("greeting", "hello"))
        self.assertEqual(self.redis.get("greeting"), b"hello")
        self.assertIsNone(self.redis.get("nobody"))

    def test_bytes_come_back_as_they_were(self):
        every_byte = bytes(range(256)) * 500
        self.redis.set("bytes", every_byte)
        self.assertEqual(self.redis.get("bytes"), every_byte)

    def test_a_key_can_be_given_a_time_to_live(self):
        self.redis.set("short", "lived")
        self.assertTrue(self.redis.expire("short", 100))
        self.assertTrue(90 < self.redis.ttl("short") <= 100)
        self.assertFalse(self.redis.expire("nobody", 100))

    def test_a_pipeline_keeps_its_order(self):
        pipeline = self.redis.pipeline(transaction=False)
        for _ in range(200):
            pipeline.incr("n")
        self.assertEqual(pipeline.execute(), list(range(1, 201)))

    def test_an_error_is_an_error(self):
        self.redis.set("text", "abc")
        with self.assertRaisesRegex(redis.ResponseError, "value is not an integer or out of range"):
            self.redis.incr("text")

    def test_info_is_understood(self):
        self.assertEqual(self.redis.info("server")["redis_mode"], "standalone")

    def test_a_lock_has_one_owner(self):
        lock = self.redis.lock("lock", timeout=100)
        self.assertTrue(lock.acquire(blocking=False))
        self.assertTrue(lock.owned())
        other = self.redis.lock("lock", timeout=100)
        self.assertFalse(other.acquire(blocking=False))
        self.assertTrue(lock.extend(100))
        self.assertTrue(100 < self.redis.ttl("lock") <= 200)
        self.assertTrue(lock.extend(50, replace_ttl=True))
        self.assertTrue(0 < self.redis.ttl("lock") <= 50)
        self.assertTrue(lock.reacquire())
        lock.release()
        self.assertTrue(other.acquire(blocking=False))
        self.redis.set("lock", "stolen")
        with self.assertRaises(redis.exceptions.LockNotOwnedError):
            other.release()

    def test_a_script_is_registered(self):
        double = self.redis.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)")
        self.assertEqual(double(keys=["n"], args=[2]), 4)
        self.redis.script_flush()
        self.assertEqual(double(keys=["n"], args=[3]), 10)
        pipeline = self.redis.pipeline()
        double(keys=["n"], args=[1], client=pipeline)
        self.assertEqual(pipeline.execute(), [12])

    def test_a_function_is_called(self):
        library = "#!lua name=mine\nredis.register_function('greet', function(keys) return 'hello ' .. keys[1] end)"
        self.redis.function_load(library, replace=True)
        self.assertEqual(self.redis.fcall("greet", 1, "you"), b"hello you")
        dump = self.redis.function_dump()
        self.redis.function_flush()
        self.assertTrue(self.redis.function_restore(dump))
        self.assertEqual(self.redis.fcall("greet", 1, "us"), b"hello us")
        self.redis.function_delete("mine")


class RedisPyResp3(RedisPy):
    protocol = 3
