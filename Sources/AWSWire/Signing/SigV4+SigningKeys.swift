import Synchronization

extension SigV4 {
  /// Derived keys, for programs that sign often: deriving one takes four of the five HMACs of a signature. It has no description, and
  /// the keys are kept in memory only.
  package final class SigningKeys: Sendable {
    private struct Scope: Hashable {
      var secret: String
      var day: String
      var region: String
      var service: String

      init(secret: String, day: String, region: String, service: String) {
        (self.secret, self.day, self.region, self.service) = (secret, day, region, service)
      }

      init(_ authorization: SigV4Authorization, _ secret: String) {
        self.init(secret: secret, day: authorization.day, region: authorization.region, service: authorization.service)
      }
    }

    private let countMax: Int
    private let keys = Mutex<[Scope: SigningKey]>([:])

    /// - Parameter countMax: the most keys. A secret has one key a day for each Region and service that it is used for.
    package init(countMax: Int = 256) { self.countMax = countMax }

    /// The number of keys that are kept.
    package var count: Int { keys.withLock { $0.count } }

    /// The key of one secret for one day, Region and service.
    /// - Parameter day: `20150830`
    package func key(secret: String, day: String, region: String, service: String) -> SigningKey {
      let scope = Scope(secret: secret, day: day, region: region, service: service)
      if let known = keys.withLock({ $0[scope] }) { return known }
      let key = SigningKey(secret: secret, day: day, region: region, service: service)
      keep(key, scope)
      return key
    }

    /// The key for the scope of a signature; nil: it isn't kept.
    package func known(_ authorization: SigV4Authorization, secret: String) -> SigningKey? {
      keys.withLock { $0[Scope(authorization, secret)] }
    }

    /// Keeps the key for the scope of a signature.
    package func keep(_ key: SigningKey, _ authorization: SigV4Authorization, secret: String) {
      keep(key, Scope(authorization, secret))
    }

    private func keep(_ key: SigningKey, _ scope: Scope) {
      keys.withLock { keys in
        // Keys of days and credentials that are over go with the others: those that are in use are derived again at once.
        if keys.count >= countMax { keys.removeAll() }
        keys[scope] = key
      }
    }

    /// The key for the scope of a signature.
    package func key(_ authorization: SigV4Authorization, secret: String) -> SigningKey {
      key(secret: secret, day: authorization.day, region: authorization.region, service: authorization.service)
    }
  }
}
