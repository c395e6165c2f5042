import AWSWire
import Synchronization

/// Derived keys that a right signature has proven: deriving one takes four of the five HMACs of a signature. Whoever knows an access key
/// id alone puts nothing here, and so displaces nobody's. It has no description, and the keys are kept in memory only.
final class ProvenKeys: Sendable {
  private struct Scope: Hashable {
    var secret: String
    var day: String
    var region: String
    var service: String

    init(_ authorization: SigV4Authorization, _ secret: String) {
      self.secret = secret
      (day, region, service) = (authorization.day, authorization.region, authorization.service)
    }
  }

  private let countMax: Int
  private let keys = Mutex<[Scope: SigV4.SigningKey]>([:])

  /// - Parameter countMax: the most keys. A secret has one key a day for each Region and service that it is used for.
  init(countMax: Int) { self.countMax = countMax }

  /// The number of keys that are kept.
  var count: Int { keys.withLock { $0.count } }

  /// The key for the scope of a signature; nil: it was never proven.
  func key(of authorization: SigV4Authorization, secret: String) -> SigV4.SigningKey? {
    keys.withLock { $0[Scope(authorization, secret)] }
  }

  /// Keeps the key of a signature that is right.
  func keep(_ key: SigV4.SigningKey, of authorization: SigV4Authorization, secret: String) {
    keys.withLock { keys in
      // Keys of days that are over go with the others: those that are in use are derived again at once.
      if keys.count >= countMax { keys.removeAll() }
      keys[Scope(authorization, secret)] = key
    }
  }
}
