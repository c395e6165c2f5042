package import BedrockQuotas

/// What sends requests within quotas: ``QuotaAwareClient`` in one scope, ``QuotaRouter`` in several.
package protocol ModelClient: Sendable {
  /// The clients of its scopes, in the order in which they are asked; 1 to 64, with the same options.
  var candidates: [QuotaRouter.Candidate] { get }
  /// Counts and times of all requests, each once. Its quotas are sums over the scopes.
  var total: ClientStatistics { get }
  /// Sentences about unexpected conditions.
  var notes: [String] { get }
  /// What it waits for besides its quotas, as a sentence without a full stop; nil if it waits for nothing else.
  var waitingFor: String? { get }

  /// - Parameter gate: drops the request while it waits.
  func send(_ request: ModelRequest, gate: SendGate?) async throws -> ModelReply
  func stream(_ request: ModelRequest) async throws -> ModelStream
}

extension ModelClient {
  /// The client that is asked first.
  package var firstClient: QuotaAwareClient { candidates[0].client }
  /// The client for whose model requests are formed: the first that knows its model. The ARN of a provisioned throughput doesn't tell it.
  package var formingClient: QuotaAwareClient {
    candidates.lazy.map(\.client).first { $0.resolution.modelID != nil } ?? firstClient
  }
}

extension ModelRequest.API {
  /// Whether a body of this API that is formed for one model is one for another id as well. An id of an unknown model may take any body.
  /// - Parameters:
  ///   - model: the one that the body is formed for; nil if unknown.
  ///   - other: the model of the other id; nil if unknown.
  ///   - api: the API that such a request to the other id would have; nil if that is not known, or any will do.
  package func serves(_ model: ModelID?, and other: ModelID?, with api: Self?) -> Bool {
    guard let model, let other else { return true }
    if let api, api != self { return false }
    // Bodies of InvokeModel have the form of the model's family.
    return self != .invokeModel || model.provider == other.provider
  }
}

extension QuotaAwareClient: ModelClient {
  package var candidates: [QuotaRouter.Candidate] { [QuotaRouter.Candidate("", self)] }
  package var total: ClientStatistics { statistics }
}

extension QuotaRouter: ModelClient {
  package var total: ClientStatistics {
    let statistics = statistics
    var total = statistics.total
    total.quotas = ClientStatistics.QuotaUse.sums(statistics.scopes.map(\.statistics.quotas))
    return total
  }

  /// A router waits for nothing else as long as one of its scopes answers.
  package var waitingFor: String? {
    let reasons = candidates.compactMap { candidate in candidate.client.waitingFor.map { "\(candidate.label): \($0)" } }
    return reasons.count == candidates.count ? reasons.first : nil
  }

  package func send(_ request: ModelRequest, gate: SendGate?) async throws -> ModelReply {
    try await send(request, session: nil, gate: gate)
  }

  package func stream(_ request: ModelRequest) async throws -> ModelStream { try await stream(request, session: nil) }
}

extension ClientStatistics.QuotaUse {
  /// The sums over several scopes, without the measures that one of them doesn't have.
  static func sums(_ scopes: [[Self]]) -> [Self] {
    (scopes.first ?? []).compactMap { first in
      let uses = scopes.compactMap { scope in scope.first { $0.measure == first.measure } }
      guard uses.count == scopes.count else { return nil }
      let (limit, used) = (uses.reduce(0) { $0 + $1.limit }, uses.reduce(0) { $0 + $1.used })
      return Self(measure: first.measure, limit: limit, used: used, utilization: used / limit)
    }
  }
}
