import Bedquota
import BedrockQuotas

/// Where a request goes.
extension GatewayCore {
  enum Destination: Sendable {
    /// To one place; the name says with which id.
    case one(Pool, InvokedName)
    /// To the first candidate of a list that has room.
    case several(RoutedModel)
  }

  /// How long a request waits for candidates whose quotas aren't known yet, once one is known. A Region that is away takes as long as
  /// its connections; a list that lacks it for a moment does no harm.
  private static let graceOfCandidates = Duration.seconds(2)

  /// - Parameters:
  ///   - invoked: what its caller may have of a name.
  ///   - endpoint: nil: the one that has the model.
  func destination(of invoked: InvokedName, for claim: CallerClaim, endpoint: QuotaEndpoint?) async throws -> Destination {
    // A Bedrock API key belongs to one account, and nobody here knows to which.
    let candidates = claim.isPassed ? [] : accounts.candidates(of: invoked.list, asked: claim.region)
    guard !candidates.isEmpty else {
      return .one(try await pool(of: invoked, for: claim, endpoint: endpoint), invoked)
    }
    let listed = candidates.listed {
      $0.account.pools.lists($0.poolName(endpoint))
    } isAllowed: {
      invoked.isAllowed($0.id, to: claim.caller)
    }
    return .several(try routed.model(invoked.name, try await pools(of: listed, endpoint)))
  }

  /// The candidates with their queues, each queue once.
  /// - Throws: why none of them has one.
  private func pools(of candidates: [RouteCandidate], _ endpoint: QuotaEndpoint?) async throws -> [RoutedModel.Candidate] {
    let known = candidates.map { $0.account.pools.knownPool($0.poolName(endpoint)) }
    var results = known.map { pool in pool.map { Result<ModelPool, any Error>.success($0) } }
    if known.contains(where: { $0 == nil }) { results = try await made(known, candidates, endpoint) }
    var found: [RoutedModel.Candidate] = []
    var problem: (any Error)?
    for (candidate, result) in zip(candidates, results) {
      switch result {
      case .success(let pool)?:
        guard !found.contains(where: { $0.pool.client === pool.client }) else { continue }
        let queue = Pool(account: candidate.account, region: candidate.region, client: pool.client, times: pool.times)
        found.append(RoutedModel.Candidate(place: candidate, pool: queue))
      case .failure(let error)?: problem = problem ?? error
      case nil: break
      }
    }
    if found.isEmpty, let problem { throw problem }
    return found
  }

  /// The same queues with those that aren't known yet, which are made at the same time; nil: one that takes long.
  private func made(
    _ known: [ModelPool?], _ candidates: [RouteCandidate], _ endpoint: QuotaEndpoint?
  ) async throws -> [Result<ModelPool, any Error>?] {
    var work: [@Sendable () async throws -> ModelPool] = []
    for (known, candidate) in zip(known, candidates) {
      work.append {
        if let known { return known }
        return try await candidate.account.pools.pool(candidate.poolName(endpoint))
      }
    }
    return try await TimelyResults.of(work, grace: Self.graceOfCandidates)
  }
}

extension [RouteCandidate] {
  /// Those whose accounts list the id in their Regions, or don't tell. All of them, if the caller may have none of those, so that AWS says
  /// why.
  func listed(by isListed: (RouteCandidate) -> Bool?, isAllowed: (RouteCandidate) -> Bool) -> [RouteCandidate] {
    let listed = filter { isListed($0) != false }
    return listed.contains(where: isAllowed) ? listed : self
  }
}

extension RouteCandidate {
  fileprivate func poolName(_ endpoint: QuotaEndpoint?) -> PoolName { PoolName(region: region, endpoint: endpoint, id: id) }
}
