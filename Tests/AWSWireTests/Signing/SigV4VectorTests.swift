import AWSWire
import Foundation
import TestSupport
import Testing

/// AWS's own test vectors: canonical request, string to sign and signature of each.
///
/// The file is the one that `BEDQUOTA_SIGV4_VECTORS` names, else `../shared/data/sigv4-vectors.json`.
struct SigV4VectorTests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    struct Context: Decodable {
      struct Keys: Decodable {
        var access_key_id: String
        var secret_access_key: String
        var token: String?
      }
      var credentials: Keys
      var normalize: Bool
      var region: String
      var service: String
      var sign_body: Bool
      var timestamp: String
      var omit_session_token: Bool?
    }
    var `case`: String
    var context: Context
    var request: String
    var canonical_request: String
    var string_to_sign: String
    var signature: String
    var signed_request: String
    var testDescription: String { `case` }
  }

  static let file: URL? = {
    let named = ProcessInfo.processInfo.environment["BEDQUOTA_SIGV4_VECTORS"].map { URL(filePath: $0) }
    return named ?? (SharedData.isPresent ? SharedData.url("sigv4-vectors.json") : nil)
  }()

  @Test(.enabled(if: file != nil, "BEDQUOTA_SIGV4_VECTORS is not set and \(SharedData.absence)"))
  func everyVectorPasses() throws {
    let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: Self.file!))
    try #require(vectors.count > 0)
    for vector in vectors {
      let signed = try Self.sign(vector)
      #expect(signed.canonicalRequest == vector.canonical_request, "\(vector.case)")
      #expect(signed.stringToSign == vector.string_to_sign, "\(vector.case)")
      #expect(signed.signature == vector.signature, "\(vector.case)")
      let authorization = signed.headers.first { $0.name == "Authorization" }?.value ?? ""
      #expect(vector.signed_request.contains("Authorization:\(authorization)"), "\(vector.case)")
      let sendsToken = signed.headers.contains { $0.name == "X-Amz-Security-Token" }
      #expect(sendsToken == (vector.context.credentials.token != nil), "\(vector.case)")
    }
  }

  static func sign(_ vector: Vector) throws -> SigV4.Signed {
    let sides = vector.request.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
    var lines = sides[0].split(separator: "\n")
    let first = lines.removeFirst()
    let method = String(first.prefix { $0 != " " })
    // A target may hold blanks: it ends before the last one.
    let target = first.dropFirst(method.count + 1).dropLast(" HTTP/1.1".count)
    var headers: [(name: String, value: String)] = []
    for line in lines {
      if line.first?.isWhitespace == true, !headers.isEmpty {
        headers[headers.count - 1].value += "\n\(line)"  // A folded header goes on.
      } else if let colon = line.firstIndex(of: ":") {
        headers.append((String(line[..<colon]), String(line[line.index(after: colon)...])))
      }
    }
    let context = vector.context
    var options = SigV4.Options()
    options.normalizePath = context.normalize
    options.bodyHashHeader = context.sign_body
    options.unsignedSessionToken = context.omit_session_token ?? false
    let signer = SigV4(
      credentials: Credentials(
        accessKeyID: context.credentials.access_key_id, secretAccessKey: context.credentials.secret_access_key,
        sessionToken: context.credentials.token),
      region: context.region, service: context.service, options: options)
    let stamp = context.timestamp.filter { $0 != "-" && $0 != ":" }
    return signer.sign(
      method: method, target: String(target), headers: headers, body: Data((sides.count > 1 ? String(sides[1]) : "").utf8),
      date: try #require(AWSDate.parseBasic(stamp)))
  }
}
