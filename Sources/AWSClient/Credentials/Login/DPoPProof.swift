import AWSWire
import Crypto
import Foundation

/// Proof that a request comes from the holder of a private key (RFC 9449): a token without it is of no use to others.
struct DPoPProof: Sendable {
  private let key: P256.Signing.PrivateKey

  /// - Parameter pem: a P-256 key in SEC 1 or PKCS 8; labels don't matter.
  /// - Returns: nil if it is not such a key.
  init?(pem: String) {
    let lines = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }
    guard let der = Data(base64Encoded: lines.joined().trimmingCharacters(in: .whitespaces)),
      let key = try? P256.Signing.PrivateKey(derRepresentation: der)
    else { return nil }
    self.key = key
  }

  /// The value of the header `DPoP` for a POST.
  /// - Parameter id: a text that no other proof has.
  func header(url: String, now: Date, id: String) -> String? {
    let point = key.publicKey.rawRepresentation
    let jwk: JSONValue = [
      "kty": "EC", "x": .string(Self.base64URL(point.prefix(32))), "y": .string(Self.base64URL(point.suffix(32))), "crv": "P-256",
    ]
    let header: JSONValue = ["typ": "dpop+jwt", "alg": "ES256", "jwk": jwk]
    let payload: JSONValue = [
      "htm": "POST", "htu": .string(url), "iat": .integer(Int(now.timeIntervalSince1970)), "jti": .string(id),
    ]
    let signed = "\(Self.base64URL(header.data)).\(Self.base64URL(payload.data))"
    guard let signature = try? key.signature(for: Data(signed.utf8)) else { return nil }
    return "\(signed).\(Self.base64URL(signature.rawRepresentation))"
  }

  /// Base64 for URLs, without padding (RFC 7515, section 2).
  private static func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
