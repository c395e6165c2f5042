import Bedquota
import Synchronization

/// The queues of callers who come with a Bedrock API key of their own.
///
/// Such a key may belong to any account, and nobody here knows its quotas. So each key has queues of its own, without limits: its
/// requests are sent at once, and what AWS throttles teaches nothing about others.
final class PassedPools: Sendable {
  /// The most keys. Strangers can make them up, and what is forgotten is made again when it is needed.
  private static let keysMax = 100

  private let session: BedquotaSession
  private let options: QuotaPools.Options
  private let pools = Mutex<[String: QuotaPools]>([:])

  /// - Parameter options: those of the gateway's own account.
  init(session: BedquotaSession, options: QuotaPools.Options) {
    self.session = session
    var options = options
    options.readsQuotas = false
    options.poolsMax = 20
    // No limit.
    options.client.assumedTokensPerMinute = .max
    options.sharing.quotaShare = 1
    // Nobody knows whose quotas they are.
    options.client.fleet = nil
    self.options = options
  }

  /// - Parameter key: the name by which the key's caller is known.
  func pools(of key: String) -> QuotaPools {
    pools.withLock { pools in
      if let known = pools[key] { return known }
      // Requests in progress keep theirs.
      if pools.count >= Self.keysMax { pools.removeAll() }
      let made = QuotaPools(session: session, options: options)
      pools[key] = made
      return made
    }
  }
}
