import Crypto
import Foundation

/// The callers of one configuration, and how each is recognised. It never changes; a reload makes another.
package struct Callers: Sendable {
  /// A caller with the secret that verifies its signatures.
  struct Pair: Sendable {
    var caller: Caller
    var secret: String
  }

  /// The callers of all keys, in the order of the configuration.
  package let all: [Caller]
  /// By access key id: the long form, and the name of the key.
  private let pairs: [String: Pair]
  /// The hashes of all tokens.
  private let digests: [SIMD4<UInt64>]
  /// The caller of each hash.
  private let owners: [Caller]

  init(_ configuration: GatewayConfiguration, registry: CallerRegistry) {
    var (all, pairs, digests, owners) = ([Caller](), [String: Pair](), [SIMD4<UInt64>](), [Caller]())
    for key in configuration.keys {
      let caller = registry.caller(of: key)
      all.append(caller)
      if case .hash(let hash) = key.proof {
        digests.append(Self.digest(hash))
        owners.append(caller)
      }
      for (accessKeyID, secret) in key.pairs(master: configuration.master) {
        let pair = Pair(caller: caller, secret: secret)
        pairs[accessKeyID] = pair
        // The last serial is the newest, with which people export the plain name.
        pairs[key.name] = pair
        digests.append(Self.digest(ofToken: secret))
        owners.append(caller)
      }
    }
    (self.all, self.pairs, self.digests, self.owners) = (all, pairs, digests, owners)
  }

  func pair(of accessKeyID: String) -> Pair? { pairs[accessKeyID] }

  /// The caller of a bearer token. Hashes are compared, and each with all of them, so the time tells nothing about any.
  func owner(ofToken token: String) -> Caller? {
    let sought = Self.digest(ofToken: token)
    var place = 0
    for index in digests.indices {
      let difference = digests[index] ^ sought
      let bits = difference[0] | difference[1] | difference[2] | difference[3]
      // All ones if no bit differs, else 0.
      let mask = ((bits | (0 &- bits)) >> 63) &- 1
      place |= (index &+ 1) & Int(truncatingIfNeeded: mask)
    }
    return place == 0 ? nil : owners[place - 1]
  }

  static func digest(ofToken token: String) -> SIMD4<UInt64> {
    var token = token
    var hash = SHA256()
    token.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    return hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
  }

  /// - Parameter hash: 32 bytes.
  static func digest(_ hash: [UInt8]) -> SIMD4<UInt64> {
    hash.withUnsafeBytes { $0.count >= 32 ? $0.loadUnaligned(as: SIMD4<UInt64>.self) : .zero }
  }
}

extension Callers {
  /// The weight of each caller, by its tenant in the limiter.
  var weights: [UInt32: Double] { Dictionary(uniqueKeysWithValues: all.map { ($0.index, $0.share) }) }
}
