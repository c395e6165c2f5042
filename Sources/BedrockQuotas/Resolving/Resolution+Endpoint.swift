extension Resolution {
  /// The endpoint that takes the requests, and whose quotas these are.
  public var endpoint: QuotaEndpoint { scope == .mantle ? .mantle : .runtime }
}

extension QuotaResolver {
  /// The endpoint that takes requests to an id unless the caller names one: bedrock-runtime, but bedrock-mantle for a model that is
  /// there alone.
  ///
  /// Such a model is one of which AWS says so, or one that bedrock-mantle serves and the account doesn't list for bedrock-runtime.
  package func endpoint(of id: InvokedID) -> QuotaEndpoint {
    guard case .model(let model) = id.kind else { return .runtime }
    if facts.isOnMantleAlone(model) { return .mantle }
    return isListed(id) == false && facts.mantle(of: model) != nil ? .mantle : .runtime
  }
}
