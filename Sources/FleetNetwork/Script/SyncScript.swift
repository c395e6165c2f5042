import Crypto

/// The operation `sync` as a script for Redis and Valkey: the same arithmetic as `FleetTwin`, bit for bit.
///
/// The text stands in Swift, so that the program is one file. It runs on Lua 5.1, whose only numbers are doubles; `FleetBounds`
/// keeps all of them integers below 2⁵³.
package enum SyncScript {
  /// The script for `EVAL`.
  package static let source = header + arguments + stored + window + members + booking + writing + "return guarded(KEYS, ARGV)\n"

  /// The name under which `EVALSHA` finds the script.
  package static let digest = Insecure.SHA1.hash(data: Array(source.utf8)).reduce(into: "") { text, byte in
    for digit in [byte >> 4, byte & 15] { text.append(Character(UnicodeScalar(digit < 10 ? 48 + digit : 87 + digit))) }
  }

  /// The function's name for `FCALL`.
  package static let function = "bedquota_sync"

  /// The same as a library for `FUNCTION LOAD`, which an administrator runs where users may not send scripts.
  package static let library =
    "#!lua name=bedquota\n" + header + arguments + stored + window + members + booking + writing
    + "redis.register_function('\(function)', guarded)\n"

  /// The commands that a user needs, as rules for `ACL SETUSER`. A function needs `+fcall` instead of the first two.
  package static let commands = [
    "+eval", "+evalsha", "+time", "+exists", "+del", "+expire", "+hget", "+hset", "+hdel", "+hmget", "+hlen", "+hkeys",
    "+hgetall",
    "+zadd", "+zrem", "+zrank", "+zrange", "+zrangebyscore", "+zcount", "+zcard", "+zscore", "+hello", "+auth", "+ping",
    "+select",
    "+asking", "+role",
  ]
}
