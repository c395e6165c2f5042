import AWSWire
import Crypto
import Foundation

/// The secret of a caller's key, derived from the gateway's master secret, so that one secret is all there is to guard.
package struct DerivedKey: Sendable {
  static let masterLengthMin = 32

  package let name: String
  package let serial: Int
  /// The secret in every form: bearer token, `x-api-key`, AWS secret access key.
  package let secret: Secret

  /// `secret = base64(HMAC-SHA256(master, "bedquota gateway key" LF name LF serial))`. No name contains a line feed, so no two keys
  /// have the same message.
  package init(master: Secret, name: String, serial: Int) {
    self.name = name
    self.serial = serial
    let code = HMAC<SHA256>.authenticationCode(
      for: Data("bedquota gateway key\n\(name)\n\(serial)".utf8), using: SymmetricKey(data: Data(master.text.utf8)))
    secret = Secret(Data(code).base64EncodedString())
  }

  package var accessKeyID: String { Self.accessKeyID(name: name, serial: serial) }

  /// An access key id that names the key and that AWS's tools accept: 16 to 128 of letters, digits and `_`.
  ///
  /// Source: the pattern of accessKeyIdType, docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html.
  /// - Parameter serial: 0 for a secret that isn't derived.
  package static func accessKeyID(name: String, serial: Int) -> String {
    "BEDQUOTA_KEY_\(serial)_" + name.replacing("-", with: "_").replacing(".", with: "_")
  }
}

extension CallerKey {
  /// The AWS key pairs of a key; none if only the hash of its secret is known.
  package func pairs(master: Secret?) -> [(accessKeyID: String, secret: String)] {
    switch proof {
    case .hash: return []
    case .secret(let secret): return [(DerivedKey.accessKeyID(name: name, serial: 0), secret.text)]
    case .derived(let serials):
      guard let master else { return [] }
      return serials.map { serial in
        let key = DerivedKey(master: master, name: name, serial: serial)
        return (key.accessKeyID, key.secret.text)
      }
    }
  }
}
