import Bedquota
import BedrockQuotas

/// Where a request goes.
extension GatewayCore {
  enum Destination: Sendable {
    /// To one place; the name says with which id.
    case one(Pool, InvokedName)
    /// To the first of several that has room.
    case several(RoutedModel)
  }

  /// - Parameters:
  ///   - invoked: what its caller may have of a name.
  ///   - endpoint: nil: the one that has the model.
  func destination(of invoked: InvokedName, for claim: CallerClaim, endpoint: QuotaEndpoint?) async throws -> Destination {
    // A Bedrock API key belongs to one account, and nobody here knows to which.
    let candidates = claim.isPassed ? [] : accounts.candidates(of: invoked.list, asked: claim.region)
    guard candidates.count > 1 else {
      return .one(try await pool(of: invoked, for: claim, endpoint: endpoint), invoked)
    }
    return .several(try routed.model(invoked.name, try await pools(of: listed(candidates, endpoint), endpoint)))
  }

  /// Those whose accounts list the id in their Regions, or don't tell; all of them, if none does, so that AWS says why.
  private func listed(_ candidates: [RouteCandidate], _ endpoint: QuotaEndpoint?) -> [RouteCandidate] {
    let listed = candidates.filter { $0.account.pools.lists($0.poolName(endpoint)) != false }
    return listed.isEmpty ? candidates : listed
  }

  /// The candidates with their queues, each queue once.
  /// - Throws: why none of them has one.
  private func pools(of candidates: [RouteCandidate], _ endpoint: QuotaEndpoint?) async throws -> [RoutedModel.Candidate] {
    var found: [RoutedModel.Candidate] = []
    var problem: (any Error)?
    for candidate in candidates {
      do {
        let pool = try await candidate.account.pools.pool(candidate.poolName(endpoint))
        guard !found.contains(where: { $0.pool.client === pool.client }) else { continue }
        let known = Pool(account: candidate.account, region: candidate.region, client: pool.client, times: pool.times)
        found.append(RoutedModel.Candidate(place: candidate, pool: known))
      } catch {
        problem = problem ?? error
      }
    }
    if found.isEmpty, let problem { throw problem }
    return found
  }
}

extension RouteCandidate {
  fileprivate func poolName(_ endpoint: QuotaEndpoint?) -> PoolName { PoolName(region: region, endpoint: endpoint, id: id) }
}
