/// Where servers are.
struct RESPAddress: Sendable, Equatable {
  /// The server, nodes of a cluster, or the sentinels; at least one.
  var endpoints: [RESPEndpoint]
  /// The name that the sentinels know the servers by; nil without sentinels.
  var sentinelName: String?
  /// The sentinels' own user; nil for their default one.
  var sentinelUser: String?
  /// The password that the sentinels want themselves, if they do.
  var sentinelPassword: Secret?
}
