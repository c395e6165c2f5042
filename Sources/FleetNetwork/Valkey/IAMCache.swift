/// A cache of ElastiCache or a cluster of MemoryDB with a user who logs in by IAM.
struct IAMCache: Sendable, Equatable {
  /// What kind of cache it is.
  enum Service: String, Sendable {
    /// Caches of ElastiCache with nodes: replication groups.
    case elastiCache = "elasticache"
    /// Serverless caches of ElastiCache.
    case serverless
    case memoryDB = "memorydb"

    /// The kind that a host of AWS has in its name, such as `my-cache-a1b2c3.serverless.use1.cache.amazonaws.com` or
    /// `clustercfg.my-cluster.a1b2c3.memorydb.us-east-1.amazonaws.com`; any other host is a cache with nodes.
    init(host: String) {
      let host = host.lowercased()
      self = host.contains(".serverless.") ? .serverless : host.contains(".memorydb.") ? .memoryDB : .elastiCache
    }

    /// The name in the credential scope of signatures, and before the colon of an IAM action.
    var signingName: String { self == .memoryDB ? "memorydb" : "elasticache" }
  }

  /// In lower case, which AWS demands of the host of a signature.
  var name: String
  var service: Service
  var user: String
  /// Nil if the caller's Region holds.
  var region: String?
}
