extension RequestRecord {
  /// It goes to a place.
  /// - Parameter isPassed: whether its Bedrock API key goes to AWS, whose account nobody here knows.
  mutating func goes(to pool: GatewayCore.Pool, isPassed: Bool = false) {
    model = pool.knownID
    (account, region, endpoint) = (isPassed ? nil : pool.account.name, pool.region, pool.endpoint)
  }

  /// It is sent to a candidate.
  mutating func goes(to pool: GatewayCore.Pool, _ place: RouteCandidate) {
    goes(to: pool)
    if let route, route != place.label { moves += 1 }
    route = place.label
  }
}
