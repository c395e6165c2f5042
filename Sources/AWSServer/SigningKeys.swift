package import AWSWire
import Synchronization

/// Derived signing keys by access key, day, Region and service. Deriving one takes four of the five HMACs of a signature.
package final class SigningKeys: Sendable {
  private static let countMax = 1_000

  private let keys = Mutex<[String: SigV4.SigningKey]>([:])

  package init() {}

  package func key(_ authorization: SigV4Authorization, secret: String) -> SigV4.SigningKey {
    let name = "\(authorization.accessKeyID)/\(authorization.day)/\(authorization.region)/\(authorization.service)"
    return keys.withLock { keys in
      if let known = keys[name] { return known }
      if keys.count >= Self.countMax { keys.removeAll() }
      let key = SigV4.SigningKey(
        secret: secret, day: authorization.day, region: authorization.region, service: authorization.service)
      keys[name] = key
      return key
    }
  }
}
